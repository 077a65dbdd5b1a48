"""The bot's own health: the doctor's findings, alarms, figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Severity(StrEnum):
    """How bad a doctor's finding is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: what was checked, what was seen, and what to do about it."""

    severity: Severity
    subject: str
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class PlatformStatus:
    """Whether a platform is connected now, and since when or why not; `is_missed` if somebody misses it while not."""

    connected: bool
    detail: str = ""
    is_missed: bool = True


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """A sound file: its size with its log, its newest step, and the steps that this Paperlark would still take."""

    size_bytes: int
    schema: str
    pending: tuple[str, ...] = ()
    is_writable: bool = True


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that needs a person. `told_at` is None until somebody was told."""

    name: str
    since: datetime
    text: str
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MorningReport:
    """How the morning due at `due` went; `trouble` is one clause, "" for a good morning."""

    channel: str
    due: datetime
    trouble: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What the database counts. Amounts of LLM calls are by model; `usd` counts priced calls only.

    `last_morning` is when a channel's newest morning was posted to its end.
    """

    posts: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (channel, state)
    digests: Mapping[str, int] = field(default_factory=dict)
    votes: Mapping[str, int] = field(default_factory=dict)
    papers: int = 0
    scores: int = 0
    llm_calls: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (model, outcome)
    llm_tokens: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (model, prompt or completion)
    llm_usd: Mapping[str, float] = field(default_factory=dict)
    newest_listing: date | None = None
    last_morning: Mapping[str, datetime] = field(default_factory=dict)
