"""Backups are made beside a writer, and are whole or not there."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import pytest

from bot.errors import StoreCorrupt, StoreError, StoreFull, StoreReadOnly
from bot.store import Store
from bot.store.backups import making
from bot.store.backups.making import back_up
from tests.builders import NOON, a_paper, some_papers
from tests.store.spoiling import a_damaged_one, names


async def test_a_copy_is_one_file_that_opens_as_a_database_and_says_since_when_it_is_one(filled, path, tmp_path):
    target = tmp_path / "copies" / "copy.db"
    back_up(path, target, made_at=NOON)
    assert names(target.parent) == ["copy.db"]
    copied = Store(target)
    assert await copied.papers.count() == 50
    assert await copied.restored.behind_since("any") == NOON
    copied.close()
    assert await filled.restored.behind_since("any") is None


async def test_a_copy_holds_one_moment_while_the_writer_goes_on(store, path, tmp_path, monkeypatch):
    """Papers come in pairs, each pair in one transaction; no copy holds half a pair, and none waits for the other."""
    monkeypatch.setattr(making, "_PAGES", 2)
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
            target = await asyncio.to_thread(back_up, path, tmp_path / f"{number}.db", made_at=NOON)
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
        back_up(path, tmp_path / "out" / "copy.db", made_at=NOON, stopping=lambda: True)
    assert names(tmp_path / "out") == []


async def test_a_copy_that_fails_leaves_the_older_one_of_that_name(filled, path, tmp_path):
    target = tmp_path / "copy.db"
    back_up(path, target, made_at=NOON)
    before = target.read_bytes()
    with pytest.raises(StoreError):
        back_up(path, target, made_at=NOON, stopping=lambda: True)
    assert target.read_bytes() == before


async def test_a_disk_without_room_for_the_copy_and_the_bot_is_refused_beforehand(filled, path, tmp_path, monkeypatch):
    monkeypatch.setattr(making, "_SPARE", 2**60)
    with pytest.raises(StoreFull, match=r"MB are free, a backup needs .* MB; free some space"):
        back_up(path, tmp_path / "out" / "copy.db", made_at=NOON)
    assert names(tmp_path / "out") == []


def test_a_missing_database_cannot_be_copied_and_is_not_made(path, tmp_path):
    with pytest.raises(StoreError, match="no such file"):
        back_up(path, tmp_path / "copy.db", made_at=NOON)
    assert names(tmp_path) == []


async def test_a_file_in_the_place_of_the_folder_is_named(filled, path, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreReadOnly, match="file"):
        back_up(path, tmp_path / "file" / "copy.db", made_at=NOON)


async def test_a_damaged_database_makes_no_copy_that_looks_sound(path, tmp_path):
    await a_damaged_one(path)
    with pytest.raises(StoreCorrupt, match="damaged"):
        back_up(path, tmp_path / "out" / "copy.db", made_at=NOON)
    assert names(tmp_path / "out") == []


async def test_a_copy_is_as_private_as_the_database(filled, path, tmp_path):
    path.chmod(0o600)
    back_up(path, tmp_path / "copy.db", made_at=NOON)
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
