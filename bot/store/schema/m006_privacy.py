"""Who asked to be forgotten, as marks that only this database's key makes."""

from __future__ import annotations

import secrets

from sqlite_utils import Database

from bot.store.schema._statements import execute_all

# Versions of topics used to say who sent them, and prompts held readers' questions; nothing ever asked for either.
_TABLES = """
CREATE TABLE opt_outs (
    mark TEXT PRIMARY KEY,              -- keyed hash of the person's id
    at TEXT NOT NULL
) WITHOUT ROWID;;
CREATE TABLE privacy (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    key BLOB NOT NULL,
    forgettings INTEGER NOT NULL,       -- counted, so that what was learned before one is not stored after it
    rebuild_owed INTEGER NOT NULL       -- deleted rows may still be readable in the file
);;
UPDATE topics_versions SET origin = 'chat' WHERE origin LIKE 'chat: %';;
DELETE FROM llm_prompts WHERE hash IN (SELECT prompt_hash FROM llm_calls WHERE purpose = 'answer')
"""
_OWED = """
SELECT EXISTS (SELECT 1 FROM topics_versions WHERE origin = 'chat')
    OR EXISTS (SELECT 1 FROM llm_calls WHERE purpose = 'answer')
"""
_KEY_BYTES = 32


def m006_privacy(db: Database) -> None:
    """Who asked to be forgotten, as marks that only this database's key makes."""
    execute_all(db, _TABLES)
    key = secrets.token_bytes(_KEY_BYTES)
    owed = db.execute(_OWED).fetchone()[0]
    db.execute("INSERT INTO privacy (id, key, forgettings, rebuild_owed) VALUES (1, ?, 0, ?)", [key, owed])
