"""When mornings fire: weekdays, time zones, daylight saving, and a shifted clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.schedule import LOOK_S, Schedule, last_due, last_list_due, last_night, mornings_of
from bot.settings import ChannelSettings, LibrarySettings
from tests.fakes import FakeClock

ALL_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def a_channel(at="09:00", zone="UTC", weekdays=ALL_WEEK[:5]):
    return ChannelSettings(time=at, timezone=zone, weekdays=weekdays)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fires(channel, since, until):
    """Every morning in [since, until), as UTC texts, as the schedule asks for them one after the other."""
    moment = utc(since) - timedelta(microseconds=1)
    found = []
    while (moment := mornings_of(channel).next(moment)) < utc(until):
        found.append(moment.strftime("%Y-%m-%d %H:%M"))
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
    coming = mornings_of(channel).next(now)
    assert due <= now < coming
    local = [moment.astimezone(channel.zone).date() for moment in (due, coming)]
    assert local[0] < local[1]


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


@settings(max_examples=60)
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
    coming = mornings_of(channel).next(due)
    assert coming > now
    assert due.astimezone(channel.zone).strftime("%a").lower() in weekdays


class Counted:
    """Jobs that count their runs; `names` says which ran, in order."""

    def __init__(self):
        self.names = []

    def __call__(self, name):
        async def job():
            self.names.append(name)

        return job


@pytest.fixture
def clock():
    return FakeClock(utc("2025-05-08T08:00"))


@pytest.fixture
def ran():
    return Counted()


@pytest.fixture
async def schedule(clock):
    """A schedule whose clock the test moves; `passed` below lets it look."""
    schedule = Schedule(clock)
    schedule.start()
    yield schedule
    schedule.stop()


async def passed(schedule, clock, seconds):
    """Let time pass, with a look at the clock at its end, and what is due then run."""
    clock.advance(seconds)
    schedule.look()
    for _ in range(10):  # APScheduler takes some turns of the loop to begin a job
        await asyncio.sleep(0)


async def test_each_job_is_due_at_its_time(schedule, ran):
    schedule.mornings("one", a_channel(), ran("morning"))
    schedule.once("soon", 60, ran("soon"))
    schedule.every("often", 600, ran("often"))
    assert schedule.next_times() == {
        "morning one": utc("2025-05-08T09:00"),
        "soon": utc("2025-05-08T08:01"),
        "often": utc("2025-05-08T08:10"),
    }


async def test_a_job_runs_when_its_time_has_come_and_not_before(schedule, clock, ran):
    schedule.mornings("one", a_channel(), ran("morning"))
    schedule.once("soon", 60, ran("soon"))
    await passed(schedule, clock, 59.9)
    assert ran.names == []
    await passed(schedule, clock, 0.1)
    await passed(schedule, clock, 60)
    assert ran.names == ["soon"]
    await passed(schedule, clock, 3600 - 120)
    assert ran.names == ["soon", "morning"]
    await passed(schedule, clock, 86_399)
    assert ran.names == ["soon", "morning"]
    await passed(schedule, clock, 1)
    assert ran.names == ["soon", "morning", "morning"]


async def test_asked_for_again_nothing_starts_anew(schedule, clock, ran):
    """A platform that reconnects makes the resident appoint everything again."""
    for _ in range(240):
        schedule.every("recovery", 3600, ran("recovery"))
        schedule.every("alarms", 300, ran("alarms"))
        await passed(schedule, clock, 15)
    assert (ran.names.count("recovery"), ran.names.count("alarms")) == (1, 12)


async def test_a_morning_that_is_due_is_not_replaced_by_the_next_one(schedule, clock, ran):
    schedule.mornings("one", a_channel(), ran("morning"))
    clock.advance(3600 + 30)
    schedule.mornings("one", a_channel(), ran("morning"))
    await passed(schedule, clock, 0)
    assert ran.names == ["morning"]


async def test_another_interval_or_time_takes_the_place_of_the_old_one(schedule, clock, ran):
    schedule.every("often", 600, ran("old"))
    schedule.mornings("one", a_channel(), ran("old"))
    schedule.every("often", 60, ran("often"))
    schedule.mornings("one", a_channel("08:30"), ran("morning"))
    await passed(schedule, clock, 60)
    await passed(schedule, clock, 1740)
    await passed(schedule, clock, 1900)
    assert ran.names == ["often", "often", "morning", "often"]


async def test_what_a_sleeping_machine_missed_runs_once_within_a_minute(schedule, clock, ran):
    schedule.mornings("one", a_channel(weekdays=ALL_WEEK), ran("morning"))
    schedule.every("often", 600, ran("often"))
    assert LOOK_S <= 30
    await passed(schedule, clock, 60 * 3600)
    assert sorted(ran.names) == ["morning", "often"]
    assert schedule.next_times()["morning one"] == utc("2025-05-11T09:00")


class Corrected(FakeClock):
    """A clock whose wall time can be put right; its monotonic time knows nothing of that."""

    def correct(self, seconds):
        self._start += timedelta(seconds=seconds)


async def test_a_morning_jumped_over_by_a_correction_runs_at_the_next_look(ran):
    clock = Corrected(utc("2025-05-08T08:00"))
    schedule = Schedule(clock)
    schedule.start()
    schedule.mornings("one", a_channel(), ran("morning"))
    clock.correct(2 * 3600)
    await passed(schedule, clock, LOOK_S)
    assert ran.names == ["morning"]


async def test_a_clock_put_back_delays_no_interval_and_loses_no_morning(ran):
    clock = Corrected(utc("2025-06-08T08:00"))
    schedule = Schedule(clock)
    schedule.start()
    schedule.mornings("one", a_channel(weekdays=ALL_WEEK), ran("morning"))
    schedule.every("often", 600, ran("often"))
    schedule.once("soon", 60, ran("soon"))
    clock.correct(-31 * 86_400)
    await passed(schedule, clock, 60)
    assert ran.names == ["soon"]
    await passed(schedule, clock, 540)
    assert ran.names == ["soon", "often"]
    await passed(schedule, clock, 3000)
    assert sorted(ran.names) == ["morning", "often", "often", "soon"]


async def test_a_job_that_is_still_running_is_not_started_again(schedule, clock):
    gate, started = asyncio.Event(), []

    async def job():
        started.append(clock.now())
        await gate.wait()

    schedule.every("often", 60, job)
    for _ in range(3):
        await passed(schedule, clock, 60)
    assert len(started) == 1
    gate.set()
    await passed(schedule, clock, 0)
    await passed(schedule, clock, 60)
    assert len(started) == 2


async def test_a_job_that_fails_is_told_and_runs_again(clock, ran):
    told = []

    async def job():
        await ran("often")()
        raise ValueError("no")

    schedule = Schedule(clock, lambda name, error: told.append((name, str(error))))
    schedule.start()
    schedule.every("often", 60, job)
    for _ in range(2):
        await passed(schedule, clock, 60)
    assert told == [("often", "no")] * 2


async def test_jobs_are_dropped_with_their_channels(schedule, ran):
    for key in ("one", "two"):
        schedule.mornings(key, a_channel(), ran(key))
        schedule.weekly_list(key, LibrarySettings(weekday="thu", time="09:30"), ZoneInfo("UTC"), ran(key))
    schedule.every("listings", 600, ran("listings"))
    assert schedule.next_times()["list two"] == utc("2025-05-08T09:30")
    schedule.forget_mornings(keep={"two"})
    schedule.forget_lists(keep={"one"})
    assert set(schedule.next_times()) == {"morning two", "list one", "listings"}


async def test_a_living_schedule_looks_by_itself_and_at_once_when_something_is_set(clock):
    fired = asyncio.Event()

    async def job():
        fired.set()

    schedule = Schedule(clock)
    schedule.start()
    await asyncio.sleep(0)
    schedule.once("now", 0, job)
    await asyncio.wait_for(fired.wait(), 60)
    schedule.stop()


async def test_what_is_under_way_when_the_schedule_stops_is_ended_and_no_fault(clock, caplog):
    started, ended = asyncio.Event(), asyncio.Event()

    async def job():
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    schedule = Schedule(clock)
    schedule.start()
    schedule.once("now", 0, job)
    await asyncio.wait_for(started.wait(), 60)
    assert len(schedule.running) == 1
    schedule.stop()
    await asyncio.wait_for(ended.wait(), 60)
    assert caplog.text == ""


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


async def test_a_nightly_job_has_one_time_and_can_be_forgotten(schedule, ran):
    schedule.nightly("backup", time(1), ZoneInfo("UTC"), ran("backup"))
    schedule.nightly("backup", time(3, 30), ZoneInfo("Asia/Tokyo"), ran("backup"))
    assert schedule.next_times() == {"backup": utc("2025-05-08T18:30")}
    schedule.forget("backup")
    schedule.forget("backup")
    assert schedule.next_times() == {}
