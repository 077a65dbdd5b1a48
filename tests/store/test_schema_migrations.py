"""A database of every earlier version is brought to today's schema with all its rows; one of a later version is not."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest
from sqlite_utils import Database as SqliteUtils
from sqlite_utils import Migrations

from bot.errors import StoreTooNew
from bot.store import Store
from bot.store.schema import migrations
from tests.builders import CHANNEL, NOON, a_paper

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


EARLIER_VERSION = Path(__file__).parent / "earlier"
RENAMED = {"place": "channel_id"}


def as_read(values):
    """Values of the store as the earlier version's were written down."""
    return json.loads(json.dumps([asdict(value) for value in values], default=str))


def known_part(value, known):
    """What is left of a value without the fields that the earlier version did not have."""
    if isinstance(known, dict):
        return {name: known_part(value[RENAMED.get(name, name)], one) for name, one in known.items()}
    if isinstance(known, list) and len(value) == len(known):
        return [known_part(*pair) for pair in zip(value, known, strict=True)]
    return value


async def test_a_database_written_by_an_earlier_version_keeps_all_that_it_held(path):
    """The file is no invention: commit 03c98d3 wrote it, and what it read from it then stands beside it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((EARLIER_VERSION / "m007.sql").read_text("utf-8"))
    known = json.loads((EARLIER_VERSION / "m007.json").read_text("utf-8"))
    store = Store(path)
    store.examine()
    digests = await store.ledger.digests(CHANNEL)
    now = {
        "digests": as_read(digests),
        "intents": as_read([one for digest in digests for one in await store.ledger.intents(CHANNEL, digest.number)]),
        "votes": as_read(await store.feedback.current(CHANNEL)),
        "impressions": as_read(await store.feedback.impressions(CHANNEL)),
        "rules": as_read(await store.rules.all(CHANNEL)),
        "pause": as_read([await store.channels.pause(CHANNEL)])[0],
        "topics": as_read(await store.topics.history(CHANNEL)),
        "weights": len(await store.weights.history(CHANNEL)),
        "papers": await store.papers.count(),
    }
    open_intents = await store.ledger.open_intents(CHANNEL)
    opted_out = await store.privacy.opted_out(["eve", "ada"])
    store.close()
    for subject, what in known.items():
        assert known_part(now[subject], what) == what, subject
    assert [len(known[one]) for one in ("digests", "votes", "rules", "topics")] == [4, 11, 2, 2]
    assert len(open_intents) == 2
    assert opted_out == {"eve"}
