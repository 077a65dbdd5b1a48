"""The file itself: transactions, connections, migrations, and everything that can be wrong with it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlite_utils import Migrations

from bot.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreGone, StoreReadOnly, StoreTooNew
from bot.store import Store
from bot.store import database as module
from bot.store.database import Database
from tests.builders import NOON, a_listing, a_paper, some_papers


@pytest.fixture
def database(path):
    database = Database(path, busy_timeout_s=0.2)
    yield database
    database.close()


def insert_turn(db, name="a"):
    db.execute("INSERT INTO turns (name, free_at) VALUES (?, 1.0)", [name])


async def test_a_write_returns_its_result_and_is_on_disk_when_it_returns(database, rows):
    def change(db):
        insert_turn(db)
        return 42

    assert await database.write(change, "test") == 42
    assert rows("SELECT name FROM turns") == [("a",)]


async def test_a_write_that_fails_half_way_leaves_nothing(database, rows):
    def change(db):
        insert_turn(db)
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        await database.write(change, "test")
    assert rows("SELECT name FROM turns") == []
    await database.write(insert_turn, "test")
    assert rows("SELECT name FROM turns") == [("a",)]


async def test_an_sql_error_half_way_leaves_nothing_and_names_the_file(database, rows, path):
    def change(db):
        insert_turn(db)
        db.execute("INSERT INTO turns (name, free_at) VALUES ('a', 2.0)")

    with pytest.raises(StoreError, match=r"paperlark\.db: UNIQUE"):
        await database.write(change, "test")
    assert rows("SELECT name FROM turns") == []


async def test_a_listing_is_saved_wholly_or_not_at_all(store, rows):
    """A broken paper in the middle takes the whole listing with it."""
    papers = [*some_papers(3), a_paper("2505.09999", version=None), a_paper("2505.09998")]
    with pytest.raises(StoreError, match="NOT NULL"):
        await store.listings.save("arxiv", a_listing(papers), NOON)
    for table in ("papers", "papers_fts", "listing_entries", "listings"):
        assert rows(f"SELECT count(*) FROM {table}") == [(0,)]


async def test_the_file_is_in_wal_mode_and_every_commit_is_synchronised(database, rows):
    assert rows("PRAGMA journal_mode") == [("wal",)]
    assert database._writer.execute("PRAGMA synchronous").fetchone() == (2,)


async def test_all_writes_happen_in_one_thread_and_reads_in_others(database):
    async def writer():
        return await database.write(lambda db: threading.get_ident(), "test")

    async def reader():
        return await database.read(lambda db: threading.get_ident())

    writers = set(await asyncio.gather(*(writer() for _ in range(10))))
    readers = set(await asyncio.gather(*(reader() for _ in range(10))))
    assert len(writers) == 1
    assert writers.isdisjoint({*readers, threading.get_ident()})
    assert threading.get_ident() not in readers


async def test_readers_cannot_write(database):
    with pytest.raises(StoreReadOnly):
        await database.read(insert_turn)


async def test_a_reader_sees_one_state_while_a_write_happens_beside_it(database):
    """Two looks in one read agree, although a write is committed between them."""

    def look_twice(db):
        before = db.execute("SELECT count(*) FROM turns").fetchone()
        asyncio.run_coroutine_threadsafe(database.write(insert_turn, "test"), loop).result(5)
        return before, db.execute("SELECT count(*) FROM turns").fetchone()

    loop = asyncio.get_running_loop()
    assert await database.read(look_twice) == ((0,), (0,))
    assert await database.read(lambda db: db.execute("SELECT count(*) FROM turns").fetchone()) == (1,)


async def test_the_tap_hears_of_each_write_before_and_after_it(path):
    heard = []
    store = Store(path, tap=lambda moment, name: heard.append((moment, name)))
    await store.papers.add([a_paper()], NOON)
    store.close()
    assert heard == [("before", "papers.add"), ("after", "papers.add")]


async def test_a_failed_write_is_not_reported_as_done(path):
    heard = []
    store = Store(path, tap=lambda moment, name: heard.append(moment))
    with pytest.raises(StoreError):
        await store.papers.add([a_paper(version=None)], NOON)
    store.close()
    assert heard == ["before"]


async def test_a_file_held_by_another_process_is_reported_after_the_busy_timeout(database, path):
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="another process holds it"):
        await database.write(insert_turn, "test")
    other.rollback()
    other.close()
    await database.write(insert_turn, "test")


async def test_reads_do_not_wait_for_another_process_that_writes(database, path):
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    assert await database.read(lambda db: db.execute("SELECT count(*) FROM turns").fetchone()) == (0,)
    other.close()


async def test_a_file_that_cannot_be_written_is_reported_as_such(database):
    database._writer.execute("PRAGMA query_only = 1")
    with pytest.raises(StoreReadOnly, match="permissions"):
        await database.write(insert_turn, "test")


async def test_a_full_disk_is_reported_loses_nothing_and_is_survived(store, rows):
    """SQLite's page limit stands for the disk's end."""
    await store.papers.add(some_papers(2), NOON)
    writer = store._database._writer
    pages = writer.execute("PRAGMA page_count").fetchone()[0]
    writer.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(StoreFull, match="nothing stored so far is lost"):
        await store.papers.add([a_paper("2505.07777", abstract="long " * 50_000)], NOON)
    assert await store.papers.count() == 2
    writer.execute("PRAGMA max_page_count = 1000000")
    await store.papers.add([a_paper("2505.07777")], NOON)
    assert rows("SELECT count(*) FROM papers") == [(3,)]


async def test_a_file_removed_while_in_use_stops_all_writing(store, path):
    path.unlink()
    with pytest.raises(StoreGone, match="removed or replaced"):
        await store.papers.add([a_paper()], NOON)


async def test_a_file_replaced_while_in_use_stops_all_writing_and_stays_as_it_is(store, path, tmp_path):
    replacement = tmp_path / "other.db"
    Store(replacement).close()
    before = replacement.read_bytes()
    replacement.replace(path)
    with pytest.raises(StoreGone):
        await store.papers.add([a_paper()], NOON)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"\x00\xff garbage " * 1000, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_garbage_is_refused_and_left_alone(path, content):
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt, match="restore"):
        Store(path)
    assert path.read_bytes() == content


async def test_damage_found_while_running_is_reported_as_damage(path):
    """The first pages stay sound, so that it opens; everything behind them is noise."""
    store = Store(path)
    await store.papers.add(some_papers(200), NOON)
    store.close()
    content = bytearray(path.read_bytes())
    content[4096 * 2 :] = b"\xa5" * (len(content) - 4096 * 2)
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt):
        await touch_everything(path)


async def touch_everything(path):
    store = Store(path)
    try:
        await store.papers.get([paper.arxiv_id for paper in some_papers(200)])
        await store.papers.add([a_paper()], NOON)
    finally:
        store.close()


def test_a_sqlite_file_of_something_else_is_refused_and_left_alone(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt, match="something else"):
        Store(path)
    assert path.read_bytes() == before


def test_a_database_of_a_newer_version_is_refused_and_left_alone(path):
    Store(path).close()
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('paperlark', 'm999_future', 'x')"
    )
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreTooNew, match=r"m999_future.*Start that version"):
        Store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("below", ["file/paperlark.db", "file/deeper/paperlark.db"])
def test_a_data_folder_that_cannot_be_made_is_reported(tmp_path, below):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreReadOnly, match=r"file.*the data folder cannot be made"):
        Store(tmp_path / below)


def test_a_folder_in_the_place_of_the_file_is_reported(path):
    path.mkdir()
    with pytest.raises(StoreReadOnly, match="cannot be opened"):
        Store(path)


def test_the_data_folder_is_made_where_it_is_missing(tmp_path):
    path = tmp_path / "a" / "b c#?%41" / "paperlark.db"
    store = Store(path)
    try:
        assert asyncio.run(store.papers.count()) == 0
    finally:
        store.close()
    assert path.exists()


async def test_what_was_stored_is_there_after_closing_and_opening(path):
    store = Store(path)
    await store.papers.add([a_paper()], NOON)
    store.close()
    again = Store(path)
    assert await again.papers.get(["2505.03801"]) == {"2505.03801": a_paper()}
    again.close()


def test_closing_leaves_one_file(path):
    Store(path).close()
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_stores_that_start_together_on_a_new_file_all_open_it(path):
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: Store(path, busy_timeout_s=10), range(6)))
    for store in stores:
        store.close()


# Migrations. A next step is pretended: the real list has what was released.


@pytest.fixture
def next_step(monkeypatch):
    """Adds a step to the real ones: `next_step(function)`."""

    def add(step):
        steps = Migrations("paperlark")
        for known in module.migrations._migrations:
            steps(name=known.name)(known.fn)
        steps(name="m900_next")(step)
        monkeypatch.setattr(module, "migrations", steps)

    return add


def schema_of(path):
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    finally:
        connection.close()


async def with_a_paper(path):
    store = Store(path)
    await store.papers.add([a_paper()], NOON)
    store.close()


async def test_an_existing_file_is_copied_before_it_is_migrated(path, next_step):
    await with_a_paper(path)
    before = schema_of(path)
    next_step(lambda db: db.execute("ALTER TABLE papers ADD COLUMN colour TEXT"))
    store = Store(path)
    assert await store.papers.count() == 1
    store.close()
    (copy,) = path.parent.glob("paperlark.db.before-m900_next-*")
    assert schema_of(copy) == before
    assert schema_of(path) != before
    assert sqlite3.connect(copy).execute("SELECT arxiv_id FROM papers").fetchall() == [("2505.03801",)]


def test_a_new_file_is_not_copied_and_a_current_one_neither(path):
    Store(path).close()
    Store(path).close()
    assert [one.name for one in path.parent.iterdir()] == [path.name]


async def test_a_migration_that_fails_leaves_the_file_as_it_was(path, next_step, monkeypatch):
    await with_a_paper(path)
    before = schema_of(path)

    def broken(db):
        db.execute("ALTER TABLE papers ADD COLUMN colour TEXT")
        db.execute("DELETE FROM papers")
        db.execute("SELECT no_such_function()")

    next_step(broken)
    with pytest.raises(StoreError, match="no_such_function"):
        Store(path)
    monkeypatch.undo()
    assert schema_of(path) == before
    store = Store(path)
    assert await store.papers.count() == 1
    store.close()


def test_a_first_start_that_fails_can_be_repeated(path, next_step, monkeypatch):
    """Nothing of a half-made schema stays, not even the library's own table."""
    next_step(lambda db: db.execute("SELECT no_such_function()"))
    with pytest.raises(StoreError):
        Store(path)
    monkeypatch.undo()
    Store(path).close()
