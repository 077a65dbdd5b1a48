"""Copies of the database in its folder: backups, and those made before a migration."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

_MAGIC = b"SQLite format 3\0"
_ORIGIN = "chat: {}"  # how versions of topics once named whoever sent them


def copies_holding(database: Path, folders: Iterable[Path], person: str) -> tuple[Path, ...]:
    """The SQLite files in these folders and below, other than the database itself, in which a person is; sorted.

    A file that cannot be read counts: nobody knows what is in it.
    """
    found = {path.resolve() for folder in folders for path in folder.rglob("*") if path.is_file()}
    found.discard(database.resolve())
    return tuple(path for path in sorted(found) if is_sqlite(path) and _holds(path, person))


def is_sqlite(path: Path) -> bool:
    """Whether a file begins as a SQLite file does."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _holds(path: Path, person: str) -> bool:
    # A finished copy is only looked at; one with a log beside it may be in use, and the log is part of it.
    how = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as connection:
            return any(
                connection.execute(f"SELECT 1 FROM {table} WHERE {column} = ? LIMIT 1", [value]).fetchone()
                for table, column, value in _mentions(connection, person)
            )
    except sqlite3.Error:
        return True


def _mentions(connection: sqlite3.Connection, person: str) -> Iterator[tuple[str, str, str]]:
    """Where a person may be named, in the tables that this file has."""
    for table in ("feedback_events", "standing_rules", "pauses"):
        if connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [table]).fetchone():
            yield table, "person", person
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'topics_versions'").fetchone():
        yield "topics_versions", "origin", _ORIGIN.format(person)
