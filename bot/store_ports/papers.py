"""What is asked of the store about papers, listings and scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from bot.models import AnnounceType, Listing, ListingState, Paper, Score

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class PaperStore(Protocol):
    """Papers, their vectors, and what they say together."""

    async def get(self, arxiv_ids: Sequence[str]) -> Mapping[str, Paper]:
        """The known ones among these ids."""
        ...

    async def before(self, day: date, limit: int) -> tuple[Paper, ...]:
        """The newest `limit` papers of listing days up to and including `day`, newest first."""
        ...

    async def add(self, papers: Sequence[Paper], seen_at: datetime) -> int:
        """Insert or refresh papers; an older version never overwrites a newer. Returns how many were new."""
        ...

    async def vectors(self, arxiv_ids: Sequence[str], embedder: str) -> Mapping[str, NDArray[np.float32]]:
        """The stored vectors of these papers."""
        ...

    async def add_vectors(self, embedder: str, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Store vectors, replacing older ones of the same embedder."""
        ...

    async def background(self, embedder: str) -> tuple[date, bytes] | None:
        """The stored background: the last listing day it counts, and its bytes, which the store does not read."""
        ...

    async def save_background(self, embedder: str, upto: date, blob: bytes) -> None:
        """Store the background, replacing the one before."""
        ...

    async def count(self) -> int:
        """How many papers the archive holds."""
        ...


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


class ListingStore(Protocol):
    """Which listings were read, and who was announced in them."""

    async def save(self, source: str, listing: Listing, checked_at: datetime) -> int:
        """Store a listing with its papers and entries; repeating it changes nothing. Returns how many are new."""
        ...

    async def records(
        self, source: str, categories: Sequence[str], first: date, last: date
    ) -> tuple[ListingRecord, ...]:
        """What is known of these days, oldest first."""
        ...

    async def newest_complete(self, source: str, categories: Sequence[str], upto: date) -> date | None:
        """The newest day, not after `upto`, on which every one of the categories is complete."""
        ...

    async def entries(
        self,
        categories: Sequence[str],
        types: Sequence[AnnounceType],
        first: date,
        last: date,
        seen_after: datetime | None = None,
    ) -> tuple[str, ...]:
        """The distinct papers announced so on these days, in order of day and id.

        With `seen_after` only those whose line was stored after that moment.
        """
        ...

    async def announced(self, categories: Sequence[str], days: Sequence[date]) -> int:
        """How many distinct papers were announced on these days, of every type."""
        ...


class ScoreStore(Protocol):
    """Scores, kept by what they depend on."""

    async def get(self, cache_key: str, papers: Sequence[Paper]) -> Mapping[str, Score]:
        """Stored scores of exactly these versions under this key."""
        ...

    async def add(self, cache_key: str, scores: Sequence[Score], at: datetime) -> None:
        """Store scores, replacing those of the same key and version."""
        ...
