"""When mornings fire: weekdays, time zones, daylight saving, and a shifted clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.schedule import Schedule, last_due, last_list_due, last_night, morning_trigger
from bot.settings import ChannelSettings, LibrarySettings
from tests.fakes import FakeClock

ALL_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def a_channel(at="09:00", zone="UTC", weekdays=ALL_WEEK[:5]):
    return ChannelSettings(time=at, timezone=zone, weekdays=weekdays)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fires(channel, since, until):
    """Every firing in [since, until), as UTC texts, as the scheduler asks for them one after the other."""
    trigger = morning_trigger(channel)
    found = []
    moment = trigger.get_next_fire_time(None, utc(since))
    while moment is not None and moment < utc(until):
        found.append(moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M"))
        moment = trigger.get_next_fire_time(moment, moment)
    return found


def test_mornings_fire_on_their_weekdays_only():
    assert fires(a_channel(), "2025-05-08T10:00", "2025-05-13T10:00") == [
        "2025-05-09 09:00",
        "2025-05-12 09:00",
        "2025-05-13 09:00",
    ]
    assert fires(a_channel(weekdays=("sun",)), "2025-05-01", "2025-05-15") == ["2025-05-04 09:00", "2025-05-11 09:00"]


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("Asia/Tokyo", "09:00", "2025-05-08 00:00"),
        ("Asia/Tokyo", "08:59", "2025-05-07 23:59"),
        ("America/New_York", "09:00", "2025-05-08 13:00"),
        ("Asia/Kathmandu", "00:00", "2025-05-07 18:15"),
        ("Pacific/Kiritimati", "09:00", "2025-05-07 19:00"),
    ],
)
def test_mornings_follow_their_time_zone(zone, at, expected):
    thursday = a_channel(at, zone, ("thu",))
    assert fires(thursday, "2025-05-05", "2025-05-12") == [expected]


# Europe/Berlin leaves winter time on 30 March 2025 (02:00 becomes 03:00) and returns on 26 October (03:00 becomes 02:00);
# America/New_York on 9 March and 2 November.


@pytest.mark.parametrize(
    ("zone", "since", "until", "expected"),
    [
        ("Europe/Berlin", "2025-03-29", "2025-04-01", ["2025-03-29 08:00", "2025-03-30 07:00", "2025-03-31 07:00"]),
        ("Europe/Berlin", "2025-10-25", "2025-10-28", ["2025-10-25 07:00", "2025-10-26 08:00", "2025-10-27 08:00"]),
        ("America/New_York", "2025-03-08", "2025-03-11", ["2025-03-08 14:00", "2025-03-09 13:00", "2025-03-10 13:00"]),
        ("America/New_York", "2025-11-01", "2025-11-04", ["2025-11-01 13:00", "2025-11-02 14:00", "2025-11-03 14:00"]),
    ],
)
def test_nine_stays_nine_when_the_clocks_change(zone, since, until, expected):
    assert fires(a_channel("09:00", zone, ALL_WEEK), since, until) == expected


@pytest.mark.parametrize(
    ("zone", "since", "until", "expected"),
    [
        ("Europe/Berlin", "2025-03-29", "2025-04-01", ["2025-03-29 01:30", "2025-03-30 01:30", "2025-03-31 00:30"]),
        ("America/New_York", "2025-03-08", "2025-03-11", ["2025-03-08 07:30", "2025-03-09 07:30", "2025-03-10 06:30"]),
    ],
)
def test_a_time_that_does_not_exist_fires_once_when_it_would_have_been(zone, since, until, expected):
    assert fires(a_channel("02:30", zone, ALL_WEEK), since, until) == expected


@pytest.mark.parametrize(
    ("zone", "at", "since", "until", "expected"),
    [
        ("Europe/Berlin", "02:30", "2025-10-25", "2025-10-28",
         ["2025-10-25 00:30", "2025-10-26 00:30", "2025-10-27 01:30"]),
        ("America/New_York", "01:30", "2025-11-01", "2025-11-04",
         ["2025-11-01 05:30", "2025-11-02 05:30", "2025-11-03 06:30"]),
    ],
)  # fmt: skip
def test_a_time_that_comes_twice_fires_once(zone, at, since, until, expected):
    assert fires(a_channel(at, zone, ALL_WEEK), since, until) == expected


@pytest.mark.parametrize("minute", range(0, 300, 10))
def test_a_scheduler_that_starts_anywhere_in_a_doubled_night_fires_at_most_once_more(minute):
    """Wherever the process starts, what was due before and what fires after are different instants, one a day."""
    channel = a_channel("02:30", "Europe/Berlin", ALL_WEEK)
    now = utc("2025-10-25T22:00") + timedelta(minutes=minute)
    due = last_due(channel, now)
    coming = morning_trigger(channel).get_next_fire_time(None, now + timedelta(seconds=1))
    assert due <= now < coming
    local = [moment.astimezone(channel.zone).date() for moment in (due, coming)]
    assert local[0] < local[1]


def test_a_morning_that_is_due_at_this_very_moment_still_fires_and_only_once():
    nine = utc("2025-05-08T09:00")
    trigger = morning_trigger(a_channel())
    assert trigger.get_next_fire_time(None, nine) == nine
    assert trigger.get_next_fire_time(nine, nine) == utc("2025-05-09T09:00")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2025-05-08T09:00", "2025-05-08T09:00"),
        ("2025-05-08T08:59", "2025-05-07T09:00"),
        ("2025-05-11T23:00", "2025-05-09T09:00"),
        ("2025-05-12T08:00", "2025-05-09T09:00"),
    ],
)
def test_the_last_due_morning_is_the_newest_one_not_in_the_future(now, expected):
    assert last_due(a_channel(), utc(now)) == utc(expected)


def test_a_weekly_morning_is_due_for_a_week():
    channel = a_channel(weekdays=("mon",))
    assert last_due(channel, utc("2025-05-12T08:59")) == utc("2025-05-05T09:00")


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"]),
    st.times(),
    st.sets(st.sampled_from(ALL_WEEK), min_size=1),
)
def test_what_is_due_and_what_comes_next_meet_at_every_moment(naive, zone, at, weekdays):
    """No morning lies between the last due one and the next, and none is older than nine days."""
    now = naive.replace(tzinfo=UTC)
    channel = a_channel(f"{at:%H:%M}", zone, tuple(weekdays))
    due = last_due(channel, now)
    assert timedelta(0) <= now - due <= timedelta(days=9)
    coming = morning_trigger(channel).get_next_fire_time(due, due + timedelta(seconds=1))
    assert coming > now
    assert due.astimezone(channel.zone).strftime("%a").lower() in weekdays


async def test_a_shifted_clock_shifts_every_firing():
    """A job set for 09:00 of the shifted day fires at the machine's time that the shifted clock calls 09:00."""
    clock = FakeClock(utc("2025-05-08T08:00"))
    schedule = Schedule(clock, 3600)
    schedule.start()
    try:
        schedule.mornings("one", a_channel(), nothing)
        schedule.once("soon", 60, nothing)
        schedule.every("often", 600, nothing)
        times = schedule.next_times()
        for name, expected in {"morning one": "09:00", "soon": "08:01", "often": "08:10"}.items():
            assert abs(times[name] - utc(f"2025-05-08T{expected}")) < timedelta(seconds=5), name
    finally:
        schedule.stop()


