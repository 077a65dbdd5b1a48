"""Each message exactly once, whatever the platform does: checked against the platform's own transcript."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from bot.errors import HistoryHidden, PlatformError
from bot.models import PostRole, PostState
from bot.settings import ChannelSettings
from handlers.morning import post_by_hand, post_morning
from handlers.morning.delivery import DeliveryPaused, deliver
from handlers.recovery import reconcile, recover_channel
from tests.builders import CHANNEL
from tests.fakes import Fault
from tests.handlers.conftest import at

MON, TUE = date(2025, 5, 5), date(2025, 5, 6)
HEADER = f"{CHANNEL}/1/header/"
FIRST = f"{CHANNEL}/1/paper/2505.05001"


def stands_once(world):
    """Every key stands exactly once among what readers see."""
    return set(Counter(str(one.key) for one in world.posts()).values()) <= {1}


async def state_of(world, key):
    return {str(intent.key): intent.state for intent in await world.store.ledger.intents(CHANNEL, 1)}[key]


async def test_a_message_put_off_is_sent_after_the_pause_the_platform_asked_for(world, caplog):
    world.announce(MON, 2)
    world.platform.faults[FIRST] = [Fault.DELAYED, Fault.DELAYED]
    await world.morning(MON)
    assert world.clock.sleeps == [7.0, 7.0]
    assert caplog.text.count(f"{FIRST} is put off for 7.0 s") == 2
    assert len(world.papers()) == 2
    assert stands_once(world)


async def test_a_platform_that_keeps_putting_off_pauses_the_digest_and_nothing_is_lost(world):
    world.announce(MON, 2)
    world.platform.faults[FIRST] = [Fault.DELAYED] * 5
    with pytest.raises(DeliveryPaused, match="keeps asking to wait"):
        await world.morning(MON)
    assert await state_of(world, FIRST) is PostState.PLANNED
    await world.morning(MON)
    assert len(world.papers()) == 2
    assert stands_once(world)
    assert await world.store.ledger.unfinished(CHANNEL) == ()


@pytest.mark.parametrize("key", [HEADER, FIRST])
async def test_a_message_whose_answer_was_lost_but_which_was_posted_is_found_and_not_repeated(world, key):
    world.announce(MON, 2)
    world.platform.faults[key] = [Fault.UNANSWERED]
    await world.morning(MON)
    assert world.platform.attempts.count(key) == 1
    assert world.clock.sleeps == []  # a living process looks at once
    assert len(world.posts()) == 3
    assert stands_once(world)
    assert len(await world.store.feedback.impressions(CHANNEL)) == 2


@pytest.mark.parametrize("key", [HEADER, FIRST])
async def test_a_message_that_was_not_posted_is_looked_for_twice_after_a_while_and_sent_again(world, key):
    world.announce(MON, 2)
    world.platform.faults[key] = [Fault.LOST]
    await world.morning(MON)
    timing = world.env.settings.timing
    assert world.clock.sleeps == [pytest.approx(timing.settle_s), timing.look_gap_s]
    assert world.platform.attempts.count(key) == 2
    assert len(world.posts()) == 3
    assert stands_once(world)


async def test_a_request_that_lands_between_the_looks_is_found_by_the_second(world):
    world.announce(MON, 1)
    world.platform.faults[FIRST] = [Fault.LATE]
    world.platform.late_s = world.env.settings.timing.settle_s + 1
    await world.morning(MON)
    assert world.platform.attempts.count(FIRST) == 1
    assert stands_once(world)


async def test_a_request_that_lands_after_both_looks_is_healed_and_its_votes_count(world):
    world.announce(MON, 1)
    world.platform.faults[FIRST] = [Fault.LATE]
    await world.morning(MON)
    assert world.platform.attempts.count(FIRST) == 2
    world.go_to(at(MON, 12))
    await world.platform.recent(CHANNEL, at(MON, 0))
    older, younger = world.posts(PostRole.PAPER)
    older.votes.append(("ada", "👍"))
    younger.votes.append(("grace", "👍"))
    await reconcile(world.env, CHANNEL)
    assert world.posts(PostRole.PAPER) == [older]
    assert world.platform.deleted == [younger]
    assert {vote.person for vote in await world.store.feedback.current(CHANNEL)} == {"ada", "grace"}
    intents = await world.store.ledger.intents(CHANNEL, 1)
    assert [one.ref for one in intents if one.key.role is PostRole.PAPER] == [older.ref]
    await reconcile(world.env, CHANNEL)
    assert len(await world.store.feedback.current(CHANNEL)) == 2


async def test_of_duplicates_the_older_stays_also_if_the_ledger_knew_the_younger(world):
    """The first request took very long, but its message carries the earlier time."""
    world.announce(MON, 1)
    await world.morning(MON)
    (known,) = world.posts(PostRole.PAPER)
    await world.platform.post(CHANNEL, known.post, known.key)
    twin = world.posts(PostRole.PAPER)[-1]
    twin.at = known.at - timedelta(seconds=30)
    await reconcile(world.env, CHANNEL)
    assert world.posts(PostRole.PAPER) == [twin]
    assert (await world.store.ledger.intents(CHANNEL, 1))[1].ref == twin.ref


async def test_a_refused_paper_is_given_up_with_its_reason_and_the_others_come(world):
    world.announce(MON, 3)
    world.platform.faults[FIRST] = [Fault.REFUSED]
    await world.morning(MON)
    assert world.papers() == ["2505.05002", "2505.05003"]
    (intent,) = [one for one in await world.store.ledger.intents(CHANNEL, 1) if str(one.key) == FIRST]
    assert (intent.state, intent.note) == (PostState.DROPPED, f"{FIRST}: a message nobody can take")
    assert await world.store.ledger.unfinished(CHANNEL) == ()
    assert len(await world.store.feedback.impressions(CHANNEL)) == 2


@pytest.mark.parametrize("key", [HEADER, FIRST])
async def test_a_channel_that_closes_keeps_what_is_left_for_its_return(world, key):
    world.announce(MON, 3)
    world.platform.faults[key] = [Fault.CLOSED]
    with pytest.raises(DeliveryPaused, match="not in this channel"):
        await world.morning(MON)
    assert await state_of(world, FIRST) is PostState.PLANNED
    await recover_channel(world.env, CHANNEL)
    assert world.papers() == ["2505.05001", "2505.05002", "2505.05003"]
    assert stands_once(world)


async def test_a_header_the_platform_can_never_take_goes_without_its_lines(world, caplog):
    world.announce(MON, 2)
    world.platform.faults[HEADER] = [Fault.REFUSED]
    await world.morning(MON)
    assert [one.key.role for one in world.posts()] == [PostRole.HEADER, PostRole.PAPER, PostRole.PAPER]
    assert world.posts()[0].post.lines == ()
    assert "goes without its lines" in caplog.text


async def test_a_header_refused_in_every_form_keeps_the_digest_for_better_days(world):
    world.announce(MON, 2)
    world.platform.faults[HEADER] = [Fault.REFUSED] * 2
    with pytest.raises(DeliveryPaused, match="refused"):
        await world.morning(MON)
    assert world.posts() == []
    await recover_channel(world.env, CHANNEL)
    assert [one.key.role for one in world.posts()] == [PostRole.HEADER, PostRole.PAPER, PostRole.PAPER]


async def test_a_platform_that_cannot_be_looked_at_pauses_and_sends_nothing_blindly(world):
    world.announce(MON, 1)
    world.platform.faults[FIRST] = [Fault.UNANSWERED]
    world.platform.blind = PlatformError("missing scope")
    with pytest.raises(DeliveryPaused, match="cannot look whether it was posted"):
        await world.morning(MON)
    assert await state_of(world, FIRST) is PostState.SENDING
    world.platform.blind = None
    await recover_channel(world.env, CHANNEL)
    assert world.platform.attempts.count(FIRST) == 1
    assert stands_once(world)


async def test_a_message_another_process_sends_is_left_to_it(world):
    world.announce(MON, 1)
    world.platform.faults[HEADER] = [Fault.DELAYED] * 5
    with pytest.raises(DeliveryPaused):
        await world.morning(MON)
    (header, *_) = await world.store.ledger.intents(CHANNEL, 1)
    claim = world.store.ledger.claim

    async def faster(key, moment):
        await claim(key, moment)
        return await claim(key, moment)

    world.store.ledger.claim = faster
    attempts = len(world.platform.attempts)
    with pytest.raises(DeliveryPaused, match="another process"):
        await deliver(world.env, CHANNEL, header.key.digest)
    assert len(world.platform.attempts) == attempts


async def test_a_channel_whose_platform_does_not_run_waits(world):
    world.announce(MON, 1)
    platform = world.env.platforms.pop("console")
    with pytest.raises(DeliveryPaused, match="platform console is not running"):
        await world.morning(MON)
    world.env.platforms["console"] = platform
    await world.morning(MON)
    assert len(world.papers()) == 1


async def test_thread_posts_go_under_the_header_also_after_an_interruption(world):
    world.announce(MON, 4)
    world.channel(papers=2, more=2)
    world.platform.faults[f"{CHANNEL}/1/paper/2505.05003"] = [Fault.DELAYED] * 5
    with pytest.raises(DeliveryPaused):
        await world.morning(MON)
    await recover_channel(world.env, CHANNEL)
    (header,) = world.posts(PostRole.HEADER)
    assert [one.ref.thread for one in world.posts(PostRole.PAPER)] == [None, None] + [header.ref.message] * 2


async def test_a_clock_that_jumped_back_does_not_turn_the_wait_into_days(world):
    world.announce(MON, 1)
    world.platform.faults[FIRST] = [Fault.UNANSWERED]
    world.platform.blind = PlatformError("down")
    with pytest.raises(DeliveryPaused):
        await world.morning(MON)
    world.platform.blind = None
    world.clock.sleeps.clear()
    world.clock.advance(-5 * 86_400)
    await recover_channel(world.env, CHANNEL)
    assert sum(world.clock.sleeps) <= world.env.settings.timing.settle_s + world.env.settings.timing.look_gap_s
    assert stands_once(world)


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.UNANSWERED])
async def test_a_digest_that_was_begun_is_brought_to_its_end_however_old_it_is(world, fault):
    world.announce(MON, 2)
    world.platform.faults[FIRST] = [fault]
    world.platform.blind = PlatformError("down")
    with pytest.raises(DeliveryPaused):
        await world.morning(MON)
    world.platform.blind = None
    world.go_to(at(date(2025, 5, 14)))
    await recover_channel(world.env, CHANNEL)
    assert await world.store.ledger.unfinished(CHANNEL) == ()
    assert world.papers() == ["2505.05001", "2505.05002"]
    assert stands_once(world)
    assert len(await world.store.feedback.impressions(CHANNEL)) == 2


async def test_a_lost_header_of_a_digest_too_old_to_be_news_is_looked_for_before_it_is_given_up(world):
    world.announce(MON, 1)
    world.platform.faults[HEADER] = [Fault.UNANSWERED]
    world.platform.blind = PlatformError("down")
    with pytest.raises(DeliveryPaused):
        await world.morning(MON)
    world.platform.blind = None
    world.go_to(at(date(2025, 5, 14)))
    await recover_channel(world.env, CHANNEL)
    assert world.papers() == ["2505.05001"]
    assert stands_once(world)


async def test_a_day_of_which_nothing_could_be_posted_in_time_can_still_be_posted_by_hand(world):
    world.announce(MON, 2)
    world.platform.faults[HEADER] = [Fault.DELAYED] * 9
    with pytest.raises(DeliveryPaused):
        await world.morning(MON)
    world.platform.faults.clear()
    world.go_to(at(date(2025, 5, 14)))
    await recover_channel(world.env, CHANNEL)
    assert world.posts() == []
    made = await post_by_hand(world.env, CHANNEL, MON)
    assert made.record is not None
    assert world.papers(made.record.number) == ["2505.05001", "2505.05002"]
    assert "remedial" in world.header(made.record.number)
    assert (await post_by_hand(world.env, CHANNEL, MON)).was_there


async def test_one_channels_failure_does_not_touch_another(world):
    world.announce(MON, 1)
    world.want({
        CHANNEL: ChannelSettings(categories=("cs.CL",), id=CHANNEL),
        "other": ChannelSettings(categories=("cs.CL",), id="other"),
    })  # fmt: skip
    world.platform.closed = {CHANNEL}
    with pytest.raises(DeliveryPaused):
        await post_morning(world.env, CHANNEL, at(MON))
    await post_morning(world.env, "other", at(MON))
    assert world.papers() == []
    assert len(world.papers(key="other")) == 1


async def test_what_yesterday_left_open_comes_before_todays_digest(world):
    world.announce(MON, 1)
    world.platform.faults[FIRST] = [Fault.DELAYED] * 5
    with pytest.raises(DeliveryPaused):
        await world.morning(MON)
    world.announce(TUE, 1)
    await world.morning(TUE)
    assert [(one.key.digest, one.key.role) for one in world.posts()] == [
        (1, PostRole.HEADER),
        (1, PostRole.PAPER),
        (2, PostRole.HEADER),
        (2, PostRole.PAPER),
    ]


async def test_a_closed_channel_is_asked_once_and_keeps_every_message_in_order(world):
    """Slack L1: thirteen papers were given up, one refusal after the other."""
    world.announce(MON, 6)
    world.channel(papers=3, more=3)
    world.platform.faults[f"{CHANNEL}/1/paper/2505.05002"] = [Fault.CLOSED]
    with pytest.raises(DeliveryPaused, match="takes nothing"):
        await world.morning(MON)
    assert len(world.platform.attempts) == 3
    assert await world.store.ledger.unfinished(CHANNEL) == (1,)
    world.go_to(at(MON) + timedelta(days=21))
    await recover_channel(world.env, CHANNEL)
    assert world.papers() == [f"2505.0500{n}" for n in range(1, 7)]
    assert stands_once(world)
    assert await world.store.ledger.unfinished(CHANNEL) == ()


async def test_an_old_digest_that_must_wait_does_not_keep_the_next_morning(world):
    """Discord D1: one right withdrawn, and no morning came for a week."""
    world.announce(MON, 2)
    world.platform.faults[FIRST] = [Fault.DELAYED] * 10
    with pytest.raises(DeliveryPaused):
        await world.morning(MON)
    world.announce(TUE, 1)
    await world.morning(TUE)  # the old one is left to the hourly recovery
    assert len(world.papers(2)) == 1
    assert world.papers(1) == []
    await recover_channel(world.env, CHANNEL)
    assert world.papers(1) == ["2505.05001", "2505.05002"]
    assert stands_once(world)


async def test_a_morning_whose_own_digest_must_wait_is_tried_again(world):
    world.announce(MON, 1)
    world.platform.faults[FIRST] = [Fault.DELAYED] * 10
    for _ in range(2):
        with pytest.raises(DeliveryPaused):
            await world.morning(MON)
    await world.morning(MON)
    assert len(world.papers()) == 1


async def test_what_cannot_be_seen_is_not_repeated_and_the_others_come(world):
    """Discord D3: without Read Message History an empty answer says nothing."""
    world.announce(MON, 3)
    world.platform.faults[FIRST] = [Fault.UNANSWERED]
    world.platform.blind = HistoryHidden("the history may not be read", "Read Message History")
    with pytest.raises(DeliveryPaused, match="cannot see whether it was posted"):
        await world.morning(MON)
    assert world.platform.attempts.count(FIRST) == 1
    assert len(world.papers()) == 3
    (intent,) = [one for one in await world.store.ledger.intents(CHANNEL, 1) if str(one.key) == FIRST]
    assert (intent.state, intent.note) == (PostState.SENDING, "the history may not be read")
    world.clock.advance(86_400)
    with pytest.raises(DeliveryPaused):
        await world.morning(MON)
    world.platform.blind = None
    await recover_channel(world.env, CHANNEL)
    assert world.platform.attempts.count(FIRST) == 1
    assert stands_once(world)
    assert await world.store.ledger.unfinished(CHANNEL) == ()


async def test_papers_of_the_thread_wait_for_a_header_that_cannot_be_seen(world):
    world.announce(MON, 3)
    world.channel(papers=1, more=2)
    world.platform.faults[HEADER] = [Fault.UNANSWERED]
    world.platform.blind = HistoryHidden("the history may not be read", "Read Message History")
    with pytest.raises(DeliveryPaused):
        await world.morning(MON)
    assert world.papers() == ["2505.05001"]
    world.platform.blind = None
    await recover_channel(world.env, CHANNEL)
    (header,) = world.posts(PostRole.HEADER)
    assert [one.ref.thread for one in world.posts(PostRole.PAPER)] == [None] + [header.ref.message] * 2


async def test_a_paper_given_up_is_said_in_the_header_and_made_good_by_hand(world):
    world.announce(MON, 3)
    world.platform.faults[FIRST] = [Fault.REFUSED]
    await world.morning(MON)
    assert "1 paper could not be posted here" in world.header(1)
    made = await post_by_hand(world.env, CHANNEL, MON)
    assert made.repaired == 1
    assert world.papers() == ["2505.05002", "2505.05003", "2505.05001"]
    assert "could not be posted" not in world.header(1)
    assert (await post_by_hand(world.env, CHANNEL, MON)).repaired == 0
    assert stands_once(world)


async def test_a_long_wait_is_left_to_whoever_has_other_things_to_do(world):
    world.announce(MON, 1)
    world.platform.delay_s = 300.0
    world.platform.faults[FIRST] = [Fault.DELAYED]
    with pytest.raises(DeliveryPaused, match="asks to wait 300 s") as paused:
        await world.morning(MON)
    assert paused.value.retry_after_s == 300.0
    assert world.clock.sleeps == []
    assert await state_of(world, FIRST) is PostState.PLANNED
