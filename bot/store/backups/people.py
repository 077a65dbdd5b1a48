"""Find the backups that still name a person, and keep who was forgotten out of a restored one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database as SqliteUtils

from bot.store.file import companions, has_table, is_sqlite, translated
from bot.store.privacy import forget_now, mark_of

_TABLES = ("feedback_events", "standing_rules", "pauses")  # with a column `person`
_PEOPLE = " UNION ".join(f"SELECT person FROM {table}" for table in _TABLES)
_ORIGIN = "chat: {}"  # how versions of topics once named whoever sent them


def backups_holding(database: Path, folders: Iterable[Path], person: str) -> tuple[Path, ...]:
    """The SQLite files in these folders and below, other than the database itself, that name a person; sorted.

    A file that cannot be read counts: nobody knows what is in it.
    """
    found = {path.resolve() for folder in folders for path in folder.rglob("*") if path.is_file()}
    found.discard(database.resolve())
    return tuple(path for path in sorted(found) if is_sqlite(path) and _holds(path, person))


def _holds(path: Path, person: str) -> bool:
    # A finished backup is only looked at; one with a log beside it may be in use, and the log is part of it.
    how = "mode=ro" if companions(path)[0].exists() else "mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as connection:
            return any(
                connection.execute(f"SELECT 1 FROM {table} WHERE {column} = ? LIMIT 1", [value]).fetchone()
                for table, column, value in _mentions(connection, person)
            )
    except sqlite3.Error:
        return True


def _mentions(connection: sqlite3.Connection, person: str) -> Iterator[tuple[str, str, str]]:
    """List where a person may be named, among the tables that this file has."""
    for table in _TABLES:
        if has_table(connection, table):
            yield table, "person", person
    if has_table(connection, "topics_versions"):
        yield "topics_versions", "origin", _ORIGIN.format(person)


def copy_opt_outs(old: Path, new: Path) -> int:
    """Copy the opt-outs of the database `old` into `new`, a restored one of today's schema; how many it named.

    Whoever was forgotten since the backup was made is forgotten in it too. An `old` that cannot be read has no
    opt-outs to copy, nor has one that is no later state of `new`.

    Raises:
        StoreError: `new` cannot be written.
    """
    key, marks = _marks_in(old)
    if not marks:
        return 0
    with translated(new), closing(sqlite3.connect(new)) as connection:
        db = SqliteUtils(connection)
        connection.execute("BEGIN IMMEDIATE")
        if not _takes(db, key):
            return 0
        connection.executemany("INSERT OR IGNORE INTO opt_outs (mark, at) VALUES (?, ?)", marks.items())
        people = list(_marked(db, marks))
        for person, mark in people:
            forget_now(db, person, marks[mark])
        connection.commit()
    return len(people)


def _marks_in(old: Path) -> tuple[bytes, dict[str, str]]:
    try:
        with closing(sqlite3.connect(f"{old.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            key = connection.execute("SELECT key FROM privacy").fetchone()[0]
            return key, dict(connection.execute("SELECT mark, at FROM opt_outs").fetchall())
    except (sqlite3.Error, TypeError):
        return b"", {}


def _takes(db: SqliteUtils, key: bytes) -> bool:
    """Whether marks made with this key mean something here; a backup that has none of its own takes the key over."""
    if db.execute("SELECT key FROM privacy").fetchone()[0] == key:
        return True
    if db.execute("SELECT EXISTS (SELECT 1 FROM opt_outs)").fetchone()[0]:
        return False
    db.execute("UPDATE privacy SET key = ?", [key])
    return True


def _marked(db: SqliteUtils, marks: dict[str, str]) -> Iterator[tuple[str, str]]:
    for (person,) in db.execute(_PEOPLE).fetchall():
        mark = mark_of(db, person)
        if person and mark in marks:
            yield person, mark
