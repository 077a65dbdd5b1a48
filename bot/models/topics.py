"""Topics: what readers wrote down that they want to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Topic:
    """One numbered topic of a topics file. `number` is its 1-based position, whatever the file says."""

    number: int
    title: str
    relevant: str = ""
    not_relevant: str = ""

    @property
    def text(self) -> str:
        """Title and relevant part: what a paper should resemble. Never the not-relevant part."""
        return f"{self.title}. {self.relevant}" if self.relevant else self.title


@dataclass(frozen=True, slots=True)
class Topics:
    """What was understood of a topics text.

    `raw` is the text as written, the prompt of record. `keywords` maps a list's name in lower case
    ("relevant", "irrelevant", "application", …) to its phrases. `warnings` say, in a reader's words,
    what looks wrong.
    """

    raw: str
    topics: tuple[Topic, ...] = ()
    taste: tuple[str, ...] = ()
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicsVersion:
    """One version of a channel's topics text."""

    channel: str
    version: int
    raw: str
    origin: str
    created_at: datetime
