"""A look at a database file: what it is, and nothing changed by looking."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from bot.errors import StoreCorrupt, StoreError, StoreTooNew
from bot.store import Store
from bot.store.inspection import inspect_database
from bot.store.schema import migrations

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


def test_a_damaged_page_is_found_and_the_newest_backup_named(path, tmp_path):
    Store(path).close()
    backup = tmp_path / "backups" / "paperlark-20250508T033000Z-m007.db"
    backup.parent.mkdir()
    backup.write_bytes(path.read_bytes())
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 12] = b"\x55" * (4096 * 11)
    path.write_bytes(content)
    with pytest.raises(StoreError, match=backup.name):
        inspect_database(path, backup.parent)
