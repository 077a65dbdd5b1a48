"""Reads the dated list of evenings without announcement that is shipped beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources

from bot.sources.arxiv.calendar import Calendar


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
    """The calendar with the holidays that are shipped."""
    text = resources.files(__package__).joinpath("holidays.toml").read_text(encoding="utf-8")
    return Calendar(read_holidays(text))
