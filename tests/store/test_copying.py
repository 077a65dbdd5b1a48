"""Copies of a database: made beside a writer, whole or not there, rotated, checked and put back."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import StoreCorrupt, StoreError, StoreFull, StoreReadOnly, StoreTooNew
from bot.settings import BackupSettings
from bot.store import Store, copying
from bot.store.backups import Backup, backup_name, backups_in, newest_backup, outdated
from bot.store.copying import copy_database
from bot.store.restoring import examine_copy, restore_database
from tests.builders import NOON, a_paper, some_papers


def count(path, table="papers"):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def names(folder):
    return sorted(one.name for one in folder.iterdir())


@pytest.fixture
async def filled(store):
    await store.papers.add(some_papers(50), NOON)
    return store


# Copying.


async def test_a_copy_is_one_file_that_opens_as_a_database_and_says_since_when_it_is_one(filled, path, tmp_path):
    target = tmp_path / "copies" / "copy.db"
    copy_database(path, target, made_at=NOON)
    assert names(target.parent) == ["copy.db"]
    copied = Store(target)
    assert await copied.papers.count() == 50
    assert await copied.copies.behind_since("any") == NOON
    copied.close()
    assert await filled.copies.behind_since("any") is None


async def test_a_copy_holds_one_moment_while_the_writer_goes_on(store, path, tmp_path, monkeypatch):
    """Papers come in pairs, each pair in one transaction; no copy holds half a pair, and none waits for the other."""
    monkeypatch.setattr(copying, "_PAGES", 2)
    await store.papers.add(some_papers(300), NOON)
    written, copies, done = 0, [], asyncio.Event()

    async def write():
        nonlocal written
        while not done.is_set():
            pair = [a_paper(f"2506.{written:05d}"), a_paper(f"2507.{written:05d}")]
            await store.papers.add(pair, NOON)
            written += 1

    async def copy():
        for number in range(5):
            before = written
            target = await asyncio.to_thread(copy_database, path, tmp_path / f"{number}.db", made_at=NOON)
            copies.append((before, target))
        done.set()

    await asyncio.gather(write(), copy())
    assert written > 5
    for before, target in copies:
        with closing(sqlite3.connect(target)) as connection:
            first, second = (
                connection.execute("SELECT count(*) FROM papers WHERE arxiv_id LIKE ?", [f"{month}.%"]).fetchone()[0]
                for month in ("2506", "2507")
            )
            assert first == second >= before
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_a_copy_cut_off_leaves_nothing(filled, path, tmp_path):
    with pytest.raises(StoreError, match="stopped before its end"):
        copy_database(path, tmp_path / "out" / "copy.db", made_at=NOON, stopping=lambda: True)
    assert names(tmp_path / "out") == []


async def test_a_copy_that_fails_leaves_the_older_one_of_that_name(filled, path, tmp_path):
    target = tmp_path / "copy.db"
    copy_database(path, target, made_at=NOON)
    before = target.read_bytes()
    with pytest.raises(StoreError):
        copy_database(path, target, made_at=NOON, stopping=lambda: True)
    assert target.read_bytes() == before


async def test_a_disk_without_room_for_the_copy_and_the_bot_is_refused_beforehand(filled, path, tmp_path, monkeypatch):
    monkeypatch.setattr(copying, "_SPARE", 2**60)
    with pytest.raises(StoreFull, match=r"MB are free, a copy needs .* MB; free some space"):
        copy_database(path, tmp_path / "out" / "copy.db", made_at=NOON)
    assert names(tmp_path / "out") == []


def test_a_missing_database_cannot_be_copied_and_is_not_made(path, tmp_path):
    with pytest.raises(StoreError, match="no such file"):
        copy_database(path, tmp_path / "copy.db", made_at=NOON)
    assert names(tmp_path) == []


async def test_a_file_in_the_place_of_the_folder_is_named(filled, path, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreReadOnly, match="file"):
        copy_database(path, tmp_path / "file" / "copy.db", made_at=NOON)


async def test_a_damaged_database_makes_no_copy_that_looks_sound(path, tmp_path):
    await a_damaged_one(path)
    with pytest.raises(StoreCorrupt, match="damaged"):
        copy_database(path, tmp_path / "out" / "copy.db", made_at=NOON)
    assert names(tmp_path / "out") == []


async def test_a_copy_is_as_private_as_the_database(filled, path, tmp_path):
    path.chmod(0o600)
    copy_database(path, tmp_path / "copy.db", made_at=NOON)
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


# Damage.


async def a_damaged_one(path):
    """A database whose head is sound and whose tables are not."""
    store = Store(path)
    await store.papers.add(some_papers(300), NOON)
    store.close()
    content = bytearray(path.read_bytes())
    for page in range(40, len(content) // 4096, 7):
        content[4096 * page : 4096 * page + 100] = b"\xa5" * 100
    path.write_bytes(content)


def spoiled(path, kind):
    content = path.read_bytes()
    match kind:
        case "truncated":
            path.write_bytes(content[: len(content) // 2])
        case "cut within a page":
            path.write_bytes(content[:-1000])
        case "garbage":
            path.write_bytes(os.urandom(len(content)))
        case "zeros":
            path.write_bytes(bytes(len(content)))
        case "flipped pages":
            damaged = bytearray(content)
            for page in range(40, len(content) // 4096, 7):
                damaged[4096 * page : 4096 * page + 16] = bytes(byte ^ 0xFF for byte in damaged[4096 * page :][:16])
            path.write_bytes(damaged)


KINDS = ["truncated", "cut within a page", "garbage", "zeros", "flipped pages"]


@pytest.mark.parametrize("kind", KINDS)
async def test_damage_is_found_at_the_start_and_the_way_out_is_named(path, tmp_path, kind):
    store = Store(path)
    await store.papers.add(some_papers(300), NOON)
    store.close()
    backups = tmp_path / "backups"
    made = copy_database(path, backups / backup_name(NOON, "m007_operation"), made_at=NOON)
    spoiled(path, kind)
    with pytest.raises(StoreCorrupt, match=f"paperlark restore {made}"):
        open_and_examine(path, backups)


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


async def test_a_sound_database_passes(filled):
    filled.examine()
    assert filled.operation.trouble == ""


# Rotation.

BERLIN = ZoneInfo("Europe/Berlin")


def a_backup(made_at, folder):
    return Backup(folder / backup_name(made_at, "m007"), made_at, "007")


def left_after(nights, folder, *, daily, weekly, zone=UTC):
    """A copy each night, and rotated each time; the days of those that stay."""
    kept = []
    for number in range(nights):
        now = NOON + timedelta(days=number)
        kept.append(a_backup(now, folder))
        gone = outdated(kept, now, zone, daily=daily, weekly=weekly)
        kept = [one for one in kept if one not in gone]
    return [(now - one.made_at).days for one in kept]


def test_after_two_months_seven_days_and_four_weeks_are_left(tmp_path):
    ages = left_after(60, tmp_path, daily=7, weekly=4)
    assert ages[-7:] == [6, 5, 4, 3, 2, 1, 0]
    assert len(ages) in {9, 10}
    assert max(ages) < 28


def test_without_weeks_only_the_days_are_left(tmp_path):
    assert left_after(30, tmp_path, daily=3, weekly=0) == [2, 1, 0]


def test_of_one_day_the_newest_stays(tmp_path):
    morning, noon = a_backup(NOON.replace(hour=3), tmp_path), a_backup(NOON, tmp_path)
    assert outdated([morning, noon], NOON, UTC, daily=7, weekly=4) == (morning,)


def test_the_newest_stays_however_old_it_is_and_so_does_one_from_the_future(tmp_path):
    old, future = a_backup(NOON, tmp_path), a_backup(NOON + timedelta(days=900), tmp_path)
    later = NOON + timedelta(days=400)
    assert outdated([old], later, UTC, daily=1, weekly=0) == ()
    assert future not in outdated([old, future], later, UTC, daily=1, weekly=0)


@given(
    st.lists(st.integers(0, 80 * 24), max_size=40),
    st.integers(1, 10),
    st.integers(0, 6),
)
def test_no_copy_stays_longer_than_people_are_told(hours, daily, weekly):
    """But for the newest one: a bot that makes none any more keeps what it has."""
    now = datetime(2025, 5, 8, 3, 30, tzinfo=UTC)
    backups = [a_backup(now - timedelta(hours=one), tmp_path_of()) for one in sorted(set(hours))]
    gone = outdated(backups, now, BERLIN, daily=daily, weekly=weekly)
    newest = max(backups, key=lambda one: one.made_at, default=None)
    told = BackupSettings(daily=daily, weekly=weekly).kept_days
    for one in backups:
        if one not in gone and one is not newest:
            assert (now - one.made_at).days <= told
    assert newest not in gone


def tmp_path_of():
    from pathlib import Path

    return Path("backups")


def test_backups_are_known_by_their_names_oldest_first(tmp_path):
    for moment in (NOON, NOON - timedelta(days=1)):
        (tmp_path / backup_name(moment, "m007_operation")).write_text("x")
    for other in ("paperlark-notes.db", "paperlark-20250508T120000Z-m007.db.partial", "mine.db"):
        (tmp_path / other).write_text("x")
    assert [one.made_at for one in backups_in(tmp_path)] == [NOON - timedelta(days=1), NOON]
    assert newest_backup(tmp_path).name == "paperlark-20250508T120000Z-m007.db"
    assert newest_backup(tmp_path / "nowhere") is None
    assert newest_backup(None) is None


# Restoring.


@pytest.fixture
async def saved(path, tmp_path):
    """A copy of three papers, and a database of four."""
    store = Store(path)
    await store.papers.add(some_papers(3), NOON)
    copy = copy_database(path, tmp_path / "saved" / backup_name(NOON, "m007_operation"), made_at=NOON)
    await store.papers.add([a_paper("2505.09999")], NOON)
    store.close()
    return copy


async def test_a_restored_database_holds_what_the_copy_held_and_the_old_one_is_kept(path, saved):
    restored = restore_database(saved, path)
    assert (count(path), count(restored.replaced), count(saved)) == (3, 4, 3)
    assert restored.made_at == NOON
    store = Store(path)
    assert await store.copies.behind_since("any") == NOON
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
    for one in (path, *copying.companions(path)):
        shutil.copy(one, tmp_path / "saved" / f"killed-{one.name}")
    store.close()
    for one in (path, *copying.companions(path)):
        one.unlink(missing_ok=True)
        shutil.copy(tmp_path / "saved" / f"killed-{one.name}", one)
    restored = restore_database(saved, path)
    assert not copying.companions(path)[0].exists()
    assert (count(path), count(restored.replaced)) == (3, 5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_copy_is_refused_and_the_database_left_alone(path, saved, kind):
    store = Store(saved)
    asyncio.run(store.papers.add(some_papers(300, 4), NOON))
    store.close()
    spoiled(saved, kind)
    with pytest.raises(StoreCorrupt, match="restore another copy"):
        restore_database(saved, path)
    assert count(path) == 4


def test_what_is_no_copy_of_ours_is_refused(path, saved, tmp_path):
    with pytest.raises(StoreError, match="no such file"):
        examine_copy(tmp_path / "nowhere.db")
    with pytest.raises(StoreError, match="no such file"):
        examine_copy(tmp_path)
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
    plain = copy_database(path, path.with_name("plain.db"), made_at=None)
    assert datetime.fromtimestamp(plain.stat().st_mtime, UTC) > NOON
    assert restore_database(plain, path).made_at == NOON


async def test_a_restored_database_that_caught_up_and_is_restored_again_catches_up_again(path, saved):
    restore_database(saved, path)
    store = Store(path)
    await store.copies.catch_up("any", [], [], NOON)
    assert await store.copies.behind_since("any") is None
    store.close()
    restore_database(copy_database(path, path.with_name("plain.db"), made_at=None), path)
    store = Store(path)
    assert await store.copies.behind_since("any") == NOON
    store.close()
