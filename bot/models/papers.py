"""Papers and the listings they are announced in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class AnnounceType(StrEnum):
    """How a listing announces a paper in one category, in arXiv's words."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper, as last seen.

    `arxiv_id` is the base id without version. Times are aware UTC. `listing_day` is the date of
    the first listing it was announced in, None while unknown. `page` and `file` are the addresses its source gave,
    empty for arXiv's own.
    """

    arxiv_id: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    primary_category: str
    published_at: datetime
    updated_at: datetime
    version: int = 1
    comment: str | None = None
    withdrawn: bool = False
    listing_day: date | None = None
    page: str = ""
    file: str = ""

    @property
    def abs_url(self) -> str:
        """The page readers are sent to: the one that the source gave, else arXiv's."""
        return self.page or f"https://arxiv.org/abs/{self.arxiv_id}"

    @property
    def pdf_url(self) -> str | None:
        """The PDF, None where there is none: a withdrawn paper, or a source that gives a page alone."""
        if self.withdrawn or (self.page and not self.file):
            return None
        return self.file or f"https://arxiv.org/pdf/{self.arxiv_id}"


@dataclass(frozen=True, slots=True)
class ListingEntry:
    """A listing's line: this paper was announced in this category on this day, in this way."""

    arxiv_id: str
    category: str
    day: date
    announce_type: AnnounceType


class ListingState(StrEnum):
    """What is known of one day's listing of one category."""

    COMPLETE = "complete"  # announced and read
    PARTIAL = "partial"  # announced, but the source's witnesses do not agree yet on all that is in it
    EMPTY = "empty"  # known to have no announcement (weekend, holiday)
    PENDING = "pending"  # not announced yet, as far as anybody can tell
    FAILED = "failed"  # it should be there but could not be read


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source says about one listing day in some categories.

    `papers` holds details of every announced paper the source could give, `entries` every line.
    `witness` says how the day was assigned: "rss", "id block" or "submission window". The `note` of a PARTIAL listing
    is a clause for readers: why what is there may not be all.
    """

    day: date
    categories: tuple[str, ...]
    state: ListingState
    entries: tuple[ListingEntry, ...] = ()
    papers: tuple[Paper, ...] = ()
    witness: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Background:
    """What the archive says about words and meanings, so that a day is judged against the past.

    `document_frequency` counts, for each term, the papers that contain it, out of `n_papers`. `mean_vector` is the mean
    embedding, float32 `(dimensions,)`, or None before the first paper. `upto` is the last listing day counted; nothing
    later is in it.
    """

    n_papers: int = 0
    document_frequency: Mapping[str, int] = field(default_factory=dict)
    mean_vector: NDArray[np.float32] | None = None
    upto: date | None = None


@dataclass(frozen=True, slots=True)
class ListingRecord:
    """What is stored of one category's listing of one day."""

    category: str
    day: date
    state: ListingState
    announced: int
    checked_at: datetime
    witness: str
    note: str
