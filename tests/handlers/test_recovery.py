"""After an interruption: missed votes are added, withdrawn ones removed, and newer events win."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.errors import PlatformError
from bot.models import PostRole, VoteSource
from handlers.reaction import record_votes
from handlers.recovery import reconcile, recover_channel
from tests.builders import CHANNEL
from tests.handlers.conftest import at

MON = date(2025, 5, 5)


@pytest.fixture
async def posted(world):
    """Three papers were posted on Monday."""
    world.announce(MON, 3)
    await world.morning(MON)
    world.clock.advance(60)
    return world.posts(PostRole.PAPER)


async def standing(world):
    votes = await world.store.feedback.current(CHANNEL)
    return {(vote.arxiv_id[-1], vote.person, vote.emoji) for vote in votes}


async def test_votes_given_while_nobody_listened_are_added(world, posted):
    posted[0].votes += [("ada", "👍"), ("grace", "❤️")]
    posted[2].votes += [("ada", "👎")]
    assert await reconcile(world.env, CHANNEL) == 3
    assert await standing(world) == {("1", "ada", "👍"), ("1", "grace", "❤️"), ("3", "ada", "👎")}


async def test_votes_taken_back_while_nobody_listened_are_removed(world, posted):
    vote = world.vote("2505.05002", "e1")
    await record_votes(world.env, [vote])
    world.clock.advance(60)
    assert await reconcile(world.env, CHANNEL) == 1
    assert await standing(world) == set()


async def test_reconciling_what_agrees_changes_nothing(world, posted):
    posted[0].votes.append(("ada", "👍"))
    await record_votes(world.env, [world.vote("2505.05001", "e1")])
    world.clock.advance(60)
    assert await reconcile(world.env, CHANNEL) == 0
    assert await reconcile(world.env, CHANNEL) == 0
    assert await standing(world) == {("1", "ada", "👍")}


async def test_a_vote_counted_by_reconciling_and_delivered_late_counts_once(world, posted):
    vote = world.vote("2505.05001", "e1")
    posted[0].votes.append(("ada", "👍"))
    world.clock.advance(60)
    await reconcile(world.env, CHANNEL)
    await record_votes(world.env, [vote])
    assert await standing(world) == {("1", "ada", "👍")}
    posted[0].votes.clear()
    world.clock.advance(60)
    await reconcile(world.env, CHANNEL)
    assert await standing(world) == set()


async def test_an_event_newer_than_the_look_wins(world, posted):
    """The platform is looked at, and before the corrections are stored a removal arrives."""
    posted[0].votes.append(("ada", "👍"))
    recent = world.platform.recent

    async def slow(channel_id, since):
        seen = await recent(channel_id, since)
        world.clock.advance(5)
        votes = [world.vote("2505.05001", "e1"), world.vote("2505.05001", "e2", added=False)]
        await record_votes(world.env, votes)
        posted[0].votes.clear()
        return seen

    world.platform.recent = slow
    await reconcile(world.env, CHANNEL)
    assert await standing(world) == set()


async def test_a_vote_by_button_is_not_taken_back_because_no_reaction_shows_it(world, posted):
    vote = world.vote("2505.05001", "e1")
    pressed = type(vote)(
        vote.event_id, vote.ref, vote.person, vote.emoji, vote.added, vote.at, vote.order, VoteSource.BUTTON
    )
    await record_votes(world.env, [pressed])
    world.clock.advance(60)
    await reconcile(world.env, CHANNEL)
    assert await standing(world) == {("1", "ada", "👍")}


async def test_reactions_on_headers_and_on_other_channels_messages_are_left_alone(world, posted):
    for header in world.posts(PostRole.HEADER):
        header.votes.append(("ada", "👍"))
    posted[1].key = type(posted[1].key)("another-channel", 1, PostRole.PAPER, "2505.05002")
    posted[1].votes.append(("ada", "👍"))
    assert await reconcile(world.env, CHANNEL) == 0
    assert await standing(world) == set()


async def test_messages_older_than_the_window_are_not_looked_at(world, posted):
    posted[0].votes.append(("ada", "👍"))
    world.go_to(at(MON) + timedelta(days=15))
    assert await reconcile(world.env, CHANNEL) == 0


async def test_a_platform_that_cannot_be_looked_at_is_an_error_and_changes_nothing(world, posted):
    await record_votes(world.env, [world.vote("2505.05001", "e1")])
    world.platform.blind = PlatformError("missing scope")
    with pytest.raises(PlatformError):
        await reconcile(world.env, CHANNEL)
    assert await standing(world) == {("1", "ada", "👍")}


async def test_a_channel_whose_platform_does_not_run_is_skipped(world, posted):
    world.env.platforms.pop("console")
    assert await reconcile(world.env, CHANNEL) == 0


async def test_a_duplicate_that_cannot_be_deleted_is_tried_again_next_time(world, posted):
    await world.platform.post(CHANNEL, posted[0].post, posted[0].key)
    delete = world.platform.delete

    async def refuse(ref):
        raise PlatformError("not allowed")

    world.platform.delete = refuse
    await reconcile(world.env, CHANNEL)
    assert len(world.papers()) == 4
    world.platform.delete = delete
    await reconcile(world.env, CHANNEL)
    assert len(world.papers()) == 3


async def test_recovering_a_channel_in_order_does_nothing(world, posted):
    attempts = list(world.platform.attempts)
    await recover_channel(world.env, CHANNEL)
    assert world.platform.attempts == attempts
