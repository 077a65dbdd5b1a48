"""What is asked of whatever embeds, scores, or answers in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot.models import (
    Background,
    Paper,
    Score,
    TokenCost,
    Topics,
)
from bot.ports.sources import Progress, no_progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Embedder(Protocol):
    """Turns texts into vectors. Thread-safe; blocking, so called from worker threads."""

    @property
    def name(self) -> str:
        """Names the vectors in the database; another model has another name."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of each vector."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors `(n_texts, dimensions)`, float32; an empty text has the zero vector.

        Raises:
            EmbedderError: no vectors could be made.
        """
        ...


Keep = Callable[[Sequence[Score]], Awaitable[None]]
"""Called with scores as soon as they are final, so that what was paid for survives a crash."""

CascadeOrder = Callable[[Sequence[Score]], Sequence[int]]
"""Given a local score of every paper, the indexes of those worth a closer look, best first; muted ones are left out."""


async def keep_nothing(scores: Sequence[Score]) -> None:
    """Leave the keeping of scores to the end."""


@dataclass(frozen=True, slots=True)
class ScoringJob:
    """Papers to score against topics, in the light of what is already known.

    `vectors` is float32 `(n_papers, dimensions)`, aligned with `papers`, from `embedder`. `background` holds nothing
    later than the papers' listing day. `archive` holds past papers, newest first, and `archive_vectors` `(n_archive,
    dimensions)` theirs: what a topic usually looks like, and what is not new any more. Both may be empty.

    The rest matters to a scorer that costs something. `known` holds final scores given before under the same
    fingerprint; they stand, and are not paid for again. `order` says whom to ask about first (default: by closeness),
    `wanted` how many papers can be posted, `votes` how many the order has learned from. What is spent is booked on
    `channel`. With `rehearsal` nothing is sent.
    """

    papers: tuple[Paper, ...]
    topics: Topics
    vectors: NDArray[np.float32]
    background: Background
    archive: tuple[Paper, ...] = ()
    archive_vectors: NDArray[np.float32] | None = None
    channel: str = ""
    known: Mapping[str, Score] = field(default_factory=dict)
    order: CascadeOrder | None = None
    wanted: int = 15
    votes: int = 0
    keep: Keep = keep_nothing
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class ScoringResult:
    """Scores in the order of the job's papers, what they cost, and honest remarks for the reader.

    A score with `fallback` is not final: asking again may give a better one. `scored_by` is what the header says, if
    not the scorer's name. After a rehearsal `rehearsed` says what would have been sent.
    """

    scores: tuple[Score, ...]
    cost: TokenCost | None = None
    remarks: tuple[str, ...] = ()
    scored_by: str = ""
    rehearsed: str = ""


class Scorer(Protocol):
    """Judges papers: relevance to the topics and novelty, each 1-10."""

    @property
    def name(self) -> str:
        """What the digest's header says it was scored by."""
        ...

    @property
    def fingerprint(self) -> str:
        """What its scores depend on besides paper and topics: the model, the embedder, the prompt."""
        ...

    async def score(self, job: ScoringJob, progress: Progress = no_progress) -> ScoringResult:
        """Score every paper of the job.

        Raises:
            ScorerError: no scores could be made at all.
        """
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A question answered in words. `sentences` cite papers by their position in the list given, from 1.

    `model` wrote it; `cost` is what it used, None if unknown.
    """

    sentences: tuple[str, ...]
    model: str
    cost: TokenCost | None = None


class Answerer(Protocol):
    """Answers a question in a few sentences out of papers. Its words are checked by `bot.citations` before use."""

    async def answer(self, question: str, papers: Sequence[Paper], channel: str) -> Answer:
        """The answer; what it costs is booked on `channel`.

        Raises:
            AnswerError: there is none: the model failed, refused, or the budget is reached.
        """
        ...
