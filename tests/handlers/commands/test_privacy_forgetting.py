"""Forgetting killed at any write: whatever was left is finished by the next start and the next morning."""

from __future__ import annotations

import dataclasses
import sqlite3
from datetime import date

import pytest

from bot.models import Holdings
from bot.store import Store
from handlers.commands import privacy
from handlers.learning import refit
from handlers.reaction import VoteQueue
from tests.builders import CHANNEL
from tests.handlers.asking import say

MONDAY = date(2025, 5, 5)
ADA = "U0ADAPLANTED7"


class Killed(BaseException):
    """The process is gone."""


class Tap:
    """Counts writes, and kills at the chosen one."""

    def __init__(self, at: int | None = None) -> None:
        self.at, self.seen = at, []

    def __call__(self, moment: str, write: str) -> None:
        self.seen.append((moment, write))
        if self.at is not None and len(self.seen) > self.at:
            raise Killed


async def lived(world):
    """A morning, votes of two people, a save, a follow and a mute; the channel has learned from it."""
    world.announce(MONDAY, 3)
    await world.morning(MONDAY)
    queue = VoteQueue(world.env)
    await queue.record(world.vote("2505.05001", f"slack:{ADA}:1", person=ADA))
    await queue.record(world.vote("2505.05002", "e2", person="bob"))
    for line in ("save 2505.05003", "follow author Ada Lovelace", 'mute "federated"', "pause until 2025-05-20"):
        await say(world, line, person=ADA)
    await refit(world.env, CHANNEL)
    world.store.close()


def bytes_in(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def writes_of_forgetting(world, folder):
    tap = Tap()
    store = Store(folder, tap=tap)
    try:
        tap.seen.clear()
        await privacy.forget_person(dataclasses.replace(world.env, store=store), ADA)
    finally:
        store.close()
    return tap.seen


async def test_it_is_finished_after_a_kill_at_any_of_its_writes(world, tmp_path):
    await lived(world)
    path = tmp_path / "paperlark.db"
    before = path.read_bytes()
    assert ADA.encode() in before
    writes = await writes_of_forgetting(world, path)
    assert {write for _, write in writes} >= {"privacy.forget", "database.rebuild", "privacy.rebuilt"}
    for at in range(len(writes)):
        for companion in tmp_path.glob("paperlark.db*"):
            companion.unlink()
        path.write_bytes(before)
        await killed_at(world, path, at)
        await restarted(world, path)
        assert ADA.encode() not in bytes_in(tmp_path), f"killed {writes[at]}"


async def killed_at(world, path, at):
    tap = Tap()
    store = Store(path, tap=tap)
    tap.seen.clear()
    tap.at = at
    try:
        with pytest.raises(Killed):
            await privacy.forget_person(dataclasses.replace(world.env, store=store), ADA)
    finally:
        store.close()


async def restarted(world, path):
    """What a start and a morning do; a kill before the deletion itself means that the person asks again."""
    store = Store(path)
    env = dataclasses.replace(world.env, store=store)
    try:
        if await store.privacy.holdings(ADA) != Holdings():
            assert not await store.privacy.opted_out([ADA]), "half a deletion"
            await privacy.forget_person(env, ADA)
        await privacy.tidy(env)
        assert not await store.privacy.rebuild_owed()
        assert await store.privacy.opted_out([ADA]) == {ADA}
        await refit(env, CHANNEL)
        newest = await store.weights.newest(CHANNEL)
        assert newest.metrics["votes"] == 1, "only bob's"
    finally:
        store.close()


async def test_nothing_of_a_reader_is_in_any_table_but_in_those_that_name_them(world, tmp_path):
    """Impressions, contributions, posts, weights and calls hold nobody; three tables do, and forgetting empties them."""
    await lived(world)
    found = set()
    connection = sqlite3.connect(tmp_path / "paperlark.db")
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for row in connection.execute(f'SELECT * FROM "{table}"'):
            values = [value if isinstance(value, bytes) else str(value).encode() for value in row]
            if any(ADA.encode() in value for value in values):
                found.add(table)
    connection.close()
    assert found == {"feedback_events", "standing_rules", "pauses"}
