"""What makes the archive quick to ask, remembered live searches, and what readers order in chat."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema._statements import execute_all

# `spellings` has no stems and no positions: it is only there to say which words exist.
_TABLES = """
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


def m004_asking(db: Database) -> None:
    """What makes the archive quick to ask, remembered live searches, and what readers order in chat."""
    execute_all(db, _TABLES)
