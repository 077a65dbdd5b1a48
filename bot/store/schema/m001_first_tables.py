"""Papers, listings, topics, scores, the ledger, feedback, weights and locks."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema._statements import execute_all

_TABLES = """
CREATE TABLE papers (
    id INTEGER PRIMARY KEY,
    arxiv_id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    abstract TEXT NOT NULL,
    authors TEXT NOT NULL,              -- JSON array
    primary_category TEXT NOT NULL,
    categories TEXT NOT NULL,           -- JSON array
    published_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    comment TEXT,
    withdrawn INTEGER NOT NULL DEFAULT 0,
    listing_day TEXT,
    first_seen_at TEXT NOT NULL
);;
CREATE INDEX papers_by_day ON papers (listing_day);;
CREATE VIRTUAL TABLE papers_fts USING fts5 (
    title, abstract, authors, content = 'papers', content_rowid = 'id',
    tokenize = 'porter unicode61 remove_diacritics 2'
);;
CREATE TRIGGER papers_fts_insert AFTER INSERT ON papers BEGIN
    INSERT INTO papers_fts (rowid, title, abstract, authors) VALUES (new.id, new.title, new.abstract, new.authors);
END;;
CREATE TRIGGER papers_fts_delete AFTER DELETE ON papers BEGIN
    INSERT INTO papers_fts (papers_fts, rowid, title, abstract, authors)
    VALUES ('delete', old.id, old.title, old.abstract, old.authors);
END;;
CREATE TRIGGER papers_fts_update AFTER UPDATE OF title, abstract, authors ON papers BEGIN
    INSERT INTO papers_fts (papers_fts, rowid, title, abstract, authors)
    VALUES ('delete', old.id, old.title, old.abstract, old.authors);
    INSERT INTO papers_fts (rowid, title, abstract, authors) VALUES (new.id, new.title, new.abstract, new.authors);
