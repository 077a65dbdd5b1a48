"""What readers ordered in chat, and what stands of one person's votes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.models import FeedbackEvent, Pause, StandingRule, VoteSource
from tests.builders import CHANNEL, NOON

RULE = StandingRule("mute author", "Ada Lovelace", "ada", NOON)


async def test_a_rule_stands_until_it_is_lifted(store):
    assert await store.rules.add(CHANNEL, RULE)
    assert await store.rules.all(CHANNEL) == (RULE,)
    assert await store.rules.all("other") == ()
    assert await store.rules.remove(CHANNEL, "mute author", "ADA  lovelace")
    assert await store.rules.all(CHANNEL) == ()
    assert not await store.rules.remove(CHANNEL, "mute author", "Ada Lovelace")


async def test_the_same_rule_is_set_once_whatever_its_case(store):
    await store.rules.add(CHANNEL, RULE)
    assert not await store.rules.add(CHANNEL, replace(RULE, text="ada LOVELACE", person="bob"))
    assert await store.rules.add(CHANNEL, replace(RULE, kind="follow author"))


@pytest.mark.parametrize(
    ("kind", "set_as", "lifted_as"),
    [
        ("mute phrase", "RL-HF", "RL HF"),
        ("mute phrase", "r\u00e9sum\u00e9s", "RESUMES"),
        ("follow author", "Ada Lovelace", "Lovelace, Ada"),
        ("mute author", "Pietro Li\u00f2", "pietro  LIO"),
    ],
)
async def test_a_rule_is_found_again_however_it_is_spelt(store, kind, set_as, lifted_as):
    await store.rules.add(CHANNEL, replace(RULE, kind=kind, text=set_as))
    assert not await store.rules.add(CHANNEL, replace(RULE, kind=kind, text=lifted_as))
    assert await store.rules.remove(CHANNEL, kind, lifted_as)
    assert await store.rules.all(CHANNEL) == ()


async def test_a_rule_of_an_earlier_version_is_found_again_too(store):
    await store.rules.add(CHANNEL, replace(RULE, kind="mute phrase", text="RL-HF"))
    await store._database.write(lambda db: db.execute("UPDATE standing_rules SET folded = 'rl-hf'"), "test")
    assert not await store.rules.add(CHANNEL, replace(RULE, kind="mute phrase", text="RL HF"))
    assert await store.rules.remove(CHANNEL, "mute phrase", "RL HF")


async def test_a_pause_is_replaced_and_ended(store):
    assert await store.channels.pause(CHANNEL) is None
    await store.channels.set_pause(CHANNEL, Pause(NOON, None, "ada"))
    pause = Pause(NOON + timedelta(days=1), date(2025, 6, 1), "bob")
    await store.channels.set_pause(CHANNEL, pause)
    assert await store.channels.pause(CHANNEL) == pause
    await store.channels.set_pause(CHANNEL, None)
    assert await store.channels.pause(CHANNEL) is None


def an_event(n: int, **changes) -> FeedbackEvent:
    values = {"channel": CHANNEL, "arxiv_id": "2505.00001", "person": "ada", "emoji": "🔖", "added": True}
    at = NOON + timedelta(seconds=n)
    return FeedbackEvent(f"e{n}", **{**values, **changes}, at=at, order=at.timestamp(), source=VoteSource.COMMAND)


async def test_a_persons_votes_are_what_stands_in_every_channel_newest_first(store):
    events = [
        an_event(1),
        an_event(2, arxiv_id="2505.00002", channel="other"),
        an_event(3, person="bob"),
        an_event(4, arxiv_id="2505.00003"),
        an_event(5, arxiv_id="2505.00003", added=False),
    ]
    await store.feedback.record_events(events, NOON)
    assert [vote.arxiv_id for vote in await store.feedback.of_person("ada")] == ["2505.00002", "2505.00001"]
    (vote,) = await store.feedback.of_person("ada", ["2505.00001", "2505.00003"])
    assert (vote.channel, vote.emoji, vote.source, vote.at) == (CHANNEL, "🔖", VoteSource.COMMAND, events[0].at)
    assert await store.feedback.of_person("nobody") == ()
