"""Alarms and reports of mornings on disk: what is up, who was told, how the newest mornings went."""

from __future__ import annotations

from datetime import timedelta

from bot.models import Alarm, MorningReport
from bot.store import Store
from tests.builders import CHANNEL, NOON

LATER = NOON + timedelta(hours=5)


async def test_an_alarm_that_is_up_keeps_since_when_it_is_and_takes_the_newest_text(store):
    assert await store.alarms.raise_("disk", "400 MB left", NOON) == Alarm("disk", NOON, "400 MB left")
    assert await store.alarms.raise_("disk", "300 MB left", LATER) == Alarm("disk", NOON, "300 MB left")
    assert await store.alarms.up() == {"disk": Alarm("disk", NOON, "300 MB left")}


async def test_that_somebody_was_told_outlives_a_restart_and_a_new_text(store, path):
    await store.alarms.raise_("disk", "400 MB left", NOON)
    await store.alarms.told("disk", LATER)
    await store.alarms.raise_("disk", "300 MB left", LATER)
    again = Store(path)
    assert await again.alarms.up() == {"disk": Alarm("disk", NOON, "300 MB left", LATER)}
    again.close()


async def test_an_alarm_taken_down_is_given_back_once_and_forgotten(store):
    await store.alarms.raise_("disk", "400 MB left", NOON)
    await store.alarms.told("disk", NOON)
    assert await store.alarms.clear("disk") == Alarm("disk", NOON, "400 MB left", NOON)
    assert await store.alarms.clear("disk") is None
    assert await store.alarms.up() == {}
    assert await store.alarms.raise_("disk", "again", LATER) == Alarm("disk", LATER, "again")


async def test_a_morning_is_reported_anew_and_the_newest_come_first(store):
    mornings = [NOON + timedelta(days=number) for number in range(3)]
    for due in mornings:
        await store.alarms.report(MorningReport(CHANNEL, due, "arXiv was away"), due)
    await store.alarms.report(MorningReport(CHANNEL, mornings[1], ""), LATER)
    await store.alarms.report(MorningReport("other", NOON, ""), NOON)
    found = await store.alarms.reports(CHANNEL, 2)
    assert [(one.due, one.trouble) for one in found] == [(mornings[2], "arXiv was away"), (mornings[1], "")]


async def test_reports_older_than_a_season_are_dropped(store, rows):
    await store.alarms.report(MorningReport(CHANNEL, NOON, ""), NOON)
    later = NOON + timedelta(days=100)
    await store.alarms.report(MorningReport(CHANNEL, later, ""), later)
    assert rows("SELECT count(*) FROM morning_reports") == [(1,)]
