"""The clock, and what `PAPERLARK_NOW` may say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import SystemClock, shift_from
from bot.errors import SettingsError

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("", timedelta(0)),
        ("  ", timedelta(0)),
        ("+2d", timedelta(days=2)),
        ("-90m", timedelta(minutes=-90)),
        ("+1.5h", timedelta(minutes=90)),
        ("+30s", timedelta(seconds=30)),
        (" -1w ", timedelta(days=-7)),
    ],
)
def test_a_span_shifts_by_itself(text, shift):
    assert shift_from(text, NOW) == shift


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("2025-05-08T07:00Z", datetime(2025, 5, 8, 7, 0, tzinfo=UTC)),
        ("2025-05-08T07:00:30", datetime(2025, 5, 8, 7, 0, 30, tzinfo=UTC)),
        ("2025-05-08T09:00+02:00", datetime(2025, 5, 8, 7, 0, tzinfo=UTC)),
        ("2025-05-08", datetime(2025, 5, 8, tzinfo=UTC)),
    ],
)
def test_an_iso_time_shifts_to_that_moment(text, then):
    assert NOW + shift_from(text, NOW) == then


@pytest.mark.parametrize("text", ["tomorrow", "2d", "+2", "+d", "2025-13-01", "+2y", "++2d", "8 May 2025"])
def test_anything_else_is_refused_with_examples(text):
    with pytest.raises(SettingsError) as caught:
        shift_from(text, NOW)
    (mistake,) = caught.value.mistakes
    assert repr(text) in mistake
    assert "+2d" in mistake


@given(st.text(max_size=40))
def test_no_text_does_anything_but_shift_or_be_refused(text):
    try:
        shift = shift_from(text, NOW)
    except SettingsError:
        return
    assert isinstance(shift, timedelta)


@pytest.mark.parametrize("text", ["+99999999999d", "-99999w", "9999-12-31T23:59-23:59", "+" + "9" * 400 + "d"])
def test_a_time_beyond_the_calendar_is_refused(text):
    """The clock must be able to tell it, also a few weeks on."""
    with pytest.raises(SettingsError):
        shift_from(text, NOW)


def test_the_system_clock_tells_aware_utc_shifted_by_a_constant():
    shift = timedelta(days=-500)
    before = datetime.now(UTC) + shift
    told = SystemClock(shift).now()
    assert told.tzinfo is UTC
    assert before <= told <= datetime.now(UTC) + shift


def test_monotonic_time_does_not_shrink():
    clock = SystemClock(timedelta(days=-500))
    readings = [clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)


async def test_a_scale_shortens_pauses_and_a_negative_pause_is_none():
    clock = SystemClock(scale=0.001)
    started = clock.monotonic()
    await clock.sleep(10)
    await clock.sleep(-10)
    passed = clock.monotonic() - started
    assert 0.009 <= passed < 5


def test_zones_other_than_utc_are_understood():
    told = NOW + shift_from(NOW.astimezone(timezone(timedelta(hours=9))).isoformat(), NOW)
    assert told == NOW
