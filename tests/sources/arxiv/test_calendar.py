"""When arXiv receives, announces and shows papers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.arxiv.calendar import EASTERN, Calendar, days_between, eastern_date
from bot.sources.arxiv.holidays import bundled_calendar, newest_published_year, read_holidays

PLAIN = Calendar()


def eastern(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


@pytest.mark.parametrize(
    ("submitted", "listing"),
    [
        ("2025-05-05 13:59:59", "2025-05-06"),  # Monday before closing: announced Monday evening, dated Tuesday
        ("2025-05-05 14:00:00", "2025-05-07"),
        ("2025-05-06 09:00", "2025-05-07"),
        ("2025-05-07 15:00", "2025-05-09"),
        ("2025-05-08 13:00", "2025-05-09"),
        ("2025-05-08 14:30", "2025-05-12"),  # Thursday to Friday: announced on Sunday, dated Monday
        ("2025-05-09 13:59", "2025-05-12"),
        ("2025-05-09 14:00", "2025-05-13"),  # Friday afternoon to Monday: announced on Monday, dated Tuesday
        ("2025-05-11 20:00", "2025-05-13"),
    ],
)
def test_a_submission_belongs_to_the_listing_of_its_window(submitted: str, listing: str) -> None:
    assert PLAIN.listing_day_of(eastern(submitted)) == date.fromisoformat(listing)


@pytest.mark.parametrize(
    ("listing", "announced"),
    [
        ("2025-05-06", "2025-05-05 20:00"),
        ("2025-05-09", "2025-05-08 20:00"),
        ("2025-05-12", "2025-05-11 20:00"),  # Monday's listing is announced on Sunday evening
    ],
)
def test_a_listing_is_announced_on_the_evening_before(listing: str, announced: str) -> None:
    assert PLAIN.announced_at(date.fromisoformat(listing)) == eastern(announced)


def test_tuesdays_window_spans_the_weekend() -> None:
    start, end = PLAIN.submission_window(date(2025, 5, 6))
    assert (start, end) == (eastern("2025-05-02 14:00"), eastern("2025-05-05 14:00"))


@given(st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)))
def test_a_submission_lies_in_the_window_of_its_listing(moment: datetime) -> None:
    calendar = bundled_calendar()
    submitted = moment.replace(tzinfo=UTC)
    day = calendar.listing_day_of(submitted)
    start, end = calendar.submission_window(day)
    assert start <= submitted < end <= calendar.announced_at(day)
    assert calendar.is_listing_day(day)


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)))
def test_windows_follow_each_other_without_gap(day: date) -> None:
    calendar = bundled_calendar()
    listing = calendar.next_listing_day(day)
    following = calendar.next_listing_day(listing)
    assert calendar.submission_window(listing)[1] == calendar.submission_window(following)[0]
    assert calendar.previous_listing_day(following) == listing


@pytest.mark.parametrize(
    ("day", "closing_utc"),
    [
        ("2025-03-07", "2025-03-06 19:00"),  # standard time
        ("2025-03-11", "2025-03-10 18:00"),  # the clocks went forward on 9 March
        ("2025-10-31", "2025-10-30 18:00"),
        ("2025-11-04", "2025-11-03 19:00"),  # the clocks went back on 2 November
    ],
)
def test_closing_follows_daylight_saving(day: str, closing_utc: str) -> None:
    closing = PLAIN.submission_window(date.fromisoformat(day))[1]
    assert closing == datetime.fromisoformat(closing_utc).replace(tzinfo=UTC)


def test_the_window_over_a_change_of_clocks_is_an_hour_shorter_or_longer() -> None:
    spring, autumn = PLAIN.submission_window(date(2025, 3, 11)), PLAIN.submission_window(date(2025, 11, 4))
    assert spring[1] - spring[0] == timedelta(hours=71)
    assert autumn[1] - autumn[0] == timedelta(hours=73)


@pytest.mark.parametrize(("day", "hour"), [("2025-03-10", 0), ("2025-03-11", 0), ("2025-11-03", 1), ("2025-11-04", 1)])
def test_announcements_keep_their_eastern_hour_through_changes_of_clocks(day: str, hour: int) -> None:
    """20:00 Eastern is 00:00 UTC in summer (from 9 March 2025) and 01:00 in winter (from 2 November 2025)."""
    announced = PLAIN.announced_at(date.fromisoformat(day))
    assert (announced.hour, announced.date()) == (hour, date.fromisoformat(day))


@pytest.mark.parametrize(
    ("now", "newest"),
    [
        ("2025-05-08T04:59:59", "2025-05-07"),
        ("2025-05-08T05:00:00", "2025-05-08"),
        ("2025-05-08T00:10:00", "2025-05-07"),  # 09:10 in Tokyo: tonight's listing is not there yet
        ("2025-05-10T12:00:00", "2025-05-09"),
        ("2025-05-12T02:00:00", "2025-05-09"),  # announced, but not in the index before midnight
        ("2025-05-12T05:00:00", "2025-05-12"),
        ("2025-01-15T04:59:00", "2025-01-14"),
        ("2025-01-15T05:00:00", "2025-01-15"),
    ],
)
def test_the_newest_complete_listing_is_the_last_one_in_the_rebuilt_index(now: str, newest: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert PLAIN.newest_complete(moment) == date.fromisoformat(newest)


def test_a_listing_is_announced_before_it_is_complete() -> None:
    moment = datetime(2025, 5, 8, 1, 0, tzinfo=UTC)
    assert PLAIN.newest_announced(moment) == date(2025, 5, 8)
    assert PLAIN.newest_complete(moment) == date(2025, 5, 7)


@pytest.mark.parametrize(
    ("missing", "name"),
    [("2025-06-20", "Juneteenth"), ("2025-07-07", "Independence Day"), ("2025-09-02", "Labor Day")],
)
def test_the_listings_missing_from_the_recorded_data_are_explained(missing: str, name: str) -> None:
    calendar = bundled_calendar()
    assert calendar.why_no_listing(date.fromisoformat(missing)) == f"holiday: {name}"


def test_a_holiday_on_friday_takes_mondays_listing() -> None:
    """Friday's papers are announced on Sunday, which is put off; Friday's own listing was announced on Thursday."""
    calendar = bundled_calendar()
    assert calendar.is_listing_day(date(2026, 7, 3))
    assert not calendar.is_listing_day(date(2026, 7, 6))
    assert calendar.listing_day_of(eastern("2026-07-02 15:00")) == date(2026, 7, 7)


def test_papers_of_a_holiday_join_the_next_listing() -> None:
    calendar = bundled_calendar()
    start, end = calendar.submission_window(date(2025, 6, 23))
    assert (start, end) == (eastern("2025-06-18 14:00"), eastern("2025-06-20 14:00"))
    assert calendar.newest_complete(datetime(2025, 6, 20, 12, tzinfo=UTC)) == date(2025, 6, 19)


def test_all_of_2026s_holidays_are_known() -> None:
    days = {day for day in bundled_calendar().holidays if day.year == 2026}
    expected = "01-01 01-19 06-19 07-03 09-07 11-26 12-25 12-29 12-31"
    assert {f"{day:%m-%d}" for day in days} == set(expected.split())


def test_every_weekday_of_the_replayed_period_has_a_listing_or_a_reason() -> None:
    """The recorded period has 75 weekdays and 74 listings."""
    calendar = bundled_calendar()
    weekdays = [day for day in days_between(date(2025, 3, 18), date(2025, 6, 30)) if day.weekday() < 5]
    assert len(weekdays) == 75
    assert len(calendar.listing_days(date(2025, 3, 18), date(2025, 6, 30))) == 74


def test_weekends_have_no_listing() -> None:
    assert PLAIN.why_no_listing(date(2025, 5, 10)) == "weekend"
    assert PLAIN.why_no_listing(date(2025, 5, 8)) == ""


def test_holidays_without_end_are_an_error_and_not_an_endless_search() -> None:
    everything = {date(2025, 1, 1) + timedelta(days=number): "strike" for number in range(200)}
    with pytest.raises(ValueError, match="check the holidays"):
        Calendar(everything).next_listing_day(date(2025, 1, 10))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[2025]\n2026-01-01 = "New Year"', "not a date of that year"),
        ('[2025]\n"first of May" = "Labour"', "not a date of that year"),
        ("[2025]\n2025-05-01 = 3", "no name"),
        ("2025 = 1", "write a table"),
        ("[2025", "Expected"),
    ],
)
def test_a_damaged_holiday_file_says_what_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_holidays(text)


def test_arxivs_date_is_the_eastern_one() -> None:
    assert eastern_date(datetime(2025, 5, 8, 3, 59, tzinfo=UTC)) == date(2025, 5, 7)
    assert eastern_date(datetime(2025, 1, 8, 4, 59, tzinfo=UTC)) == date(2025, 1, 7)


# Years whose holidays arXiv has not published yet.

FORESEEN = {
    2027: "01-01 01-18 06-18 07-05 09-06 11-25 12-24 12-31",
    2028: "01-17 06-19 07-04 09-04 11-23 12-25",
    2029: "01-01 01-15 06-19 07-04 09-03 11-22 12-25",
    2030: "01-01 01-21 06-19 07-04 09-02 11-28 12-25",
}
"""Observed days, on weekdays: 1 January 2028 is a Saturday, kept on 31 December 2027."""


@pytest.mark.parametrize("year", FORESEEN)
def test_the_holidays_of_later_years_come_by_rule(year: int) -> None:
    calendar = bundled_calendar()
    weekdays = [day for day in days_between(date(year, 1, 1), date(year, 12, 31)) if day.weekday() < 5]
    foreseen = {f"{day:%m-%d}" for day in weekdays if calendar.predicted(day)}
    assert foreseen == set(FORESEEN[year].split())


@pytest.mark.parametrize("day", ["2027-01-19", "2027-06-21", "2027-07-06", "2027-09-07", "2027-11-26"])
def test_a_listing_that_a_predicted_holiday_takes_is_not_expected_and_asked_for_all_the_same(day: str) -> None:
    missing = date.fromisoformat(day)
    calendar = bundled_calendar()
    assert "as far as can be foreseen" in calendar.why_no_listing(missing)
    assert calendar.is_predicted(missing)
    noon = datetime(missing.year, missing.month, missing.day, 12, tzinfo=UTC)
    assert calendar.newest_possible(noon) == missing
    assert calendar.newest_complete(noon) < missing
    assert calendar.newest_possible(noon - timedelta(hours=9)) < missing


@pytest.mark.parametrize("day", ["2027-02-16", "2027-06-01", "2027-10-12", "2027-11-12", "2025-05-27"])
def test_presidents_memorial_columbus_and_veterans_day_have_listings(day: str) -> None:
    assert bundled_calendar().is_listing_day(date.fromisoformat(day))


def test_in_a_published_year_nothing_is_predicted() -> None:
    calendar = bundled_calendar()
    assert not any(calendar.predicted(day) for day in days_between(date(2025, 1, 1), date(2026, 12, 31)))
    assert not calendar.is_predicted(date(2026, 11, 27))
    assert calendar.why_no_listing(date(2026, 11, 27)) == "holiday: Thanksgiving"
    assert newest_published_year(calendar) == 2026


@pytest.mark.parametrize("year", FORESEEN)
def test_in_any_year_to_come_each_moment_has_one_listing(year: int) -> None:
    """Submission windows follow each other without gap; each paper is in exactly one; no gap is longer than six days."""
    calendar = bundled_calendar()
    days = calendar.listing_days(date(year, 1, 1), date(year + 1, 1, 5))
    for before, day in pairwise(days):
        assert calendar.submission_window(before)[1] == calendar.submission_window(day)[0]
        assert (day - before).days <= 6
        start, end = calendar.submission_window(day)
        for moment in (start, start + (end - start) / 2, end - timedelta(seconds=1)):
            assert calendar.listing_day_of(moment) == day
        assert calendar.complete_at(day) - calendar.announced_at(day) <= timedelta(hours=5)
