"""What is asked of the store about searching the archive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.models import Paper, Question

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Found:
    """One paper that may answer a question; `closeness` is its centred cosine with it, 0.0 without a vector."""

    paper: Paper
    closeness: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What the archive offers for a question: a pool to choose from, in no particular order.

    `frequency` counts the papers that hold each word of the question, out of `n_papers`. `fitting` counts the papers
    its filters and phrases leave, None where it has neither.
    """

    pool: tuple[Found, ...]
    frequency: Mapping[str, int]
    n_papers: int
    fitting: int | None = None


@dataclass(frozen=True, slots=True)
class LiveSearch:
    """What a source's own search found for a question, and when."""

    arxiv_ids: tuple[str, ...]
    asked_at: datetime


class SearchStore(Protocol):
    """The archive as something to ask."""

    async def corrected(self, words: Sequence[str]) -> Mapping[str, str]:
        """For words that no paper holds: the nearest word of a title or an author's name, where one is near."""
        ...

    async def search(
        self,
        question: Question,
        vector: NDArray[np.float32] | None,
        embedder: str,
        *,
        among: frozenset[str] | None = None,
        without: frozenset[str] = frozenset(),
    ) -> SearchResult:
        """The papers that answer best by words, and those by meaning; of all that filters and phrases leave.

        `vector` `(dimensions,)` is the question's, of unit length, from `embedder`; None asks by words only. `among`
        and `without` are arxiv_ids. Without words and vector: the newest papers that are left.
        """
        ...

    async def nearest(self, vector: NDArray[np.float32], embedder: str, limit: int) -> tuple[Paper, ...]:
        """The papers of the whole archive nearest to a unit vector by cosine, nearest first."""
        ...

    async def live(self, question: str, since: datetime) -> LiveSearch | None:
        """What a source found for this question, if that is not older than `since`."""
        ...

    async def save_live(self, question: str, found: LiveSearch) -> None:
        """Remember what a source found; very old ones are dropped."""
        ...
