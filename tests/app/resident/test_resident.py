"""The resident bot with fakes around it: what it does at its start, when listings appear, and when things fail."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.app.resident import Resident
from bot.errors import PlatformError, ScorerError, SourceUnavailable, StoreFull
from bot.models import PostRole, Request, VoteOutcome
from bot.settings import ChannelSettings, HealthSettings, TimingSettings
from handlers.learning import refit
from tests.builders import CHANNEL
from tests.fakes import FakeClock, FakePlatform, Fault
from tests.handlers.conftest import World, at

MON, TUE, WED = (date(2025, 5, 5) + timedelta(days=n) for n in range(3))


def ids_of(papers):
    return [paper.arxiv_id for paper in papers]


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.store.close()


@asynccontextmanager
async def living(world):
    """A resident that has finished its start."""
    resident = Resident(world.env)
    life = asyncio.create_task(resident.live())
    started = asyncio.create_task(resident.started.wait())
    await asyncio.wait({life, started}, timeout=60, return_when=asyncio.FIRST_COMPLETED)
    assert not life.done(), life
    try:
        yield resident
    finally:
        resident.stop()
        resident.schedule.stop()
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life


async def settled(condition, patience_s=60):
    """Wait for what the resident does on its own."""
    async with asyncio.timeout(patience_s):
        while not condition():  # noqa: ASYNC110 - a fake cannot set an event for every reason to wait
            await asyncio.sleep(0)


async def test_a_morning_due_a_short_while_ago_is_posted_at_the_start(world):
    monday = world.announce(MON, 2)
    world.go_to(at(MON, 9.5))
    async with living(world):
        assert world.papers() == ids_of(monday)


async def test_a_new_channel_waits_for_its_first_set_time(world):
    world.announce(MON, 2)
    world.go_to(at(MON, 15))
    async with living(world):
        assert world.posts() == []
        assert await world.store.papers.count() == 2


async def test_a_known_channel_gets_what_it_missed_however_late_it_is(world):
    world.announce(MON, 1)
    await world.morning(MON)
    tuesday = world.announce(TUE, 2)
    world.go_to(at(TUE, 22))
    async with living(world):
        assert world.papers(2) == ids_of(tuesday)


async def test_a_start_finishes_what_was_left_open_and_posts_nothing_twice(world):
    world.announce(MON, 2)
    world.platform.faults[f"{CHANNEL}/1/paper/2505.05001"] = [Fault.DELAYED] * 5
    with suppress(Exception):
        await world.morning(MON)
    for _ in range(2):
        async with living(world):
            assert len(world.papers()) == 2
            assert len(world.posts(PostRole.HEADER)) == 1


async def test_a_listing_that_comes_late_is_posted_when_it_appears(world):
    async with living(world) as resident:
        assert "no announcement yet" in world.header(1)
        world.go_to(at(MON, 11))
        monday = world.announce(MON, 2)
        await resident.mornings.watch_listings()
        await settled(lambda: world.papers() == ids_of(monday))
        await resident.mornings.watch_listings()
        assert len(world.posts(PostRole.HEADER)) == 2


async def test_a_listing_read_before_the_set_time_waits_for_it_but_is_scored(world):
    world.announce(MON, 1)
    await world.morning(MON)
    world.announce(TUE, 2)
    world.go_to(at(TUE, 6))
    async with living(world) as resident:
        await resident.mornings.watch_listings()
        assert len(world.papers()) == 1
        assert [len(job.papers) for job in world.scorer.jobs] == [1, 2]


async def test_papers_that_could_not_be_scored_follow_with_the_hourly_recovery(world):
    monday = world.announce(MON, 2)
    world.scorer.down = ScorerError("no vectors")
    async with living(world) as resident:
        assert "could not be scored" in world.header(1)
        world.scorer.down = None
        world.clock.advance(1800)
        await resident.recover()
        assert world.papers(2) == ids_of(monday)


async def test_a_source_that_is_down_is_asked_again_with_growing_pauses(world):
    world.source.down = SourceUnavailable("503")
    timing = world.env.settings.timing
    async with living(world) as resident:
        pauses = []
        for _ in range(7):
            coming = resident.schedule.next_times()["listings again"] - world.clock.now()
            pauses.append(round(coming.total_seconds()))
            await resident.mornings.watch_listings()
    assert pauses == [round(min(timing.retry_s * 2**n, timing.poll_s)) for n in range(7)]


async def test_one_channels_trouble_does_not_stop_another(world):
    world.want({
        CHANNEL: ChannelSettings(categories=("cs.CL",), id=CHANNEL),
        "other": ChannelSettings(categories=("cs.CL",), id="other"),
    })  # fmt: skip
    world.announce(MON, 1)
    await world.morning(MON)
    await world.morning(MON, key="other")
    world.announce(TUE, 1)
    world.go_to(at(TUE))
    world.platform.faults[f"{CHANNEL}/2/header/"] = [Fault.REFUSED] * 3
    async with living(world):
        assert len(world.papers(key="other")) == 2
        assert len(world.papers()) == 2


async def test_a_store_that_fails_for_a_while_at_the_start_only_delays_the_morning(world):
    monday = world.announce(MON, 1)
    save = world.store.listings.save
    failures = []

    async def full(*values):
        if len(failures) < 3:
            failures.append(StoreFull("the disk is full"))
            raise failures[-1]
        return await save(*values)

    world.store.listings.save = full
    async with living(world):
        assert world.papers() == ids_of(monday)
    assert len(failures) == 3


async def test_a_platform_that_fails_is_started_again(world):
    runs = []

    class Shaky(FakePlatform):
        async def run(self, inbox):
            runs.append(self.name)
            if len(runs) < 3:
                raise ConnectionError("the socket is gone")
            await super().run(inbox)

    world.platform = Shaky(world.clock)
    world.env.platforms["console"] = world.platform
    async with living(world):
        await settled(lambda: len(runs) == 3)


async def test_a_platform_says_good_bye_in_peace_beside_one_that_has_nothing_to_say(world):
    farewells = []

    class Polite(FakePlatform):
        async def run(self, inbox):
            try:
                await super().run(inbox)
            finally:
                await asyncio.sleep(0.01)
                farewells.append(self.name)

    world.env.platforms["polite"] = Polite(world.clock)
    async with living(world):
        await asyncio.sleep(0)
    assert len(farewells) == 1


async def test_a_vote_through_the_inbox_is_stored_and_a_request_is_answered(world):
    world.announce(MON, 1)
    async with living(world) as resident:
        assert await resident.vote(world.vote("2505.05001", "e1")) is VoteOutcome.COUNTED
        request = Request("console", CHANNEL, "ada", "why", arxiv_id="2505.05001")
        replies = [reply async for reply in resident.request(request)]
        assert replies
        assert "2505.05001" in f"{replies[0].title}{replies[0].lines}"


async def test_coming_back_after_an_outage_reconciles_the_channels_of_that_platform(world):
    world.announce(MON, 1)
    async with living(world) as resident:
        (paper,) = world.posts(PostRole.PAPER)
        paper.votes.append(("ada", "👍"))
        world.clock.advance(60)
        await resident.reconnected("another")
        assert await world.store.feedback.current(CHANNEL) == ()
        await resident.reconnected("console")
        assert len(await world.store.feedback.current(CHANNEL)) == 1


async def test_every_channel_has_its_morning_in_the_schedule_at_its_own_time(world):
    world.want({
        CHANNEL: ChannelSettings(id=CHANNEL),
        "tokyo": ChannelSettings(id="tokyo", timezone="Asia/Tokyo", time="08:00"),
    })  # fmt: skip
    world.go_to(at(MON, 10))
    async with living(world) as resident:
        times = {name: moment for name, moment in resident.schedule.next_times().items() if "morning" in name}
    expected = {f"morning {CHANNEL}": at(TUE, 9), "morning tokyo": at(MON, 23)}
    assert {name: round((times[name] - moment).total_seconds()) for name, moment in expected.items()} == dict.fromkeys(
        expected, 0
    )


async def test_changed_topics_are_told_at_the_start(world):
    await world.store.topics.add(CHANNEL, "1. Something else", "file", world.clock.now())
    world.env = replace(world.env)
    async with living(world):
        (notice,) = world.posts(PostRole.NOTICE)
        assert "version 2" in notice.post.text


class BrokenPlatform(FakePlatform):
    """A chat whose token is wrong until somebody puts it right."""

    runs = 0

    async def run(self, inbox):
        self.runs += 1
        if self.runs < 8:
            raise PlatformError("DISCORD_TOKEN is not accepted; reset the token")
        await asyncio.Event().wait()


async def test_a_chat_whose_token_is_wrong_is_tried_ever_more_rarely_and_stops_no_other(world, caplog):
    world.announce(MON, 1)
    await world.morning(MON)
    tuesday = world.announce(TUE, 2)
    world.go_to(at(TUE, 9.5))
    broken = BrokenPlatform(world.clock, "discord")
    world.env = replace(world.env, platforms={**world.env.platforms, "discord": broken})
    async with living(world):
        await settled(lambda: broken.runs == 8)
        pauses = [pause for pause in world.clock.sleeps if pause >= world.env.settings.timing.retry_s]
        assert pauses == [60.0, 120.0, 240.0, 480.0, 960.0, 1800.0, 1800.0]
        assert world.papers(2) == ids_of(tuesday)
    assert "platform discord failed: DISCORD_TOKEN is not accepted" in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_morning_that_cannot_be_finished_is_tried_again_with_growing_pauses(world):
    world.announce(MON, 1)
    await world.morning(MON)
    async with living(world) as resident:
        tuesday = world.announce(TUE, 1)
        world.go_to(at(TUE))
        save, failures = world.store.listings.save, []

        async def full(*values):
            if len(failures) < 7:
                failures.append(StoreFull("the disk is full"))
                raise failures[-1]
            return await save(*values)

        world.store.listings.save = full
        world.clock.sleeps.clear()
        await resident.mornings.post(CHANNEL)
        assert world.papers(2) == ids_of(tuesday)
    timing = world.env.settings.timing
    pauses = [pause for pause in world.clock.sleeps if pause >= timing.retry_s]
    assert pauses == [min(timing.retry_s * 2**n, timing.poll_s) for n in range(7)]


class PatientClock(FakeClock):
    """A clock on which nobody's long pause ever ends by itself."""

    async def sleep(self, seconds):
        if seconds < 60:
            await super().sleep(seconds)
        else:
            self.sleeps.append(seconds)
            await asyncio.Event().wait()


