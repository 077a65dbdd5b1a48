"""A database file is checked by one rule, whoever asks, and nothing is changed by looking."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from bot.errors import StoreCorrupt, StoreError, StoreTooNew
from bot.store import Store
from bot.store.backups.listing import backup_name
from bot.store.backups.making import back_up
from bot.store.file import inspect_database
from bot.store.schema import migrations
from tests.builders import NOON, some_papers
from tests.store.spoiling import KINDS, a_damaged_one, spoiled

NEWEST = max(step.name for step in migrations._migrations)


def test_a_file_that_is_not_there_is_none_and_stays_so(path, tmp_path):
    assert inspect_database(path, tmp_path / "backups") is None
    assert list(tmp_path.iterdir()) == []


def test_a_sound_file_in_use_is_told_with_its_size_and_schema(store, path, tmp_path):
    state = inspect_database(path, tmp_path)
    assert (state.schema, state.pending, state.is_writable) == (NEWEST, (), True)
    assert state.size_bytes >= path.stat().st_size > 0


def test_steps_still_to_be_taken_are_named(path, tmp_path):
    Store(path).close()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM _sqlite_migrations WHERE name = ?", [NEWEST])
    before = path.read_bytes()
    assert inspect_database(path, tmp_path).pending == (NEWEST,)
    assert path.read_bytes() == before


def test_a_newer_a_foreign_and_a_damaged_file_are_told_apart(path, tmp_path):
    Store(path).close()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('paperlark', 'm999_later')")
    with pytest.raises(StoreTooNew, match="m999_later"):
        inspect_database(path, tmp_path)
    path.unlink()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE recipes (name)")
    with pytest.raises(StoreCorrupt, match="of something else"):
        inspect_database(path, tmp_path)
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="not a SQLite database"):
        inspect_database(path, tmp_path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("journal", ["wal", "delete"])
async def test_run_and_doctor_find_the_same_damage_and_name_the_way_out(path, tmp_path, kind, journal):
    store = Store(path)
    await store.papers.add(some_papers(300), NOON)
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")
    backups = tmp_path / "backups"
    made = back_up(path, backups / backup_name(NOON, "m007_operation"), made_at=NOON)
    spoiled(path, kind)
    with pytest.raises(StoreCorrupt, match=f"paperlark restore {made}") as doctor:
        inspect_database(path, backups)
    with pytest.raises(StoreCorrupt) as run:
        open_and_examine(path, backups)
    assert str(run.value) == str(doctor.value)


def open_and_examine(path, backups):
    store = Store(path, backups=backups)
    try:
        store.examine()
    finally:
        store.close()


async def test_damage_without_any_backup_says_so(path, tmp_path):
    await a_damaged_one(path)
    with pytest.raises(StoreCorrupt, match="no backup in the backup folder"):
        open_and_examine(path, tmp_path / "nowhere")


async def test_a_sound_file_passes_both(filled, path, tmp_path):
    filled.examine()
    assert filled.operation.failure == ""
    assert inspect_database(path, tmp_path).is_writable
