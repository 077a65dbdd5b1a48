"""Votes are on disk when the caller hears so, and a burst is one transaction."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from bot.errors import StoreError, StoreFull
from bot.models import VoteOutcome
from handlers.reaction import VoteQueue
from tests.builders import CHANNEL

MON = date(2025, 5, 5)


@pytest.fixture
async def queue(world):
    world.announce(MON, 2)
    await world.morning(MON)
    return VoteQueue(world.env)


@pytest.fixture
def batches(world):
    """The sizes of the transactions votes were stored in."""
    sizes = []
    record = world.store.feedback.record

    async def counting(votes, received_at):
        sizes.append(len(votes))
        return await record(votes, received_at)

    world.store.feedback.record = counting
    return sizes


async def standing(world):
    return {(vote.person, vote.emoji) for vote in await world.store.feedback.current(CHANNEL)}


async def test_a_vote_is_on_disk_when_record_returns(world, queue):
    assert await queue.record(world.vote("2505.05001", "e1")) is VoteOutcome.COUNTED
    assert await standing(world) == {("ada", "👍")}


async def test_a_burst_is_stored_in_few_transactions_and_each_caller_hears_his_own_outcome(world, queue, batches):
    votes = [world.vote("2505.05001", f"e{n}", person=f"person {n}") for n in range(300)]
    outcomes = await asyncio.gather(*(queue.record(vote) for vote in [*votes, votes[0]]))
    assert outcomes == [VoteOutcome.COUNTED] * 300 + [VoteOutcome.REPEATED]
    assert len(await standing(world)) == 300
    assert len(batches) <= 3


async def test_a_store_that_fails_is_told_to_every_waiting_caller_and_later_votes_work(world, queue):
    record = world.store.feedback.record

    async def full(votes, received_at):
        raise StoreFull("the disk is full")

    world.store.feedback.record = full
    votes = [world.vote("2505.05001", f"e{n}") for n in range(3)]
    outcomes = await asyncio.gather(*(queue.record(vote) for vote in votes), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StoreFull] * 3
    world.store.feedback.record = record
    assert await queue.record(votes[0]) is VoteOutcome.COUNTED


async def test_a_caller_who_gives_up_does_not_lose_the_vote_or_harm_others(world, queue):
    one = asyncio.create_task(queue.record(world.vote("2505.05001", "e1")))
    other = asyncio.create_task(queue.record(world.vote("2505.05001", "e2", person="grace")))
    await asyncio.sleep(0)
    one.cancel()
    assert await other is VoteOutcome.COUNTED
    await queue.drain()
    assert await standing(world) == {("ada", "👍"), ("grace", "👍")}


async def test_draining_waits_for_all_that_arrived(world, queue):
    tasks = [asyncio.create_task(queue.record(world.vote("2505.05001", f"e{n}", person=f"{n}"))) for n in range(5)]
    await asyncio.sleep(0)
    await queue.drain()
    assert len(await standing(world)) == 5
    await asyncio.gather(*tasks)
    await queue.drain()


async def test_a_broken_vote_is_an_error_and_not_a_silence(world, queue):
    with pytest.raises(StoreError):
        await queue.record(world.vote("2505.05001", "e1", person=None))