async def nothing():
    """A job that does nothing."""


async def test_jobs_are_replaced_by_name_and_mornings_of_gone_channels_are_dropped():
    schedule = Schedule(FakeClock(), 3600)
    schedule.start()
    try:
        for key in ("one", "two", "one"):
            schedule.mornings(key, a_channel(), nothing)
        schedule.every("listings", 600, nothing)
        schedule.forget_mornings(keep={"two"})
        assert set(schedule.next_times()) == {"morning two", "listings"}
    finally:
        schedule.stop()
        schedule.stop()


async def test_a_job_fires_when_its_time_has_come():
    fired = asyncio.Event()

    async def job():
        fired.set()

    schedule = Schedule(FakeClock(utc("2025-05-08T08:00")), 3600)
    schedule.start()
    try:
        schedule.once("now", 0.01, job)
        await asyncio.wait_for(fired.wait(), 10)
    finally:
        schedule.stop()


async def test_a_job_under_way_when_the_schedule_stops_ends_without_being_called_a_fault(caplog):
    started, ended = asyncio.Event(), asyncio.Event()

    async def job():
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    schedule = Schedule(FakeClock(utc("2025-05-08T08:00")), 3600)
    schedule.start()
    schedule.once("now", 0.01, job)
    await asyncio.wait_for(started.wait(), 10)
    schedule.stop()
    await asyncio.wait_for(ended.wait(), 10)
    await asyncio.sleep(0)
    assert "raised an exception" not in caplog.text


