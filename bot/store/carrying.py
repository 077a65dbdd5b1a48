"""Whoever was forgotten stays so when an earlier copy takes the place of the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database as SqliteUtils

from bot.store.faults import translated
from bot.store.privacy import forget_now, mark_of

_PEOPLE = """
SELECT person FROM feedback_events UNION SELECT person FROM standing_rules UNION SELECT person FROM pauses
"""


def carry_opt_outs(old: Path, new: Path) -> int:
    """Forget in `new`, a copy of today's schema, whoever `old` has forgotten since; how many people that were.

    An `old` that cannot be read has nothing to carry, nor has one that is no later state of `new`.

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
    """Whether marks made with this key mean something here; a copy that has none of its own takes the key over."""
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
