"""The tables, as numbered migrations. A released step never changes; a new need is a new step."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("paperlark")


@migrations()
def m001_first_tables(db: Database) -> None:
    """Papers, listings, topics, scores, the ledger, feedback, weights and locks."""
    for statement in _FIRST_TABLES.split(";;"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m002_channels(db: Database) -> None:
    """Channels started in chat, and those the bot was removed from."""
    db.execute(_CHANNELS)


@migrations()
def m003_llm(db: Database) -> None:
    """Every request to an LLM, which is also its reservation, and the prompts' constant parts."""
    for statement in _LLM_TABLES.split(";;"):
        db.execute(statement)


@migrations()
def m004_asking(db: Database) -> None:
    """What makes the archive quick to ask, remembered live searches, and what readers order in chat."""
    for statement in _ASKING.split(";;"):
        db.execute(statement)


_FIRST_TABLES = """
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

_CHANNELS = """
CREATE TABLE channels (
    key TEXT PRIMARY KEY,
    platform TEXT NOT NULL,
    place TEXT NOT NULL,
    state TEXT NOT NULL,
    timezone TEXT NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    UNIQUE (platform, place)
)
"""

_LLM_TABLES = """
CREATE TABLE llm_calls (
    number INTEGER PRIMARY KEY,
    day TEXT NOT NULL,                  -- UTC
    started_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    state TEXT NOT NULL,                -- reserved, settled, abandoned
    purpose TEXT NOT NULL,
    channel TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    dialect TEXT NOT NULL,
    papers TEXT NOT NULL,               -- JSON: arxiv_id to version, in the order sent
    prompt_hash TEXT NOT NULL,
    message_hash TEXT NOT NULL,
    nonce TEXT NOT NULL,
    asked_for INTEGER NOT NULL,
    most_tokens INTEGER NOT NULL,
    most_usd REAL,
    outcome TEXT NOT NULL DEFAULT '',
    latency_s REAL,
    answered INTEGER NOT NULL DEFAULT 0,
    prompt_tokens INTEGER NOT NULL DEFAULT 0,
    cached_tokens INTEGER NOT NULL DEFAULT 0,
    completion_tokens INTEGER NOT NULL DEFAULT 0,
    reasoning_tokens INTEGER NOT NULL DEFAULT 0,
    prompt_usd REAL,                    -- NULL is unknown
    completion_usd REAL,
    charged_tokens INTEGER NOT NULL DEFAULT 0,
    charged_usd REAL,
    note TEXT NOT NULL DEFAULT ''
);;
CREATE INDEX llm_calls_by_day ON llm_calls (day);;
CREATE INDEX llm_calls_by_channel ON llm_calls (channel, model);;
CREATE TABLE llm_prompts (
    hash TEXT PRIMARY KEY,
    text TEXT NOT NULL
)
"""

# `spellings` has no stems and no positions: it is only there to say which words exist.
_ASKING = """
CREATE VIRTUAL TABLE spellings USING fts5 (
    title, authors, content = 'papers', content_rowid = 'id', detail = none, columnsize = 0,
    tokenize = 'unicode61 remove_diacritics 2'
);;
INSERT INTO spellings (spellings) VALUES ('rebuild');;
CREATE VIRTUAL TABLE spelling_words USING fts5vocab (spellings, row);;
CREATE TRIGGER spellings_insert AFTER INSERT ON papers BEGIN
    INSERT INTO spellings (rowid, title, authors) VALUES (new.id, new.title, new.authors);
END;;
CREATE TRIGGER spellings_delete AFTER DELETE ON papers BEGIN
    INSERT INTO spellings (spellings, rowid, title, authors) VALUES ('delete', old.id, old.title, old.authors);
END;;
CREATE TRIGGER spellings_update AFTER UPDATE OF title, authors ON papers BEGIN
    INSERT INTO spellings (spellings, rowid, title, authors) VALUES ('delete', old.id, old.title, old.authors);
    INSERT INTO spellings (rowid, title, authors) VALUES (new.id, new.title, new.authors);
END;;
CREATE TABLE paper_categories (
    category TEXT NOT NULL,
    paper INTEGER NOT NULL,             -- papers.id
    PRIMARY KEY (category, paper)
) WITHOUT ROWID;;
INSERT OR IGNORE INTO paper_categories (category, paper)
SELECT json_each.value, papers.id FROM papers, json_each(papers.categories);;
CREATE TRIGGER paper_categories_insert AFTER INSERT ON papers BEGIN
    INSERT OR IGNORE INTO paper_categories (category, paper) SELECT value, new.id FROM json_each(new.categories);
END;;
CREATE TRIGGER paper_categories_delete AFTER DELETE ON papers BEGIN
    DELETE FROM paper_categories WHERE paper = old.id AND category IN (SELECT value FROM json_each(old.categories));
END;;
CREATE TRIGGER paper_categories_update AFTER UPDATE OF categories ON papers WHEN old.categories != new.categories BEGIN
    DELETE FROM paper_categories WHERE paper = old.id AND category IN (SELECT value FROM json_each(old.categories));
    INSERT OR IGNORE INTO paper_categories (category, paper) SELECT value, new.id FROM json_each(new.categories);
END;;
CREATE TABLE vectors_as_they_came (     -- by number a cache finds what is new; WITHOUT ROWID wasted a page a vector
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    arxiv_id TEXT NOT NULL,
    embedder TEXT NOT NULL,
    vector BLOB NOT NULL,               -- float32, little endian
    UNIQUE (arxiv_id, embedder)
);;
INSERT INTO vectors_as_they_came (arxiv_id, embedder, vector)
SELECT arxiv_id, embedder, vector FROM vectors ORDER BY arxiv_id;;
DROP TABLE vectors;;
ALTER TABLE vectors_as_they_came RENAME TO vectors;;
CREATE TABLE live_searches (
    question TEXT PRIMARY KEY,
    asked_at TEXT NOT NULL,
    arxiv_ids TEXT NOT NULL             -- JSON array, best first
) WITHOUT ROWID;;
CREATE TABLE standing_rules (
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    folded TEXT NOT NULL,               -- the text as it is compared
    person TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (channel, kind, folded)
) WITHOUT ROWID;;
CREATE TABLE pauses (
    channel TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    until TEXT,                         -- the first day with a morning again
    person TEXT NOT NULL
) WITHOUT ROWID;;
CREATE INDEX feedback_by_person ON feedback_events (person)
"""