async def test_a_platform_that_is_back_wakes_the_morning_that_waits_for_it(tmp_path):
    world = World(tmp_path)
    world.clock = PatientClock(at(MON))
    world.env = replace(world.env, clock=world.clock)
    monday = world.announce(MON, 1)
    world.source.down = StoreFull("the disk is full")
    resident = Resident(world.env)
    posting = asyncio.create_task(resident.mornings.post(CHANNEL))
    for trouble in (world.source.down, None):
        await settled(lambda: world.clock.sleeps)
        assert world.clock.sleeps == [60.0], "no longer after a reconnect that did not help"
        world.clock.sleeps.clear()
        world.source.down = trouble
        await resident.reconnected(world.platform.name)
    await asyncio.wait_for(posting, 10)
    assert world.papers() == ids_of(monday)
    world.store.close()


@pytest.mark.parametrize("moment", ["scored", "posted", "learned from", "waiting"])
async def test_a_channel_that_goes_in_the_middle_of_work_is_left_in_peace(world, caplog, moment):
    """It is put out while a job for it waits, or between the job's steps; nothing fails and nothing is a traceback."""
    world.announce(MON, 2)
    async with living(world) as resident:
        world.announce(TUE, 2)
        world.go_to(at(TUE))
        work = resident._work
        await work.busy[CHANNEL].acquire()
        jobs = {
            "scored": resident.mornings.watch_listings(),
            "posted": resident.mornings.post(CHANNEL),
            "learned from": work.contained(CHANNEL, refit),
            "waiting": resident.recover(),
        }
        job = asyncio.create_task(jobs.pop(moment))
        for other in jobs.values():
            other.close()
        await asyncio.sleep(0.05)
        work.env = replace(work.env, settings=work.env.settings.model_copy(update={"channels": {}}))
        work.busy[CHANNEL].release()
        await asyncio.wait_for(job, 10)
    assert "KeyError" not in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_stop_takes_less_than_five_seconds_whatever_still_hangs(world):
    """A chat that will not say good-bye, a listing that is being read, and a job that will not end."""

    class Clinging(FakePlatform):
        async def run(self, inbox):
            try:
                await super().run(inbox)
            finally:
                await clinging()

    over = asyncio.Event()

    async def clinging():
        while not over.is_set():
            with suppress(asyncio.CancelledError):
                await over.wait()

    assert world.env.settings.timing.stop_s <= 3, "what comes after it takes a second and a half"
    world.want(timing=TimingSettings(stop_s=0.2), health=HealthSettings(enabled=False))
    world.env = replace(world.env, platforms={world.platform.name: Clinging(world.clock)})
    resident = Resident(world.env)
    resident._work.spawn(clinging())
    life = asyncio.create_task(resident.run())
    await asyncio.wait_for(resident.started.wait(), 20)
    reading = asyncio.create_task(world.env.ingesting.run(clinging))
    await asyncio.sleep(0)
    resident.stop()
    try:
        done, _ = await asyncio.wait({life}, timeout=4)
        assert done, "it still waits"
        life.result()
    finally:
        over.set()
        await asyncio.wait({life, reading}, timeout=10)
