"""Lists of papers that a channel was given: what stands on them, and their topic trees."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema._statements import execute_all

_TABLES = """
CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    origin TEXT NOT NULL,               -- the list's name as readers see it
    format TEXT NOT NULL,
    use TEXT NOT NULL,                  -- liked or posted
    weight REAL NOT NULL,               -- of each paper beside a reader's like
    imported_at TEXT NOT NULL,
    content TEXT NOT NULL,              -- hash of all it says, so that the same list again changes nothing
    topics_text TEXT NOT NULL,          -- its sections, or a digest's prompt, as topics
    UNIQUE (channel, origin)
);;
CREATE TABLE import_papers (
    import INTEGER NOT NULL,            -- imports.id
    arxiv_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    facts TEXT NOT NULL,                -- JSON of what the list says about the paper
    PRIMARY KEY (import, arxiv_id)
) WITHOUT ROWID;;
CREATE TABLE topic_tree (
    import INTEGER NOT NULL,            -- imports.id
    place INTEGER NOT NULL,
    parent INTEGER,                     -- place of the branch it belongs to
    title TEXT NOT NULL,
    arxiv_id TEXT NOT NULL,             -- of a leaf that is a paper
    url TEXT NOT NULL,
    PRIMARY KEY (import, place)
) WITHOUT ROWID
"""


def m005_library(db: Database) -> None:
    """Lists of papers that a channel was given: what stands on them, and their topic trees."""
    execute_all(db, _TABLES)
