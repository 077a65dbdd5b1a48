"""The resident left alone: backups by night, what was missed, alarms, and answers about health."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import aiohttp
import pytest

from bot.app.resident import Resident
from bot.errors import PlatformError, TokenRefused
from bot.models import PlatformStatus
from bot.settings import BackupSettings, HealthSettings
from bot.store.backups.listing import backups_in
from tests.app.resident.test_resident import living, settled
from tests.builders import CHANNEL
from tests.fakes import FakePlatform
from tests.handlers.conftest import World, at

MON, TUE = (date(2025, 5, 5) + timedelta(days=n) for n in range(2))


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.store.close()


def made(world):
    return [f"{one.made_at:%a %H:%M}" for one in backups_in(world.env.settings.backups)]


async def test_the_backup_is_in_the_schedule_at_its_time_in_the_zone_of_the_settings(world):
    zone = world.env.settings.channel_defaults.model_copy(update={"timezone": "Asia/Tokyo"})
    world.want(backup=BackupSettings(time="03:30"), channel_defaults=zone)
    async with living(world) as resident:
        due = resident.schedule.next_times()["backup"]
        assert round((due - at(MON, 18.5)).total_seconds()) == 0


async def test_a_missed_night_is_caught_up_at_the_start_and_only_once(world):
    for _ in range(2):
        async with living(world):
            await settled(lambda: len(made(world)) == 1)
    assert made(world) == ["Mon 09:00"]
    world.go_to(at(TUE, 4))
    async with living(world) as resident:
        await settled(lambda: len(made(world)) == 2)
        await resident.recover()
    assert made(world) == ["Mon 09:00", "Tue 04:00"]


async def test_old_backups_go_when_a_new_one_is_made(world):
    world.want(backup=BackupSettings(daily=2, weekly=0))
    for number in range(4):
        world.go_to(at(MON + timedelta(days=number), 10))
        await Resident(world.env).upkeep.back_up()
    assert made(world) == ["Wed 10:00", "Thu 10:00"]


async def test_without_backups_none_is_made_and_none_is_scheduled(world):
    world.want(backup=BackupSettings(enabled=False))
    async with living(world) as resident:
        await resident.upkeep.back_up()
        assert "backup" not in resident.schedule.next_times()
    assert made(world) == []


async def test_a_backup_left_half_made_by_a_kill_is_cleared_away(world):
    folder = world.env.settings.backups
    folder.mkdir()
    (folder / "paperlark-20250501T033000Z-m007.db.partial").write_bytes(b"half")
    (folder / "notes.txt").write_text("mine")
    await Resident(world.env).upkeep.back_up()
    assert [one.suffix for one in sorted(folder.iterdir())] == [".txt", ".db"]


async def test_a_backup_that_fails_is_told_to_the_owner_and_tried_again(world):
    world.channel(owner="U1")
    folder = world.env.settings.backups
    folder.write_text("a file in the place of the folder")
    upkeep = Resident(world.env).upkeep
    await upkeep.back_up()
    await upkeep.look()
    await upkeep.look()
    ((_, text),) = world.platform.notified
    assert "The nightly backup fails" in text
    assert str(folder) in text
    folder.unlink()
    await upkeep.back_up()
    await upkeep.look()
    assert "All is well again" in world.platform.notified[1][1]


async def test_a_backup_is_a_whole_database(world):
    world.announce(MON, 2)
    async with living(world):
        await settled(lambda: len(made(world)) == 1)
    (backup,) = backups_in(world.env.settings.backups)
    with closing(sqlite3.connect(backup.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM impressions WHERE shown_at IS NOT NULL").fetchone() == (2,)


async def answers(upkeep, *paths):
    async with upkeep.answering() as port, aiohttp.ClientSession() as session:
        found = []
        for path in paths:
            async with session.get(f"http://127.0.0.1:{port}{path}") as answer:
                found.append((answer.status, await answer.text()))
        return found


@pytest.fixture
def asked(world):
    world.want(health=HealthSettings(port=0))
    return world


async def test_readiness_tells_what_is_missing_and_metrics_count(asked):
    async with living(asked) as resident:
        asked.announce(MON, 2)
        ((status, text),) = await answers(resident.upkeep, "/readyz")
        assert (status, "none is known yet" in text) == (503, True)
        await resident.mornings.watch_listings()
        await settled(lambda: len(asked.papers()) == 2)
        asked.clock.advance(60)
        (ready, metrics) = await answers(resident.upkeep, "/readyz", "/metrics")
    assert ready[0] == 200, ready
    assert f"{MON} is known" in ready[1]
    assert f'paperlark_posts{{channel="{CHANNEL}",state="sent"}} 4.0' in metrics[1]


async def test_a_database_that_is_gone_is_named_as_it_is_and_its_alarm_measured(asked):
    """The database itself cannot say that the alarm is up."""
    asked.channel(owner="U1")
    database = asked.env.settings.database
    upkeep = Resident(asked.env).upkeep
    database.rename(database.with_name("gone.db"))
    await upkeep.look()
    ((_, text),) = asked.platform.notified
    assert f"The database is in trouble: {database}" in text
    (metrics,) = await answers(upkeep, "/metrics")
    assert 'paperlark_alarm_up{alarm="database"} 1.0' in metrics[1]


async def test_an_old_listing_is_not_enough(asked):
    asked.announce(MON, 1)
    async with living(asked) as resident:
        asked.go_to(at(TUE, 10.9))
        ((status, _),) = await answers(resident.upkeep, "/readyz")
        assert status == 200
        asked.go_to(at(TUE, 11.1))
        ((status, text),) = await answers(resident.upkeep, "/readyz")
        assert status == 503
        assert f"but that of {TUE} should be" in text


async def test_a_chat_that_is_away_and_a_database_that_takes_no_writes_make_it_not_ready(asked):
    class Away(FakePlatform):
        def status(self):
            return PlatformStatus(connected=False, detail="no socket")

    asked.announce(MON, 1)
    async with living(asked):
        pass
    asked.env = replace(asked.env, platforms={"slack": Away(asked.clock, "slack")})
    asked.store._database._writer.execute("PRAGMA query_only = 1")
    ((status, text),) = await answers(Resident(asked.env).upkeep, "/readyz")
    assert status == 503
    assert "no socket" in text
    assert "permissions" in text


async def test_no_health_is_answered_where_the_settings_want_none(world):
    world.want(health=HealthSettings(enabled=False))
    async with Resident(world.env).upkeep.answering() as port:
        assert port is None


async def test_the_loop_is_not_held_up_by_a_backup(world):
    """The copy happens in a thread: the loop goes round meanwhile."""
    rounds = 0

    async def go_round():
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    going = asyncio.create_task(go_round())
    await Resident(world.env).upkeep.back_up()
    going.cancel()
    assert rounds > 10


async def test_a_refused_token_is_told_to_the_owner_on_the_other_chat_and_in_readyz_until_it_is_taken(asked):
    class Refusing(FakePlatform):
        """A chat that takes the token once somebody has put it right."""

        runs = 0

        async def run(self, inbox):
            self.runs += 1
            if self.runs < 4:
                raise TokenRefused("DISCORD_TOKEN is not accepted; reset the token")
            await super().run(inbox)

        def status(self):
            return PlatformStatus(connected=self.runs > 3, detail="stopped")

        async def notify(self, target, text):
            raise PlatformError("401")

    asked.channel(owner="U1")
    gate, told = asyncio.Event(), asyncio.Event()
    sleep, notify = asked.clock.sleep, asked.platform.notify

    async def sleeping(seconds):
        await (gate.wait() if seconds >= 60 else sleep(seconds))

    async def notifying(target, text):
        await notify(target, text)
        told.set()

    asked.clock.sleep, asked.platform.notify = sleeping, notifying
    discord = Refusing(asked.clock, "discord")
    asked.env = replace(asked.env, platforms={**asked.env.platforms, "discord": discord})
    async with living(asked) as resident:
        await asyncio.wait_for(told.wait(), 10)
        ((target, text),) = asked.platform.notified
        assert target == "U1"
        assert "discord does not let me in: DISCORD_TOKEN is not accepted; reset the token" in text
        assert "DISCORD_TOKEN is not accepted" in (await resident.upkeep.checks())["platform discord"].detail
        gate.set()
        await settled(lambda: discord.runs == 4)
        await resident.upkeep.look()
        assert (await resident.upkeep.checks())["platform discord"].ok
        assert [text[:20] for _, text in asked.platform.notified[1:]] == ["🐦 All is well again,"]
