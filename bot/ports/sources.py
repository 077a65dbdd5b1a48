"""What is asked of a source of papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from bot.models import (
    Finding,
    Listing,
    Paper,
    Question,
)

Progress = Callable[[str, int, int], None]
"""Called as progress(stage, done, total) during long work; total 0 means unknown."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Report progress to nobody."""


class Throttle(Protocol):
    """A turn at a resource that all processes on one database share."""

    async def turn(self) -> None:
        """Return when it is this caller's turn; turns are at least the agreed interval apart."""
        ...


class Source(Protocol):
    """Where papers come from."""

    @property
    def name(self) -> str:
        """The source's name in the listings table."""
        ...

    def newest_day(self, now: datetime) -> date:
        """The newest listing day that may be complete at `now` (aware), by the source's own calendar.

        It may have a `quiet_reason`, if that is no more than a prediction: then it is asked for, but not expected.
        """
        ...

    def quiet_reason(self, day: date) -> str:
        """Why no listing is expected on `day` ("weekend", "holiday: Thanksgiving"), or "" if one is."""
        ...

    async def newest(self, categories: Sequence[str], progress: Progress = no_progress) -> Listing:
        """The newest announcement in these categories, with its day, types and papers.

        A listing with state EMPTY means that the source shows no announcement now (weekend, holiday).

        Raises:
            SourceError: nothing believable could be read.
        """
        ...

    async def days(
        self, first: date, last: date, categories: Sequence[str], progress: Progress = no_progress
    ) -> tuple[Listing, ...]:
        """The listings of every day from `first` to `last`, both included, oldest first.

        Days without announcement have state EMPTY; days not announced yet PENDING.

        Raises:
            SourceError: nothing believable could be read.
        """
        ...

    async def papers(self, arxiv_ids: Sequence[str], progress: Progress = no_progress) -> tuple[Paper, ...]:
        """The papers with these ids, as far as they exist, in the order asked.

        Raises:
            SourceError: nothing believable could be read.
        """
        ...

    async def search(self, question: Question, limit: int) -> tuple[Paper, ...]:
        """The papers that fit the question's words, phrases, authors, categories and days, best first.

        What a source cannot know (what was seen or liked) it leaves out of account.

        Raises:
            SourceError: nothing believable could be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source is now, for the doctor; `their_time` is what its server's clock said, None if it said nothing."""

    findings: tuple[Finding, ...]
    their_time: datetime | None = None


@runtime_checkable
class KnowsItself(Protocol):
    """A source that can be examined."""

    async def examine(self, categories: Sequence[str]) -> SourceState:
        """What one polite request about these categories tells; a failure is a finding."""
        ...
