"""A database of every earlier version is brought to today's schema with all its rows; one of a later version is not."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlite_utils import Database as SqliteUtils
from sqlite_utils import Migrations

from bot.errors import StoreTooNew
from bot.store import Store
from bot.store.schema import migrations
from tests.builders import NOON, a_paper

STEPS = tuple(migrations._migrations)
EARLIER = range(1, len(STEPS))
IDS = [STEPS[n - 1].name for n in EARLIER]


def at_step(path, n):
    """A database as the version had it whose newest step is the n-th; each of its tables holds two rows."""
    steps = Migrations("paperlark")
    for step in STEPS[:n]:
        steps(name=step.name)(step.fn)
    with closing(sqlite3.connect(path)) as connection:
        db = SqliteUtils(connection)
        db.enable_wal()
        steps.apply(db)
        for table in tables(connection):
            for number in (1, 2):
                fill(connection, table, number)
        connection.commit()
        return {table: rows(connection, table) for table in tables(connection)}


def tables(connection):
    """The tables a step made, without what SQLite and full-text search keep for themselves."""
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    virtual = [name for name, sql in found if sql.startswith("CREATE VIRTUAL")]
    return [
        name
        for name, sql in found
        if not name.startswith(("sqlite_", "_sqlite_")) and not any(name.startswith(one) for one in virtual)
    ]


def fill(connection, table, number):
    """One row with a value in every column; a table that holds one row at most keeps the one it has."""
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    values = {name: a_value(name, kind, number) for _, name, kind, *_ in columns}
    marks = ", ".join("?" * len(values))
    insert = f"INSERT OR IGNORE INTO {table} ({', '.join(values)}) VALUES ({marks})"
    connection.execute(insert, list(values.values()))


def a_value(name, kind, number):
    if name.endswith(("_at", "at")) and kind == "TEXT":
        return f"2025-05-0{number}T12:00:00.000000+00:00"
    if "day" in name and kind == "TEXT":
        return f"2025-05-0{number}"
    # Some texts are read as JSON by triggers.
    return {"TEXT": f'["{name} {number}"]', "INTEGER": number, "REAL": number + 0.5, "BLOB": bytes([number] * 8)}[kind]


def rows(connection, table):
    connection.row_factory = sqlite3.Row
    return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]


def today(table, column):
    """What a column of an earlier version is called now."""
    return "channel_id" if column == "place" and table in {"posts", "feedback_events", "channels"} else column


def schema(path):
    with closing(sqlite3.connect(path)) as connection:
        objects = connection.execute("SELECT type, name FROM sqlite_master ORDER BY type, name").fetchall()
        columns = {
            name: sorted(connection.execute(f"SELECT name, type, pk FROM pragma_table_info('{name}')").fetchall())
            for _, name in objects
        }
        return objects, columns


@pytest.mark.parametrize("n", EARLIER, ids=IDS)
async def test_every_row_of_an_earlier_version_is_there_after_the_upgrade(path, n):
    before = at_step(path, n)
    assert all(before.values())
    store = Store(path)
    store.examine()
    with closing(sqlite3.connect(path)) as connection:
        for table, known in before.items():
            kept = [{name: row[today(table, name)] for name in known[0]} for row in rows(connection, table)]
            assert kept == known, table
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("SELECT count(*) FROM papers_fts WHERE papers_fts MATCH 'title'").fetchone()[0] == 2
    await store.papers.add([a_paper()], NOON)
    assert await store.papers.count() == 3
    store.close()


@pytest.mark.parametrize("n", EARLIER, ids=IDS)
def test_an_upgraded_database_has_the_schema_of_a_new_one(tmp_path, n):
    at_step(tmp_path / "old.db", n)
    Store(tmp_path / "old.db").close()
    Store(tmp_path / "new.db").close()
    assert schema(tmp_path / "old.db") == schema(tmp_path / "new.db")


@pytest.mark.parametrize("n", EARLIER, ids=IDS)
def test_before_an_upgrade_the_database_is_copied_as_it_was(path, n):
    before = at_step(path, n)
    Store(path).close()
    (copy,) = path.parent.glob(f"paperlark.db.before-{STEPS[n].name}-*")
    with closing(sqlite3.connect(copy)) as connection:
        assert {table: rows(connection, table) for table in tables(connection)} == before


def test_versions_of_topics_do_not_name_people_any_more(path):
    """Early versions wrote down who sent them; the upgrade takes the names out."""
    at_step(path, 4)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE topics_versions SET origin = 'chat: U0PLANTED7QX'")
        connection.commit()
    Store(path).close()
    with closing(sqlite3.connect(path)) as connection:
        assert {row[0] for row in connection.execute("SELECT origin FROM topics_versions")} == {"chat"}


def test_the_steps_are_numbered_without_a_gap_or_repetition():
    numbers = [int(step.name[1:4]) for step in STEPS]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("n", [*EARLIER, len(STEPS)], ids=[step.name for step in STEPS])
def test_a_version_refuses_the_database_of_every_later_one(path, n, monkeypatch):
    at_step(path, len(STEPS))
    if n == len(STEPS):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE _sqlite_migrations SET name = 'm999_future' WHERE name = ?", [STEPS[-1].name])
            connection.commit()
    else:
        steps = Migrations("paperlark")
        for step in STEPS[:n]:
            steps(name=step.name)(step.fn)
        monkeypatch.setattr("bot.store.file.migrations", steps)
    with pytest.raises(StoreTooNew, match="written by a newer Paperlark"):
        Store(path)
