"""One channel's settings."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, ValidationInfo, field_validator

from bot.categories import check_category
from bot.settings.tables import PersonId, Strict
from bot.settings.times import TimeOfDay

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class CatchUp(StrEnum):
    """How missed listing days are posted after downtime."""

    FOLDED = "folded"  # one digest for all of them
    SINGLY = "singly"  # one remedial digest for each


class ScorerName(StrEnum):
    """Who judges the papers. "auto" is the LLM where the environment names a key or an address, else "local"."""

    AUTO = "auto"
    LOCAL = "local"
    LLM = "llm"


_NINE = time(9, 0)
_SLACK_PERSON = re.compile(r"[UW][A-Z0-9]{5,}")


@dataclass(frozen=True, slots=True)
class _IdForm:
    """How a platform's channel ids look, alone and within an address or a mention, and where a person finds one."""

    sound: re.Pattern[str]
    within: re.Pattern[str]
    example: str
    where: str


_IDS = {
    "slack": _IdForm(
        re.compile(r"[CGD][A-Z0-9]+"),
        re.compile(r"(?:archives/|<#)([CGD][A-Z0-9]+)"),
        "C024BE91L",
        "it stands at the end of the channel's details, under About",
    ),
    "discord": _IdForm(
        re.compile(r"\d+"),
        re.compile(r"(?:channels/\d+/|<#)(\d+)"),
        "80351110224678912",
        "switch on developer mode in your settings, then right-click the channel, Copy Channel ID",
    ),
}


class ChannelSettings(Strict):
    """What one channel wants. `papers` go to the channel, `more` to the header's thread.

    `platform` is a name of the registry of platforms. `managers` are ids of people who may change the channel besides
    those whom the platform names; `owner` is the id of whoever is told when its mornings go wrong.
    """

    platform: str = "console"
    id: str = "terminal"
    topics: Path = Path("topics.md")
    categories: tuple[str, ...] = ("cs.CL", "cs.LG")
    cross_lists: bool = True
    replacements: bool = False
    time: TimeOfDay = _NINE
    timezone: str = "UTC"
    weekdays: tuple[str, ...] = WEEKDAYS[:5]
    papers: int = Field(5, ge=0, le=50)
    more: int = Field(10, ge=0, le=50)
    min_relevance: int = Field(6, ge=1, le=10)
    mute_authors: tuple[str, ...] = ()
    mute_phrases: tuple[str, ...] = ()
    follow_authors: tuple[str, ...] = ()
    managers: tuple[PersonId, ...] = ()
    owner: PersonId = ""

    @field_validator("categories")
    @classmethod
    def _known_categories(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError('at least one arXiv category, such as "cs.CL"')
        complaints = [complaint for name in value if (complaint := check_category(name))]
        if complaints:
            raise ValueError("; ".join(complaints))
        return tuple(dict.fromkeys(value))

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        if value not in available_timezones():
            close = difflib.get_close_matches(value, available_timezones(), n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise ValueError(f'an IANA time zone such as "Europe/Berlin"{hint}')
        return value

    @field_validator("weekdays", mode="before")
    @classmethod
    def _known_weekdays(cls, value: object) -> object:
        allowed = f"a list of {', '.join(WEEKDAYS)}"
        if not isinstance(value, (list, tuple)) or not value:
            raise ValueError(allowed)
        days = [str(day).lower() for day in value]
        if not set(days) <= {*WEEKDAYS, *_FULL_WEEKDAYS}:
            raise ValueError(allowed)
        return tuple(day for day, full in zip(WEEKDAYS, _FULL_WEEKDAYS, strict=True) if {day, full} & set(days))

    @field_validator("more")
    @classmethod
    def _posts_something(cls, value: int, info: ValidationInfo) -> int:
        if value == 0 and info.data.get("papers") == 0:
            raise ValueError("at least 1 where papers is 0 too: not one paper would ever be posted")
        return value

    @field_validator("id")
    @classmethod
    def _is_an_id(cls, value: str, info: ValidationInfo) -> str:
        """Refuse what is at hand in place of an id: a name, an address, a person."""
        form = _IDS.get(info.data.get("platform", "console"))
        text = value.strip()
        if form is None or form.sound.fullmatch(text):
            return text
        if found := form.within.search(text):
            raise ValueError(f'only the channel\'s id itself; write id = "{found[1]}"')
        person = "that is a person; " if _SLACK_PERSON.fullmatch(text) else ""
        raise ValueError(f'{person}a channel\'s id such as "{form.example}", not its name: {form.where}')

    @property
    def zone(self) -> ZoneInfo:
        """The channel's time zone."""
        return ZoneInfo(self.timezone)
