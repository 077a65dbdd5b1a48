"""Scores, contributions and ranked papers, what scoring cost, and how posted papers fared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.models.papers import Paper


@dataclass(frozen=True, slots=True)
class Score:
    """What a scorer said about one paper. Relevance and novelty are integers 1-10.

    `closeness` is a scorer's finer, unbounded measure of relevance behind the integer, used to break ties;
    NaN-free; 0.0 where a scorer has none. `scorer` is "local" or "llm"; `model` names the embedder or LLM.
    `fallback` marks a local score that stands in for an LLM's.
    """

    arxiv_id: str
    version: int
    relevance: int
    novelty: int
    comment: str
    topics: tuple[int, ...] = ()
    scorer: str = "local"
    model: str = ""
    closeness: float = 0.0
    fallback: bool = False


@dataclass(frozen=True, slots=True)
class Contribution:
    """A named part of a paper's utility, e.g. ("topic", "topic 5 (kv cache)", 2.1).

    `kind` is one of "topic", "scores", "liked", "disliked", "imported", "author", "follow", "exploration", "rest".
    `arxiv_id` names the voted paper behind a "liked" or "disliked" share, and the paper of a list behind an "imported"
    one, whose label is the list's name.
    """

    kind: str
    label: str
    value: float
    arxiv_id: str | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A paper as it was ranked. `position` is 1-based; `utility` equals the sum of `contributions` within 1e-6.

    `propensity` is the probability with which this paper had this chance to be shown (1.0 unless explored).
    """

    paper: Paper
    score: Score
    position: int
    utility: float
    contributions: tuple[Contribution, ...] = ()
    propensity: float = 1.0
    exploration: bool = False


@dataclass(frozen=True, slots=True)
class TokenCost:
    """What a digest's scoring used. Costs in USD; None is unknown, never zero.

    `cached_tokens` are those of the prompt that a provider had in its cache, `reasoning_tokens` those of the completion
    that nobody sees; both are counted in the numbers before them as well.
    """

    model: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_usd: float | None = None
    completion_usd: float | None = None
    cached_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Weights:
    """One version of what was learned for a channel. The store keeps the blob's bytes and does not read them."""

    version: int
    fitted_at: datetime
    metrics: Mapping[str, float | str]
    blob: bytes


@dataclass(frozen=True, slots=True)
class Week:
    """One week from Monday `start`. Precision is the liked share of the first papers of the digests that got votes.

    `precision` is for the order as posted, `topics_precision` for the same papers in the order of topics and scores
    alone; both None in a week without votes on posted papers. `judged` counts those first papers.
    """

    start: date
    shown: int
    votes: int
    judged: int = 0
    precision: float | None = None
    topics_precision: float | None = None


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """A channel's weeks, oldest first, and its likes by topic number (0 for papers without one), most liked first."""

    weeks: tuple[Week, ...]
    liked_topics: tuple[tuple[int, int], ...]
    n_liked: int
    n_disliked: int
