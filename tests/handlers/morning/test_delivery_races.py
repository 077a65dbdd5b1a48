"""What two clocks, two processes and late arrivals do to the ledger: nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.errors import PostUncertain
from bot.models import MessageRef, PostRole, PostState, Vote, VoteOutcome
from handlers.listing import ingest_due
from handlers.morning import post_by_hand
from handlers.morning.delivery import DeliveryPaused, send
from handlers.reaction import record_votes
from handlers.recovery import reconcile, recover_channel
from tests.builders import CHANNEL
from tests.handlers.conftest import at

MON, TUE, WED = (date(2025, 5, 5) + timedelta(days=n) for n in range(3))


@pytest.fixture
async def posted(world):
    """Three papers were posted on Monday."""
    world.announce(MON, 3)
    await world.morning(MON)
    world.clock.advance(60)
    return world.posts(PostRole.PAPER)


async def standing(world):
    return {(vote.arxiv_id[-1], vote.person, vote.emoji) for vote in await world.store.feedback.current(CHANNEL)}


async def test_a_post_stored_by_a_platform_whose_clock_is_hours_behind_is_found(world):
    """The answer is lost; the message carries a time long before the attempt, by the bot's clock."""
    world.announce(MON, 1)
    post = world.platform.post

    async def lost(channel_id, message, key, thread=None):
        world.clock.advance(-3 * 3600)
        await post(channel_id, message, key, thread)
        world.clock.advance(3 * 3600)
        raise PostUncertain("no answer")

    world.platform.post = lost
    await world.morning(MON)
    assert len(world.papers()) == 1
    assert await world.store.ledger.open_intents() == ()


async def test_what_another_process_sends_again_is_not_taken_back_from_it(world, posted):
    """Two processes look for the same lost answer; the faster one has begun its second attempt."""
    notice = posted[0].key
    await world.store.ledger.release(notice, "")
    world.store.ledger._database.write_now(lambda db: db.execute("UPDATE posts SET state = 'planned'"), "test")
    await world.store.ledger.claim(notice, world.clock.now())
    (stale,) = [one for one in await world.store.ledger.open_intents() if one.state is PostState.SENDING]
    await world.store.ledger.release(notice, "not found", stale.attempts)
    await world.store.ledger.claim(notice, world.clock.now())
    world.platform.messages.clear()
    with pytest.raises(DeliveryPaused, match="another process"):
        await send(world.env, stale)
    (current,) = [one for one in await world.store.ledger.open_intents() if one.key == notice]
    assert current.state is PostState.SENDING


async def test_votes_are_reconciled_whatever_the_two_clocks_say(world, posted):
    """The platform's events are hours ahead of the bot's clock; what was missed is still put right."""
    now = world.clock.now()
    ahead = Vote("e1", posted[0].ref, "ada", "👍", True, now, now.timestamp() + 7200)
    await record_votes(world.env, [ahead])
    assert await reconcile(world.env, CHANNEL) == 1
    assert await standing(world) == set()
    again = Vote("e2", posted[0].ref, "ada", "👍", True, now, now.timestamp() + 7300)
    posted[0].votes.append(("ada", "👍"))
    await record_votes(world.env, [again])
    assert await standing(world) == {("1", "ada", "👍")}


async def test_corrections_at_one_moment_are_all_kept(world, posted):
    """Even on a clock that stands still a second correction is not taken for the first one again."""
    for expected in ({("1", "ada", "👍")}, set(), {("1", "ada", "👍")}):
        posted[0].votes[:] = [(person, emoji) for _, person, emoji in expected]
        assert await reconcile(world.env, CHANNEL) == 1
        assert await standing(world) == expected


async def test_a_vote_on_a_duplicate_outlives_it(world, posted):
    """It came while its message was unknown, and that message turned out to be the one too many."""
    twin = await world.platform.post(CHANNEL, posted[0].post, posted[0].key)
    world.store.ledger._database.write_now(
        lambda db: db.execute("UPDATE posts SET state = 'sending' WHERE subject = '2505.05002'"), "test"
    )
    now = world.clock.now()
    vote = Vote("e1", MessageRef(twin.platform, twin.channel_id, twin.message), "ada", "👍", True, now, now.timestamp())
    assert await record_votes(world.env, [vote]) == (VoteOutcome.COUNTED,)
    world.posts(PostRole.PAPER)[-1].votes.append(("ada", "👍"))
    await reconcile(world.env, CHANNEL)
    assert len(world.papers()) == 3
    assert await standing(world) == {("1", "ada", "👍")}


async def test_votes_are_reconciled_although_messages_cannot_be_sent(world, posted):
    posted[0].votes.append(("ada", "👍"))
    world.announce(TUE, 1)
    world.platform.post = None  # whoever tries to post fails the test
    world.go_to(at(TUE))
    world.store.ledger._database.write_now(
        lambda db: db.execute("UPDATE posts SET state = 'planned', platform = 'gone' WHERE role = 'paper'"), "test"
    )
    world.store.ledger._database.write_now(lambda db: db.execute("UPDATE digests SET completed_at = NULL"), "test")
    with pytest.raises(DeliveryPaused):
        await recover_channel(world.env, CHANNEL)
    assert len(await world.store.feedback.current(CHANNEL)) == 1


async def test_a_listing_that_appears_after_a_later_one_is_read_and_its_papers_come_late(world, ids):
    """Tuesday was skipped as not announced when Wednesday was read."""
    world.announce(MON, 1)
    await world.morning(MON)
    await world.morning(TUE)
    world.announce(WED, 1)
    await world.morning(WED)
    late = world.announce(TUE, 2)
    following = WED + timedelta(days=1)
    newest = world.announce(following, 1)
    await world.morning(following)
    assert sorted(world.papers(len(await world.store.ledger.digests(CHANNEL)))) == sorted(ids([*late, *newest]))


async def test_a_paper_first_seen_after_the_clock_was_put_back_still_comes_late(world, ids):
    """Wednesday's digest was planned by a clock three hours ahead."""
    world.announce(MON, 1)
    await world.morning(MON)
    world.announce(WED, 1)
    world.go_to(at(WED, 12))
    await world.morning(WED)
    world.clock.advance(-3 * 3600)
    late = world.announce(TUE, 2)
    (listing,) = await world.source.days(TUE, TUE, ["cs.CL"])
    await world.store.listings.save(world.source.name, listing, world.clock.now())
    following = WED + timedelta(days=1)
    newest = world.announce(following, 1)
    await world.morning(following)
    assert set(ids([*late, *newest])) <= set(world.papers())


async def test_a_morning_has_nothing_to_say_about_what_was_posted_by_hand_before_it(world):
    world.announce(MON, 2)
    world.clock.advance(-3600)
    await post_by_hand(world.env, CHANNEL, None)
    await world.morning(MON)
    assert len(world.posts(PostRole.HEADER)) == 1
    await world.morning(TUE)
    assert "no announcement" in world.posts(PostRole.HEADER)[-1].post.text


async def test_listings_are_not_asked_for_again_once_all_are_there(world):
    world.announce(MON, 1)
    await ingest_due(world.env)
    asked = len(world.source.asked)
    await ingest_due(world.env)
    assert len(world.source.asked) == asked
