"""Vote buttons: pressed once they vote, pressed again they take it back, and a look at the platform leaves them alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest_asyncio

from bot.models import VoteOutcome, VoteSource
from handlers.reaction import VoteQueue, record_votes
from handlers.recovery import reconcile
from tests.builders import CHANNEL


@pytest_asyncio.fixture
async def posted(world):
    world.announce(date(2025, 5, 5))
    await world.morning(date(2025, 5, 5))
    return world


def a_press(world, event_id: str, emoji: str = "👍"):
    paper = world.papers(1)[0]
    vote = replace(world.vote(paper, event_id, emoji=emoji), source=VoteSource.BUTTON)
    world.clock.advance(1)
    return vote


async def standing(world) -> list[str]:
    return [vote.emoji for vote in await world.store.feedback.current(CHANNEL)]


async def test_pressing_votes_and_pressing_again_takes_it_back(posted):
    queue = VoteQueue(posted.env)
    assert await queue.press(a_press(posted, "1")) is VoteOutcome.COUNTED
    assert await standing(posted) == ["👍"]
    assert await queue.press(a_press(posted, "2")) is VoteOutcome.WITHDRAWN
    assert await standing(posted) == []
    assert await queue.press(a_press(posted, "3")) is VoteOutcome.COUNTED


async def test_the_other_thumb_takes_the_first_one_back(posted):
    queue = VoteQueue(posted.env)
    await queue.press(a_press(posted, "1"))
    await queue.press(a_press(posted, "2", "👎"))
    assert await standing(posted) == ["👎"]


async def test_a_repeated_delivery_of_a_press_changes_nothing(posted):
    queue = VoteQueue(posted.env)
    press = a_press(posted, "1")
    await queue.press(press)
    assert await queue.press(press) is VoteOutcome.REPEATED
    assert await standing(posted) == ["👍"]


async def test_a_reaction_that_says_the_same_stands_for_itself(posted):
    queue = VoteQueue(posted.env)
    paper = posted.papers(1)[0]
    await record_votes(posted.env, [posted.vote(paper, "reaction")])
    assert await queue.press(a_press(posted, "1")) is VoteOutcome.STANDING
    assert await standing(posted) == ["👍"]


async def test_a_press_on_a_foreign_message_is_not_counted(posted):
    press = a_press(posted, "1")
    foreign = replace(press, ref=replace(press.ref, message="999"))
    assert await VoteQueue(posted.env).press(foreign) is VoteOutcome.FOREIGN


async def test_reconciling_leaves_pressed_votes_alone_and_still_takes_lost_reactions_away(posted):
    """A pressed vote is nowhere to be seen on the platform; a removed reaction is."""
    await VoteQueue(posted.env).press(a_press(posted, "1"))
    other = posted.papers(1)[1]
    await record_votes(posted.env, [posted.vote(other, "reaction", emoji="🎉")])
    posted.clock.advance(60)
    assert await reconcile(posted.env, CHANNEL) == 1
    assert await standing(posted) == ["👍"]