def test_missed_firings_are_run_once_and_within_the_grace_only():
    schedule = Schedule(FakeClock(), 1234)
    defaults = schedule._scheduler._job_defaults
    assert (defaults["coalesce"], defaults["max_instances"], defaults["misfire_grace_time"]) == (True, 1, 1234)


def test_a_year_of_mornings_has_one_a_day():
    found = fires(a_channel("02:30", "Europe/Berlin", ALL_WEEK), "2025-01-01", "2026-01-01")
    assert len(found) == len({text[:10] for text in found}) == 365
    gaps = {utc(b) - utc(a) for a, b in pairwise(found)}
    assert gaps == {timedelta(hours=23), timedelta(hours=24), timedelta(hours=25)}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2025-05-09T14:00", "2025-05-09T14:00"),
        ("2025-05-09T13:59", "2025-05-02T14:00"),
        ("2025-05-16T13:59", "2025-05-09T14:00"),
        ("2025-11-07T15:00", "2025-11-07T15:00"),  # winter time by then
    ],
)
def test_a_weekly_list_is_due_at_its_time_in_the_channels_zone(now, expected):
    assert last_list_due(LibrarySettings(), ZoneInfo("Europe/Berlin"), utc(now)) == utc(expected)


async def test_weekly_lists_fire_once_a_week_and_go_with_their_channels():
    schedule = Schedule(FakeClock(utc("2025-05-08T08:00")), 3600)
    schedule.start()
    try:
        for key in ("one", "two"):
            schedule.weekly_list(key, LibrarySettings(weekday="thu", time="09:30"), ZoneInfo("UTC"), nothing)
        schedule.mornings("one", a_channel(), nothing)
        assert abs(schedule.next_times()["list two"] - utc("2025-05-08T09:30")) < timedelta(seconds=5)
        schedule.forget_lists(keep={"one"})
        assert set(schedule.next_times()) == {"list one", "morning one"}
    finally:
        schedule.stop()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2025-05-08T01:29", "2025-05-07T01:30"),
        ("2025-05-08T01:30", "2025-05-08T01:30"),
        ("2025-01-08T12:00", "2025-01-08T02:30"),
        ("2025-03-30T12:00", "2025-03-30T01:30"),
    ],
)
def test_the_last_night_is_told_in_its_zone(now, expected):
    assert last_night(time(3, 30), ZoneInfo("Europe/Berlin"), utc(now)) == utc(expected)


async def test_a_nightly_job_has_one_place_in_the_schedule_and_can_be_forgotten():
    async def job():
        pass

    clock = FakeClock(datetime.now(UTC))
    schedule = Schedule(clock, 60)
    schedule.start()
    schedule.nightly("backup", time(1), ZoneInfo("UTC"), job)
    schedule.nightly("backup", time(3, 30), ZoneInfo("Asia/Tokyo"), job)
    due = schedule.next_times()
    assert [(moment.hour, moment.minute) for moment in due.values()] == [(18, 30)]
    assert timedelta(0) <= due["backup"] - clock.now() <= timedelta(days=1)
    schedule.forget("backup")
    schedule.forget("backup")
    assert schedule.next_times() == {}
    schedule.stop()
