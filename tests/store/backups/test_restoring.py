"""Backups are checked and put back, and what they replace is kept."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from bot.errors import StoreCorrupt, StoreError, StoreReadOnly, StoreTooNew
from bot.store import Store
from bot.store.backups.listing import backup_name
from bot.store.backups.making import back_up
from bot.store.backups.restoring import examine_backup, restore_database
from bot.store.file import companions
from tests.builders import NOON, a_paper, some_papers
from tests.store.spoiling import KINDS, count, names, spoiled


@pytest.fixture
async def saved(path, tmp_path):
    """A copy of three papers, and a database of four."""
    store = Store(path)
    await store.papers.add(some_papers(3), NOON)
    copy = back_up(path, tmp_path / "saved" / backup_name(NOON, "m007_operation"), made_at=NOON)
    await store.papers.add([a_paper("2505.09999")], NOON)
    store.close()
    return copy


async def test_a_restored_database_holds_what_the_copy_held_and_the_old_one_is_kept(path, saved):
    restored = restore_database(saved, path)
    assert (count(path), count(restored.replaced), count(saved)) == (3, 4, 3)
    assert restored.made_at == NOON
    store = Store(path)
    assert await store.restored.behind_since("any") == NOON
    store.close()
    assert names(path.parent) == sorted([path.name, restored.replaced.name, "saved"])


def test_a_database_that_is_gone_can_be_restored(path, saved):
    path.unlink()
    assert restore_database(saved, path).replaced is None
    assert count(path) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_wrong_with_the_old_one_it_is_kept_byte_for_byte(path, saved, kind):
    spoiled(path, kind)
    before = path.read_bytes()
    restored = restore_database(saved, path)
    assert count(path) == 3
    assert restored.replaced.read_bytes() == before


async def test_the_log_of_a_killed_bot_does_not_get_into_the_restored_database(path, saved, tmp_path):
    """The old file and its log as a kill leaves them; the log goes into the old file or stays with it."""
    store = Store(path)
    await store.papers.add([a_paper("2505.08888")], NOON)
    for one in (path, *companions(path)):
        shutil.copy(one, tmp_path / "saved" / f"killed-{one.name}")
    store.close()
    for one in (path, *companions(path)):
        one.unlink(missing_ok=True)
        shutil.copy(tmp_path / "saved" / f"killed-{one.name}", one)
    restored = restore_database(saved, path)
    assert not companions(path)[0].exists()
    assert (count(path), count(restored.replaced)) == (3, 5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_copy_is_refused_and_the_database_left_alone(path, saved, kind):
    store = Store(saved)
    asyncio.run(store.papers.add(some_papers(300, 4), NOON))
    store.close()
    spoiled(saved, kind)
    with pytest.raises(StoreCorrupt, match="restore another backup"):
        restore_database(saved, path)
    assert count(path) == 4


def test_what_is_no_copy_of_ours_is_refused(path, saved, tmp_path):
    with pytest.raises(StoreError, match="no such file"):
        examine_backup(tmp_path / "nowhere.db")
    with pytest.raises(StoreError, match="no such file"):
        examine_backup(tmp_path)
    other = tmp_path / "recipes.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StoreCorrupt, match="something else"):
        restore_database(other, path)
    (tmp_path / "empty.db").write_bytes(b"")
    with pytest.raises(StoreCorrupt, match="empty"):
        restore_database(tmp_path / "empty.db", path)
    with pytest.raises(StoreError, match="the database itself"):
        restore_database(path, path)
    assert count(path) == 4


def test_a_copy_of_a_newer_version_is_refused(path, saved):
    with closing(sqlite3.connect(saved)) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('paperlark', 'm999_future', 'x')"
        )
        connection.commit()
    with pytest.raises(StoreTooNew, match="m999_future"):
        restore_database(saved, path)
    assert count(path) == 4


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_is_named_and_left_alone(path, saved):
    path.parent.chmod(0o500)
    try:
        with pytest.raises(StoreReadOnly):
            restore_database(saved, path)
    finally:
        path.parent.chmod(0o700)
    assert count(path) == 4


def test_a_copy_with_any_name_is_as_old_as_it_says(path, saved, tmp_path):
    shutil.move(saved, tmp_path / "mine.db")
    assert restore_database(tmp_path / "mine.db", path).made_at == NOON


def test_a_copy_that_does_not_say_when_it_was_made_is_as_old_as_the_newest_in_it_however_young_the_file(path, saved):
    """As one made before an upgrade, or by the system's own means, and copied once more since."""
    plain = back_up(path, path.with_name("plain.db"), made_at=None)
    assert datetime.fromtimestamp(plain.stat().st_mtime, UTC) > NOON
    assert restore_database(plain, path).made_at == NOON


async def test_a_restored_database_that_caught_up_and_is_restored_again_catches_up_again(path, saved):
    restore_database(saved, path)
    store = Store(path)
    await store.restored.catch_up("any", [], [], NOON)
    assert await store.restored.behind_since("any") is None
    store.close()
    restore_database(back_up(path, path.with_name("plain.db"), made_at=None), path)
    store = Store(path)
    assert await store.restored.behind_since("any") == NOON
    store.close()
