"""Hold what a channel has to write down, apart from how it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.models import Digest, Paper

_MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """A paper and the title of the section it belongs to, "" if to none."""

    paper: Paper
    section: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """One vote that stands, without a name: `reader` is a number from 1, in the order of their first votes here.

    `worth` in [-1, 1] is what the emoji counts. `digest` and `position` say where the reader saw the paper, None for a
    vote on one that was never posted.
    """

    day: date
    paper: Paper
    reader: int
    emoji: str
    worth: float
    digest: int | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class PostedPaper:
    """A paper as it was posted: when (aware), with which scores 1-10 and which comment."""

    paper: Paper
    at: datetime
    relevance: int
    novelty: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    """What is to be written of one channel; of the last four only what the format wants is filled.

    `channel` is its key, `address` a text that names it among all channels of all installations. `today` is the date
    there. `sections` are the titles of `listed`'s sections in their order.
    """

    channel: str
    address: str
    today: date
    sections: tuple[str, ...] = ()
    listed: tuple[Listed, ...] = ()
    digests: tuple[Digest, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    posted: tuple[PostedPaper, ...] = ()


class Wants(StrEnum):
    """What a format is made of."""

    PAPERS = "papers"  # liked, saved or posted ones
    SECTIONS = "sections"  # the same, each in its section
    DIGESTS = "digests"
    OPINIONS = "votes"
    POSTED = "posts"


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a collection down, and what it is made of."""

    wants: Wants
    write: Callable[[Collected], str]


def shortened(names: Sequence[str]) -> tuple[str, ...]:
    """The names, of a very long list the first and how many others there are."""
    if len(names) <= _MOST_NAMES:
        return tuple(names)
    return (*names[:_MOST_NAMES], f"and {len(names) - _MOST_NAMES} others")


def date_of(paper: Paper) -> date:
    """The day a list dates a paper by: its listing day, else that of its submission."""
    return paper.listing_day or paper.published_at.date()
