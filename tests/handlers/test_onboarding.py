"""Invited, started with a topics text, removed: what a channel hears, and what mornings it has."""

from __future__ import annotations

from datetime import date

import pytest

from bot.errors import PlatformError
from bot.models import ChannelState, PostRole, TopicsOffer
from bot.settings import ChannelSettings
from handlers.onboarding import deliver_notices, leave, take_offer, welcome
from handlers.roster import key_at, read_roster, with_roster
from tests.builders import CHANNEL
from tests.fakes import FakePlatform

PLACE = "C0NEW"
KEY = key_at("console", PLACE)
TOPICS = "1. Quantization\n2. KV cache\n"


class ManagedPlatform(FakePlatform):
    """A platform that knows its managers."""

    managers = ("ada",)
    unreachable = False
    who_manages = "whoever is ada"

    async def manages(self, channel_id: str, person: str) -> bool:
        if self.unreachable:
            raise PlatformError("no answer")
        return person in self.managers


@pytest.fixture
def managed(world):
    platform = ManagedPlatform(world.clock)
    world.platform = platform
    world.want()
    return world


def an_offer(text: str | bytes = TOPICS, person: str = "ada", zone: str = "Asia/Tokyo") -> TopicsOffer:
    return TopicsOffer("console", PLACE, person, text, zone)


async def invited(world) -> None:
    await welcome(world.env, "console", PLACE)
    await deliver_notices(world.env, KEY)


def said(world) -> list[str]:
    return [posted.post.text for posted in world.platform.messages if posted.ref.channel_id == PLACE]


async def channels(world) -> dict[str, ChannelSettings]:
    return dict(with_roster(world.env, await read_roster(world.env)).settings.channels)


async def test_an_unknown_channel_is_told_once_how_to_start(world):
    for _ in range(3):  # delivered again, and seen again after every reconnection
        await invited(world)
    (text,) = said(world)
    assert "Reply to this message with your topics" in text
    assert list(await channels(world)) == [CHANNEL]


async def test_a_channel_of_the_settings_needs_no_introduction(world):
    await welcome(world.env, "console", CHANNEL)
    assert (await read_roster(world.env)).records == ()


async def test_topics_from_a_manager_start_the_channel_with_defaults(managed):
    await invited(managed)
    reply = await take_offer(managed.env, an_offer())
    await deliver_notices(managed.env, KEY)
    assert reply.lines[0].startswith("1. Quantization"), "topics, and no counts of what was not there"
    started = (await channels(managed))[KEY]
    assert (started.platform, started.id, started.timezone, started.papers) == ("console", PLACE, "Asia/Tokyo", 5)
    assert (await managed.store.topics.current(KEY)).raw == TOPICS
    assert "09:00 (Asia/Tokyo)" in said(managed)[1]


async def test_talk_starts_nothing_and_the_answer_shows_how_topics_look(managed):
    await invited(managed)
    reply = await take_offer(managed.env, an_offer("hi there, what is this?"))
    assert "one a line" in reply.title
    assert reply.lines[0].startswith("1. ")
    assert KEY not in await channels(managed)


async def test_a_started_channel_has_mornings_like_any_other(managed):
    await invited(managed)
    await take_offer(managed.env, an_offer())
    managed.env = with_roster(managed.env, await read_roster(managed.env))
    managed.announce(date(2025, 5, 5))
    await managed.morning(date(2025, 5, 5), key=KEY)
    assert len(managed.papers(1, key=KEY)) == 3
    assert {posted.ref.channel_id for posted in managed.posts(PostRole.PAPER, key=KEY)} == {PLACE}


async def test_the_settings_time_zone_goes_before_the_persons(managed):
    managed.want(channel_defaults=ChannelSettings(timezone="Europe/Berlin"))
    await invited(managed)
    await take_offer(managed.env, an_offer())
    assert (await channels(managed))[KEY].timezone == "Europe/Berlin"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus"])
async def test_an_unknown_time_zone_is_left_out(managed, zone):
    await invited(managed)
    await take_offer(managed.env, an_offer(zone=zone))
    assert (await channels(managed))[KEY].timezone == "UTC"


async def test_others_may_not_start_the_channel_and_are_told_who_may(managed):
    await invited(managed)
    reply = await take_offer(managed.env, an_offer(person="ben"))
    assert "managers" in "\n".join(reply.lines)
    assert KEY not in await channels(managed)


async def test_managers_of_the_settings_may_start_it_too(managed):
    defaults = ChannelSettings(managers=("ben",))
    managed.want(channel_defaults=defaults)
    await invited(managed)
    await take_offer(managed.env, an_offer(person="ben"))
    assert KEY in await channels(managed)


async def test_where_managers_cannot_be_asked_the_person_is_asked_to_try_again(managed):
    managed.platform.unreachable = True
    await invited(managed)
    reply = await take_offer(managed.env, an_offer())
    assert "try again" in reply.title
    assert KEY not in await channels(managed)


@pytest.mark.parametrize("text", ["", "hello, who are you?", b"\x89PNG\x00\x00"])
async def test_what_holds_no_topics_is_answered_with_an_example(managed, text):
    await invited(managed)
    reply = await take_offer(managed.env, an_offer(text))
    assert "1. Quantization" in "\n".join(reply.lines)
    assert KEY not in await channels(managed)


async def test_an_offer_where_nobody_asked_is_left_alone(managed):
    assert await take_offer(managed.env, an_offer()) is None
    await invited(managed)
    await take_offer(managed.env, an_offer())
    assert await take_offer(managed.env, an_offer("1. Something else")) is None


async def test_a_removed_channel_has_no_mornings_and_the_others_theirs(managed):
    await invited(managed)
    await take_offer(managed.env, an_offer())
    await leave(managed.env, "console", PLACE)
    await leave(managed.env, "console", PLACE)
    assert list(await channels(managed)) == [CHANNEL]
    await welcome(managed.env, "console", PLACE)
    assert KEY in await channels(managed)


async def test_a_channel_of_the_settings_can_be_left_and_joined_again(world):
    await leave(world.env, "console", CHANNEL)
    assert await channels(world) == {}
    await welcome(world.env, "console", CHANNEL)
    assert list(await channels(world)) == [CHANNEL]


async def test_leaving_a_place_nobody_knew_is_nothing(world):
    await leave(world.env, "console", "C0UNKNOWN")
    assert (await read_roster(world.env)).records == ()


async def test_a_channel_left_before_it_started_is_asked_again_when_invited_again(managed):
    await invited(managed)
    await leave(managed.env, "console", PLACE)
    managed.clock.advance(60)
    await invited(managed)
    assert len(said(managed)) == 2
    (record,) = (await read_roster(managed.env)).records
    assert record.state is ChannelState.INVITED
