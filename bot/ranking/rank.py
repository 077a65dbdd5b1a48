"""Order a channel's candidates by a sum of named contributions, and select what is posted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.models import Background, Contribution, Paper, Ranked, Score, Topics
from bot.ranking.model import ChannelModel, Opinion
from bot.ranking.points import Shares, from_closeness, from_scores, with_points
from bot.ranking.rules import Rule, matching
from bot.ranking.terms import words
from bot.ranking.vocabulary import Vectorizer, vectorizer

PRIOR_FLOOR = 0.15  # what the topics keep, however much was learned

SAME_MEANING = 0.97  # cosine from which two papers are one paper told twice
NEAR_MEANING = 0.90  # cosine from which nearly equal titles make them so
SAME_WORDS = 0.8  # share of title words in common


@dataclass(frozen=True, slots=True)
class Exploration:
    """How many of the shown positions go to chance."""

    slots: int = 0
    seed: int = 0


NO_EXPLORATION = Exploration()
NO_BACKGROUND = Background()


@dataclass(frozen=True, slots=True)
class RankingInputs:
    """A channel's candidates and what is known about it.

    `papers[i]`, `scores[i]` and `vectors[i]` belong together; `vectors` is `(n_papers, dimensions)`. `model` is what
    the channel's readers have taught, None before the first vote; it needs the `background` up to the day before, or
    `today`, the vectorizer of that background and the papers, where one is at hand.
    """

    papers: Sequence[Paper]
    scores: Sequence[Score]
    vectors: NDArray[np.float32]
    topics: Topics
    rules: Sequence[Rule] = ()
    background: Background = NO_BACKGROUND
    model: ChannelModel | None = None
    today: Vectorizer | None = None

    def __post_init__(self) -> None:
        if not len(self.papers) == len(self.scores) == len(self.vectors):
            raise ValueError(f"{len(self.papers)} papers, {len(self.scores)} scores, {len(self.vectors)} vectors")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A paper left out because a better placed one, `of`, says the same."""

    ranked: Ranked
    of: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What is posted: the first `shown` of `posted` in the channel, the others in the thread.

    `relevant` counts the papers that reached the threshold, duplicates included and muted ones left out. `muted` and
    `duplicates` are relevant papers that were not posted for that reason.
    """

    posted: tuple[Ranked, ...]
    shown: int
    relevant: int
    duplicates: tuple[Duplicate, ...] = ()
    muted: tuple[Ranked, ...] = ()


def rank(inputs: RankingInputs) -> tuple[Ranked, ...]:
    """Every candidate, best first; utility is the sum of the contributions.

    Without a model the order is that of the scores: by closeness where all were scored locally, else by relevance plus
    novelty, with closeness as tie-break. With one an LLM's points count as far as the readers' votes agree with them.
    Papers no LLM has seen stand where its usual score for such papers would put them. Followed papers come before all
    others. Ties are ordered by arxiv_id.
    """
    if not inputs.papers:
        return ()
    shares = _shares(inputs)
    _follow(shares, inputs)
    utility = [math.fsum(share.value for share in of_paper) for of_paper in shares]
    order = sorted(range(len(utility)), key=lambda i: (-utility[i], inputs.papers[i].arxiv_id))
    return tuple(
        Ranked(inputs.papers[i], inputs.scores[i], position, utility[i], tuple(shares[i]))
        for position, i in enumerate(order, start=1)
    )


def select(
    inputs: RankingInputs,
    ranked: Sequence[Ranked],
    *,
    papers: int = 5,
    more: int = 10,
    min_relevance: int = 6,
    exploration: Exploration = NO_EXPLORATION,
) -> Selection:
    """The best `papers` plus `more` of what is relevant, renumbered from 1.

    Muted papers and near-duplicates of better ones give up their position to the next. A followed paper needs no
    relevance. Explored papers take the last positions of the channel.
    """
    followed = [bool(matching(inputs.rules, one.paper, mutes=False)) for one in ranked]
    wanted = [
        one
        for one, is_followed in zip(ranked, followed, strict=True)
        if is_followed or one.score.relevance >= min_relevance
    ]
    muted = tuple(one for one in wanted if matching(inputs.rules, one.paper, mutes=True))
    hidden = {one.paper.arxiv_id for one in muted}
    kept, duplicates = _without_duplicates(inputs, [one for one in wanted if one.paper.arxiv_id not in hidden])
    kept = explore(kept, papers, exploration)
    posted = tuple(replace(one, position=i) for i, one in enumerate(kept[: papers + more], start=1))
    posted_ids = {one.paper.arxiv_id for one in posted}
    dropped = tuple(one for one in duplicates if one.of in posted_ids)
    return Selection(posted, min(papers, len(posted)), len(wanted) - len(muted), dropped, muted)


def explore(ranked: Sequence[Ranked], shown: int, exploration: Exploration) -> list[Ranked]:
    """The order with the last `slots` of the `shown` positions drawn evenly from all papers below them.

    An explored paper gets the utility of its position by a share named so; its propensity is the chance it had.
    """
    slots = min(exploration.slots, shown, max(0, len(ranked) - shown))
    if slots <= 0:
        return list(ranked)
    best, others = list(ranked[: shown - slots]), list(ranked[shown - slots :])
    generator = np.random.default_rng(exploration.seed)
    drawn = sorted(generator.choice(len(others), size=slots, replace=False).tolist())
    floor = best[-1].utility if best else others[0].utility
    chance = slots / len(others)
    lifted = [_lifted(others[i], floor, chance) for i in drawn]
    return best + lifted + [one for i, one in enumerate(others) if i not in set(drawn)]


def _lifted(one: Ranked, utility: float, chance: float) -> Ranked:
    share = Contribution("exploration", "tried by chance", utility - one.utility)
    total = math.fsum(part.value for part in (*one.contributions, share))
    return replace(one, utility=total, contributions=(*one.contributions, share), propensity=chance, exploration=True)


def _shares(inputs: RankingInputs) -> Shares:
    if inputs.model is None:
        return from_scores(inputs.scores)
    opinion = inputs.model.opinion(inputs.papers, inputs.today or vectorizer(inputs.background, inputs.papers))
    if opinion.rater is None:
        return _blend(from_scores(inputs.scores), opinion)
    blended = _blend(from_closeness(inputs.scores), opinion)
    return with_points(blended, inputs.scores, opinion.rater)


def _blend(shares: Shares, opinion: Opinion) -> Shares:
    """The prior fades as the learned weight grows, but never below a floor."""
    prior = np.array([math.fsum(share.value for share in of_paper) for of_paper in shares])
    mean, spread = float(prior.mean()), float(prior.std()) or 1.0
    factor = (1.0 - opinion.weight + PRIOR_FLOOR) / spread
    return [
        [
            *(replace(share, value=share.value * factor) for share in of_paper),
            *(replace(share, value=share.value * opinion.weight) for share in learned),
            Contribution("rest", "the day's average", -mean * factor),
        ]
        for of_paper, learned in zip(shares, opinion.shares, strict=True)
    ]


def _follow(shares: Shares, inputs: RankingInputs) -> None:
    rules = [matching(inputs.rules, paper, mutes=False) for paper in inputs.papers]
    if not any(rules):
        return
    totals = [math.fsum(share.value for share in of_paper) for of_paper in shares]
    bonus = max(totals) - min(totals) + 1.0
    for of_paper, rule in zip(shares, rules, strict=True):
        if rule is not None:
            of_paper.append(Contribution("follow", f"you follow {rule.text}", bonus))


def _without_duplicates(inputs: RankingInputs, ranked: Sequence[Ranked]) -> tuple[list[Ranked], tuple[Duplicate, ...]]:
    row_of = {paper.arxiv_id: row for row, paper in enumerate(inputs.papers)}
    kept: list[Ranked] = []
    rows: list[int] = []
    duplicates: list[Duplicate] = []
    for one in ranked:
        row = row_of[one.paper.arxiv_id]
        twin = _twin(inputs.vectors, row, rows, one.paper, kept)
        if twin is None:
            kept.append(one)
            rows.append(row)
        else:
            duplicates.append(Duplicate(one, twin.paper.arxiv_id))
    return kept, tuple(duplicates)


def _twin(
    vectors: NDArray[np.float32], row: int, rows: Sequence[int], paper: Paper, kept: Sequence[Ranked]
) -> Ranked | None:
    if not rows:
        return None
    cosines = vectors[list(rows)] @ vectors[row]
    for cosine, other in zip(cosines.tolist(), kept, strict=True):
        if cosine >= SAME_MEANING or (cosine >= NEAR_MEANING and _same_title(paper, other.paper)):
            return other
    return None


def _same_title(first: Paper, second: Paper) -> bool:
    one, other = set(words(first.title)), set(words(second.title))
    return bool(one | other) and len(one & other) / len(one | other) >= SAME_WORDS