END;;
CREATE TABLE vectors (
    arxiv_id TEXT NOT NULL,
    embedder TEXT NOT NULL,
    vector BLOB NOT NULL,               -- float32, little endian
    PRIMARY KEY (arxiv_id, embedder)
) WITHOUT ROWID;;
CREATE TABLE backgrounds (
    embedder TEXT PRIMARY KEY,
    upto TEXT NOT NULL,
    blob BLOB NOT NULL
);;
CREATE TABLE listings (
    source TEXT NOT NULL,
    category TEXT NOT NULL,
    day TEXT NOT NULL,
    state TEXT NOT NULL,
    announced INTEGER NOT NULL,
    checked_at TEXT NOT NULL,
    witness TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (source, category, day)
) WITHOUT ROWID;;
CREATE TABLE listing_entries (
    day TEXT NOT NULL,
    category TEXT NOT NULL,
    arxiv_id TEXT NOT NULL,
    announce_type TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (day, category, arxiv_id)
) WITHOUT ROWID;;
CREATE TABLE topics_versions (
    channel TEXT NOT NULL,
    version INTEGER NOT NULL,
    raw TEXT NOT NULL,
    origin TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (channel, version)
);;
CREATE TABLE scores (
    cache_key TEXT NOT NULL,
    arxiv_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    scored_at TEXT NOT NULL,
    score TEXT NOT NULL,                -- JSON
    PRIMARY KEY (cache_key, arxiv_id, version)
) WITHOUT ROWID;;
CREATE TABLE digests (
    channel TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    occasion TEXT NOT NULL,             -- what called for it; nothing calls twice
    planned_at TEXT NOT NULL,
    completed_at TEXT,
    first_day TEXT,
    last_day TEXT,
    record TEXT NOT NULL,               -- JSON: days, totals, remarks, cost, what it was selected by
    PRIMARY KEY (channel, number)
);;
CREATE UNIQUE INDEX digests_by_occasion ON digests (channel, occasion);;
CREATE TABLE digest_days (
    channel TEXT NOT NULL,
    day TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (channel, day, number)
) WITHOUT ROWID;;
CREATE TABLE candidates (
    channel TEXT NOT NULL,
    arxiv_id TEXT NOT NULL,
    digest INTEGER NOT NULL,
    relevance INTEGER NOT NULL,
    utility REAL NOT NULL,
    fate TEXT NOT NULL,
    PRIMARY KEY (channel, arxiv_id)
) WITHOUT ROWID;;
CREATE TABLE posts (
    channel TEXT NOT NULL,
    digest INTEGER NOT NULL,
    role TEXT NOT NULL,
    subject TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    state TEXT NOT NULL,
    platform TEXT NOT NULL,
    place TEXT NOT NULL,
    in_thread INTEGER NOT NULL,
    post TEXT NOT NULL,                 -- JSON, as rendered when it was planned
    attempts INTEGER NOT NULL DEFAULT 0,
    attempted_at TEXT,
    sent_at TEXT,
    message TEXT,
    thread TEXT,
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (channel, digest, role, subject)
);;
CREATE UNIQUE INDEX posts_by_message ON posts (platform, place, message) WHERE message IS NOT NULL;;
CREATE INDEX posts_open ON posts (state) WHERE state IN ('planned', 'sending');;
CREATE TABLE impressions (
    channel TEXT NOT NULL,
    digest INTEGER NOT NULL,
    arxiv_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    in_thread INTEGER NOT NULL,
    utility REAL NOT NULL,
    propensity REAL NOT NULL,
    exploration INTEGER NOT NULL,
    contributions TEXT NOT NULL,        -- JSON
    score TEXT NOT NULL,                -- JSON
    shown_at TEXT,                      -- NULL until its message is sent
    PRIMARY KEY (channel, digest, arxiv_id)
);;
CREATE TABLE feedback_events (
    id INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    platform TEXT NOT NULL,
    place TEXT NOT NULL,
    message TEXT NOT NULL,
    channel TEXT,                       -- NULL while the message is unknown
    arxiv_id TEXT,
    digest INTEGER,
    person TEXT NOT NULL,
    emoji TEXT NOT NULL,
    added INTEGER NOT NULL,
    at TEXT NOT NULL,
    ord REAL NOT NULL,                  -- the platform's own clock
    source TEXT NOT NULL,
    received_at TEXT NOT NULL
);;
CREATE INDEX feedback_by_message ON feedback_events (platform, place, message, person, emoji);;
CREATE INDEX feedback_by_channel ON feedback_events (channel, arxiv_id);;
CREATE VIEW newest_events AS
SELECT id, platform, place, message, person, emoji, added, at, ord, source,
       coalesce(channel, (SELECT p.channel FROM posts p WHERE p.platform = e.platform AND p.place = e.place
                          AND p.message = e.message AND p.role = 'paper')) AS channel,
       coalesce(arxiv_id, (SELECT p.subject FROM posts p WHERE p.platform = e.platform AND p.place = e.place
                           AND p.message = e.message AND p.role = 'paper')) AS arxiv_id
FROM feedback_events e
WHERE NOT EXISTS (
    SELECT 1 FROM feedback_events later
    WHERE later.platform = e.platform AND later.place = e.place AND later.message = e.message
      AND later.person = e.person AND later.emoji = e.emoji
      AND (later.ord > e.ord OR (later.ord = e.ord AND later.id > e.id))
);;
CREATE VIEW current_votes AS
SELECT channel, arxiv_id, person, emoji, min(at) AS at
FROM newest_events WHERE added = 1 AND channel IS NOT NULL AND arxiv_id IS NOT NULL
GROUP BY channel, arxiv_id, person, emoji;;
CREATE TABLE ranking_weights (
    channel TEXT NOT NULL,
    version INTEGER NOT NULL,
    fitted_at TEXT NOT NULL,
    metrics TEXT NOT NULL,
    blob BLOB NOT NULL,
    PRIMARY KEY (channel, version)
);;
CREATE TABLE turns (
    name TEXT PRIMARY KEY,
    free_at REAL NOT NULL               -- seconds since the epoch, the machine's own clock
)
"""


def m001_first_tables(db: Database) -> None:
    """Papers, listings, topics, scores, the ledger, feedback, weights and locks."""
    execute_all(db, _TABLES)
