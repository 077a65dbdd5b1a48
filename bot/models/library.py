"""Lists of papers that channels were given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ListUse(StrEnum):
    """What a list's papers are to the channel."""

    LIKED = "liked"  # somebody chose them, so that they teach
    POSTED = "posted"  # readers have seen them, so that they are not posted again
    DISLIKED = "disliked"  # somebody refused them: seen as well, and never taken for likes


class ListChange(StrEnum):
    """What importing a list came to."""

    NEW = "new"
    REPLACED = "replaced"  # a list of this name was there and said something else
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A paper as a list has it; what the list does not say is empty.

    `sections` are those it is listed in, each a path of titles from the outermost. `links` are label and address.
    """

    arxiv_id: str
    sections: tuple[tuple[str, ...], ...] = ()
    publication: str = ""
    links: tuple[tuple[str, str], ...] = ()
    listed_on: date | None = None
    note: str = ""
    relevance: int | None = None
    novelty: int | None = None


@dataclass(frozen=True, slots=True)
class TopicBranch:
    """One node of a list's topic tree; `parent` is the index of the branch it belongs to, which stands before it.

    A leaf that is a paper has its `arxiv_id`, or at least its `url`.
    """

    title: str
    parent: int | None = None
    arxiv_id: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ImportedList:
    """A list that a channel was given, known by its `origin`: its name as readers see it.

    `weight` in (0, 1] is what each of its papers counts beside a reader's like, if `use` is LIKED. `topics_text` says
    in the form of a topics file what it is about, "" if it has no sections.
    """

    channel: str
    origin: str
    format: str
    use: ListUse
    weight: float
    imported_at: datetime
    entries: tuple[ListEntry, ...]
    tree: tuple[TopicBranch, ...] = ()
    topics_text: str = ""
