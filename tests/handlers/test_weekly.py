"""Once a week a channel is shown what it liked most: once for each week, whatever happens in between."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from bot.models import Pause, PostRole
from handlers.morning.delivery import DeliveryPaused
from handlers.recovery import recover_channel
from handlers.weekly import post_most_liked
from tests.builders import CHANNEL
from tests.fakes import Fault
from tests.handlers.conftest import at

MON, TUE, FRI = date(2025, 5, 5), date(2025, 5, 6), date(2025, 5, 9)
DUE = at(FRI, 16)
KEY = f"{CHANNEL}/0/notice/most-liked-2025-05-09"


def notices(world):
    return [one.post.text for one in world.posts(PostRole.NOTICE)]


def listed(world):
    """The ids in the one message, in order."""
    (notice,) = notices(world)
    return re.findall(r"arxiv\.org/abs/(\S+)", notice)


async def vote(world, arxiv_id, person="ada", emoji="👍", **changes):
    one = world.vote(arxiv_id, f"{arxiv_id} {person} {emoji} {changes}", emoji=emoji, person=person, **changes)
    await world.store.feedback.record([one], world.clock.now())


@pytest.fixture
async def liked(world):
    """Three papers of Monday: the second liked by two readers, the first by one, the third by nobody."""
    world.announce(MON, 3)
    await world.morning(MON)
    await vote(world, "2505.05002", "ada")
    await vote(world, "2505.05002", "bob")
    await vote(world, "2505.05001", "ada")
    world.go_to(DUE)
    return world


async def test_the_best_come_first_with_how_many_like_them(liked):
    assert await post_most_liked(liked.env, CHANNEL, DUE)
    (notice,) = notices(liked)
    assert notice.splitlines() == [
        "⭐ Liked most from Fri 2 May to Fri 9 May 2025",
        "1. On the matter of 2505.05002 · A. Lovelace, P. Liò · 2 readers · https://arxiv.org/abs/2505.05002",
        "2. On the matter of 2505.05001 · A. Lovelace, P. Liò · 1 reader · https://arxiv.org/abs/2505.05001",
    ]


async def test_a_week_has_one_message_however_often_it_is_called(liked):
    for _ in range(3):
        await post_most_liked(liked.env, CHANNEL, DUE)
        liked.clock.advance(3600)
    assert len(notices(liked)) == 1


async def test_votes_that_come_later_change_nothing_and_belong_to_the_next_week(liked):
    liked.clock.advance(60)
    await vote(liked, "2505.05003")
    await post_most_liked(liked.env, CHANNEL, DUE)
    assert listed(liked) == ["2505.05002", "2505.05001"]
    await post_most_liked(liked.env, CHANNEL, DUE + timedelta(days=7))
    assert "2505.05003" in notices(liked)[1]
    assert "2505.05002" not in notices(liked)[1]


async def test_a_week_without_likes_has_no_message(world):
    world.announce(MON, 2)
    await world.morning(MON)
    await vote(world, "2505.05001", emoji="👎")
    await vote(world, "2505.05002")
    await vote(world, "2505.05002", added=False)
    world.go_to(DUE)
    assert not await post_most_liked(world.env, CHANNEL, DUE)
    assert notices(world) == []


async def test_who_opted_out_does_not_count(liked):
    await liked.store.privacy.forget("ada", liked.clock.now())
    await post_most_liked(liked.env, CHANNEL, DUE)
    assert listed(liked) == ["2505.05002"]
    assert "1 reader ·" in notices(liked)[0]


async def test_a_paused_channel_is_left_in_peace(liked):
    await liked.store.channels.set_pause(CHANNEL, Pause(liked.clock.now(), None, "ada"))
    assert not await post_most_liked(liked.env, CHANNEL, DUE)
    assert notices(liked) == []


async def test_a_restart_before_the_message_is_sent_neither_loses_nor_repeats_it(liked):
    liked.platform.faults[KEY] = [Fault.DELAYED] * 5
    with pytest.raises(DeliveryPaused):
        await post_most_liked(liked.env, CHANNEL, DUE)
    assert notices(liked) == []
    await recover_channel(liked.env, CHANNEL)
    assert not await post_most_liked(liked.env, CHANNEL, DUE)
    await recover_channel(liked.env, CHANNEL)
    assert len(notices(liked)) == 1


@pytest.mark.parametrize("fault", [Fault.UNANSWERED, Fault.LOST])
async def test_a_lost_answer_is_settled(liked, fault):
    liked.platform.faults[KEY] = [fault]
    await post_most_liked(liked.env, CHANNEL, DUE)
    await recover_channel(liked.env, CHANNEL)
    assert len(notices(liked)) == 1


async def test_a_refused_message_is_given_up(liked):
    liked.platform.faults[KEY] = [Fault.REFUSED]
    await post_most_liked(liked.env, CHANNEL, DUE)
    await post_most_liked(liked.env, CHANNEL, DUE)
    assert notices(liked) == []
    assert liked.platform.attempts.count(KEY) == 1


async def test_at_most_five_papers_are_shown(world):
    world.announce(MON, 5)
    world.announce(TUE, 5)
    await world.morning(MON)
    await world.morning(TUE)
    for arxiv_id in world.papers():
        await vote(world, arxiv_id)
    await post_most_liked(world.env, CHANNEL, DUE)
    assert len(listed(world)) == 5


async def test_a_hostile_title_stays_on_its_line(world):
    world.announce(MON, 1, title="<!channel> @everyone\n2. [x](http://evil.example) \u202e" + "y" * 500)
    await world.morning(MON)
    await vote(world, "2505.05001")
    await post_most_liked(world.env, CHANNEL, DUE)
    (notice,) = notices(world)
    assert len(notice.splitlines()) == 2
    assert notice.endswith("https://arxiv.org/abs/2505.05001")


async def test_a_vote_at_the_very_end_of_a_week_belongs_to_it_alone(world):
    world.announce(MON, 1)
    await world.morning(MON)
    await vote(world, "2505.05001")
    (given,) = await world.store.feedback.current(CHANNEL)
    await post_most_liked(world.env, CHANNEL, given.at + timedelta(days=7))
    assert notices(world) == []
    await post_most_liked(world.env, CHANNEL, given.at)
    assert listed(world) == ["2505.05001"]
