"""A database restored from a day-old copy, on every platform: what its chat shows is taken up, nothing comes twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest_asyncio

from bot.models import DigestKind, PostKey, PostRole
from bot.platforms import PLATFORMS
from bot.settings import ChannelSettings
from bot.store import Store
from bot.store.backups.making import back_up
from bot.store.backups.restoring import restore_database
from handlers.morning import post_morning
from handlers.recovery import recover_channel
from tests.builders import CHANNEL
from tests.fakes import START
from tests.handlers.conftest import World, at
from tests.platforms.harnesses import HARNESSES

THU = date(2025, 5, 8)
FRI, MON, TUE = THU + timedelta(days=1), THU + timedelta(days=4), THU + timedelta(days=5)


@pytest_asyncio.fixture(params=sorted(PLATFORMS))
async def lived_in(request, tmp_path):
    """A world whose one channel is on the real adapter, and the adapter's harness."""
    async with HARNESSES[request.param](tmp_path) as harness:
        world = World(tmp_path / "data")
        world.clock = world.source.clock = harness.clock
        channel = ChannelSettings(
            platform=request.param, id=harness.channel_id, categories=("cs.CL",), papers=2, more=2
        )
        settings = world.env.settings.model_copy(update={"channels": {CHANNEL: channel}})
        platforms = {request.param: harness.platform}
        world.env = replace(world.env, settings=settings, platforms=platforms, clock=harness.clock)
        yield world, harness, tmp_path
        world.store.close()


async def shown(harness):
    """What the chat shows: each message's key and id."""
    recent = await harness.platform.recent(harness.channel_id, START - timedelta(days=1))
    return [(message.key, message.ref.message) for message in recent]


async def morning(world, day):
    world.go_to(at(day))
    await post_morning(world.env, CHANNEL, at(day))


async def test_after_a_restore_nothing_is_posted_twice_and_the_votes_are_found(lived_in):
    world, harness, folder = lived_in
    world.announce(THU, 3)
    await morning(world, THU)
    back_up(folder / "data" / "paperlark.db", folder / "copy.db", made_at=world.clock.now())
    world.announce(FRI, 5)
    await morning(world, FRI)
    world.announce(MON, 1)
    world.announce(TUE, 3)
    await morning(world, TUE)
    recent = await harness.platform.recent(harness.channel_id, START - timedelta(days=1))
    voted = next(one for one in recent if (key := PostKey.parse(one.key)).digest == 2 and key.role is PostRole.PAPER)
    await harness.vote(voted.ref, "👍", added=True)
    before = await shown(harness)

    world.store.close()
    restore_database(folder / "copy.db", folder / "data" / "paperlark.db")
    world.store = Store(folder / "data" / "paperlark.db")
    world.env = replace(world.env, store=world.store)
    for _ in range(2):
        await recover_channel(world.env, CHANNEL)
        await post_morning(world.env, CHANNEL, at(TUE))
    assert await shown(harness) == before
    digests = await world.store.ledger.digests(CHANNEL)
    assert [(one.number, one.kind, one.days) for one in digests[:2]] == [
        (3, DigestKind.MORNING, (MON, TUE)),
        (2, DigestKind.MORNING, (FRI,)),
    ]
    assert digests[0].shown == 2
    (vote,) = await world.store.feedback.current(CHANNEL)
    assert vote.arxiv_id == PostKey.parse(voted.key).subject
