"""The evenings without announcement: those that arXiv has published, and by rule those of later years."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources

from bot.sources.arxiv.calendar import Calendar

# Of the federal holidays arXiv's published lists have these, and not Presidents', Memorial, Columbus or Veterans Day.
_KEPT = ("New Year", "Martin Luther King", "Juneteenth", "Independence Day", "Labor Day", "Thanksgiving", "Christmas")


def read_holidays(text: str) -> Mapping[date, str]:
    """The holidays of a file with a table `[year]` of lines `YYYY-MM-DD = "name"`.

    Raises:
        ValueError: it is not TOML, or something else stands where a date of that year or a name should.
    """
    holidays: dict[date, str] = {}
    for year, days in tomllib.loads(text).items():
        if not isinstance(days, dict):
            raise ValueError(f'{year} = {days!r}: write a table [{year}] of lines YYYY-MM-DD = "name"')  # noqa: TRY004
        for day, name in days.items():
            holidays[_date_in(year, day)] = _name_of(day, name)
    return holidays


def _date_in(year: str, text: object) -> date:
    day: date | None
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        day = None
    if day is None or str(day.year) != year:
        raise ValueError(f"holidays of {year}: {text!r} is not a date of that year, written YYYY-MM-DD")
    return day


def _name_of(day: object, name: object) -> str:
    if not isinstance(name, str) or not name:
        raise ValueError(f'holiday {day}: {name!r} is no name, such as "Thanksgiving"')
    return name


@cache
def bundled_calendar() -> Calendar:
    """The calendar with the published holidays that are shipped, and those of the other years by rule."""
    text = resources.files(__package__).joinpath("holidays.toml").read_text(encoding="utf-8")
    published = read_holidays(text)
    years = frozenset(day.year for day in published)
    return Calendar(published, lambda day: "" if day.year in years else by_rule(day))


def newest_published_year(calendar: Calendar) -> int:
    """The last year of which arXiv's own dates are known; 0 if there is none."""
    return max((day.year for day in calendar.holidays), default=0)


def by_rule(day: date) -> str:
    """The federal holiday observed on this day, if it is one of those that arXiv keeps; "" if not."""
    name = _federal().get(day) or ""
    return name if any(kept in name for kept in _KEPT) else ""


@cache
def _federal() -> Mapping[date, str]:
    from holidays import country_holidays  # late: it takes a tenth of a second

    return country_holidays("US")  # each year is computed when it is asked for
