"""Look-ups that are remembered: for how long, how many, and asked once however many want to know."""

import asyncio

import pytest

from bot.platforms._core.remembered import Remembered
from tests.fakes import FakeClock


class Counted:
    """A look-up that counts how often it was asked, and answers when it is let."""

    def __init__(self):
        self.times = 0
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self):
        self.times += 1
        await self.go.wait()
        return self.times


async def test_an_answer_is_kept_for_its_time_and_asked_for_again_after_it():
    clock, look = FakeClock(), Counted()
    remembered = Remembered(clock, kept_s=60, most=9)
    assert [await remembered.get("a", look) for _ in range(3)] == [1, 1, 1]
    clock.advance(59)
    assert await remembered.get("a", look) == 1
    clock.advance(2)
    assert await remembered.get("a", look) == 2


async def test_whoever_needs_it_fresh_is_given_nothing_older():
    clock, look = FakeClock(), Counted()
    remembered = Remembered(clock, kept_s=3600, most=9)
    await remembered.get("a", look)
    clock.advance(300)
    assert await remembered.get("a", look) == 1
    assert await remembered.get("a", look, fresh_s=300) == 2


async def test_no_more_than_so_many_are_kept():
    clock, look = FakeClock(), Counted()
    remembered = Remembered(clock, kept_s=60, most=2)
    for key in ("a", "b", "c"):
        await remembered.get(key, look)
    assert await remembered.get("c", look) == 3
    assert await remembered.get("a", look) == 4


async def test_many_who_ask_at_once_are_one_question_and_one_who_leaves_ends_it_for_nobody():
    clock, look = FakeClock(), Counted()
    look.go.clear()
    remembered = Remembered(clock, kept_s=60, most=9)
    asking = [asyncio.create_task(remembered.get("a", look)) for _ in range(3)]
    await asyncio.sleep(0)
    asking[0].cancel()
    look.go.set()
    assert await asyncio.gather(*asking[1:]) == [1, 1]


async def test_a_look_up_that_fails_is_not_kept():
    clock, look = FakeClock(), Counted()

    async def fail():
        raise ValueError("away")

    remembered = Remembered(clock, kept_s=60, most=9)
    with pytest.raises(ValueError, match="away"):
        await remembered.get("a", fail)
    assert await remembered.get("a", look) == 1
