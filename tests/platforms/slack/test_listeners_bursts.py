"""Slack under load: bursts of votes by strangers, and more reading than Slack allows in a minute."""

from __future__ import annotations

import asyncio

import pytest_asyncio

from bot.models import PostRole
from bot.platforms.slack._rate_limits import PER_MINUTE, WINDOW_S, MethodLimits
from tests.fakes import FakeClock
from tests.loopback.slack.workspace import BOT_USER
from tests.platforms.harnesses import slack_harness
from tests.platforms.posts import A_HEADER, a_key, posted


@pytest_asyncio.fixture
async def slack(tmp_path):
    async with slack_harness(tmp_path) as harness:
        yield harness


async def test_a_stranger_who_votes_on_many_papers_at_once_is_asked_about_once(slack):
    refs = [await posted(slack, key=a_key(f"2505.0{n}001")) for n in range(6)]
    deliveries = [slack.slack.people.react(slack.reader, slack.channel_id, ref.message, "+1") for ref in refs]
    for delivery in deliveries:
        await asyncio.wait_for(delivery.done.wait(), 60)
    assert all(delivery.acked and delivery.attempts == 1 for delivery in deliveries)
    assert len(slack.inbox.votes) == len(refs)
    assert slack.slack.journal.count("users.info") == 1


async def test_many_channels_are_read_at_the_pace_that_slack_allows(slack):
    """Sixty looks are more than a minute holds; the journal would have a violation for one too many."""
    key = a_key("", role=PostRole.HEADER)
    await slack.platform.post(slack.channel_id, A_HEADER, key)
    for _ in range(60):
        await slack.platform.find(slack.channel_id, key, slack.clock.now())
    assert slack.slack.journal.count("conversations.history") >= 60
    assert slack.slack.journal.violations == []


async def test_nobody_asks_again_while_slack_asks_to_wait():
    clock = FakeClock()
    limits = MethodLimits(clock)
    limits.hold("users.info", 30)
    await limits.turn("users.info")
    assert clock.sleeps == [30]
    await limits.turn("chat.postMessage")
    assert clock.sleeps == [30], "another method is free"


async def test_a_method_without_calls_for_a_minute_is_free_again():
    clock = FakeClock()
    limits = MethodLimits(clock)
    for _ in range(PER_MINUTE["users.info"]):
        await limits.turn("users.info")
    assert clock.sleeps == []
    await limits.turn("users.info")
    assert clock.sleeps == [WINDOW_S]
    clock.advance(WINDOW_S)
    await limits.turn("users.info")
    assert len(clock.sleeps) == 1


async def test_a_burst_of_events_leaves_the_loop_turns_for_everything_else(slack):
    """Events are begun one by one, in the order in which they came."""
    ref = await posted(slack)
    people = [slack.slack.workspace.add_person(f"reader {n}") for n in range(40)]
    slack.slack.workspace.channels[slack.channel_id].members |= {*people, BOT_USER}
    deliveries = [slack.slack.people.react(one, slack.channel_id, ref.message, "+1") for one in people]
    for delivery in deliveries:
        await asyncio.wait_for(delivery.done.wait(), 60)
    assert {vote.person for vote in slack.inbox.votes} == set(people)
