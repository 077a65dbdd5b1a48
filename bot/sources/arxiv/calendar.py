"""arXiv's calendar: when papers are received, announced and readable. Pure.

A listing is dated the day after the evening on which it is announced, so listings are dated Monday to Friday.
Everything follows from two Eastern times: submissions close at 14:00, announcements are made at 20:00.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
YEARS = range(1991, 2200)
"""From arXiv's first one to any that a calendar can compute with; a date outside is a fault of whoever sent it."""

_CLOSES = time(14, 0)
_ANNOUNCES = time(20, 0)
_REBUILT_UTC = time(5, 0)
_DAY = timedelta(days=1)
_LONGEST_GAP_DAYS = 60
_SATURDAY = 5


def _never(_day: date) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days have a listing, and which submissions belong to it.

    `holidays` names the days on whose evening arXiv announces nothing, as arXiv has published them; of the other years
    `predicted` names a day that is likely to be one. The listing that is missing is then the next weekday's: a holiday
    on a Friday takes Monday's, because Friday's papers are announced on Sunday evening.
    """

    holidays: Mapping[date, str] = field(default_factory=dict)
    predicted: Callable[[date], str] = _never

    def is_listing_day(self, day: date) -> bool:
        """Whether a listing with this date is expected."""
        return not self.why_no_listing(day)

    def why_no_listing(self, day: date) -> str:
        """Why no listing has this date ("weekend", "holiday: Juneteenth"); "" if one is expected."""
        if day.weekday() >= _SATURDAY:
            return "weekend"
        evening = _weekday_before(day)
        if name := self.holidays.get(evening):
            return f"holiday: {name}"
        name = self.predicted(evening)
        return f"holiday: {name}, as far as can be foreseen" if name else ""

    def is_predicted(self, day: date) -> bool:
        """Whether only a prediction says that no listing has this date, so that it has to be asked all the same."""
        evening = _weekday_before(day)
        return day.weekday() < _SATURDAY and evening not in self.holidays and bool(self.predicted(evening))

    def listing_days(self, first: date, last: date) -> tuple[date, ...]:
        """The days with a listing from `first` to `last`, both included, in order."""
        return tuple(day for day in days_between(first, last) if self.is_listing_day(day))

    def next_listing_day(self, day: date) -> date:
        """The first listing day after `day`.

        Raises:
            ValueError: there is none within two months, so the holidays cannot be right.
        """
        return self._nearest(day, _DAY)

    def previous_listing_day(self, day: date) -> date:
        """The last listing day before `day`.

        Raises:
            ValueError: there is none within two months, so the holidays cannot be right.
        """
        return self._nearest(day, -_DAY)

    def submission_window(self, day: date) -> tuple[datetime, datetime]:
        """When the papers of this listing were received if nothing held them up: start included, end not, UTC."""
        return _closing(self.previous_listing_day(day)), _closing(day)

    def listing_day_of(self, submitted_at: datetime) -> date:
        """The listing of a paper received then if nothing holds it up. `submitted_at` is aware."""
        day = submitted_at.astimezone(EASTERN).date()
        while not (self.is_listing_day(day) and submitted_at < _closing(day)):
            day = self.next_listing_day(day)
        return day

    def announced_at(self, day: date) -> datetime:
        """When the listing of this date is announced: the evening before, as UTC."""
        return _eastern(day - _DAY, _ANNOUNCES)

    def complete_at(self, day: date) -> datetime:
        """When API and feeds show this listing for certain: midnight Eastern or 05:00 UTC, whichever is later."""
        return max(_eastern(day, time(0)), datetime.combine(day, _REBUILT_UTC, UTC))

    def newest_complete(self, now: datetime) -> date:
        """The newest listing that is expected to be readable at `now` (aware)."""
        day = now.astimezone(UTC).date()
        if self.is_listing_day(day) and self.complete_at(day) <= now:
            return day
        return self.previous_listing_day(day)

    def newest_possible(self, now: datetime) -> date:
        """Like `newest_complete`, but it may be a day that is only predicted to have no listing."""
        day = now.astimezone(UTC).date()
        return day if self.is_predicted(day) and self.complete_at(day) <= now else self.newest_complete(now)

    def newest_announced(self, now: datetime) -> date:
        """The newest listing of which anything can be seen at `now`, perhaps not all of it."""
        day = self.next_listing_day(self.newest_complete(now))
        return day if self.announced_at(day) <= now else self.previous_listing_day(day)

    def _nearest(self, day: date, step: timedelta) -> date:
        found = day
        for _ in range(_LONGEST_GAP_DAYS):
            found += step
            if self.is_listing_day(found):
                return found
        raise ValueError(f"no listing day within {_LONGEST_GAP_DAYS} days of {day}: check the holidays")


def eastern_date(moment: datetime) -> date:
    """The date in arXiv's time zone."""
    return moment.astimezone(EASTERN).date()


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    day = first
    while day <= last:
        yield day
        day += _DAY


def _closing(day: date) -> datetime:
    """When submissions for the listing of this date close."""
    return _eastern(_weekday_before(day), _CLOSES)


def _weekday_before(day: date) -> date:
    before = day - _DAY
    while before.weekday() >= _SATURDAY:
        before -= _DAY
    return before


def _eastern(day: date, at: time) -> datetime:
    return datetime.combine(day, at, EASTERN).astimezone(UTC)
