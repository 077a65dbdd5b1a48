"""Fit a channel's model from its votes and impressions.

L2-regularised logistic regression, classes balanced, on what readers liked against three kinds of other papers:
disliked ones, shown ones nobody reacted to, and a few random past ones. docs/learning.md tells what else was tried.
"""

from __future__ import annotations

import math
import random
import warnings
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from bot.models import ImportedLike, Impression, Paper
from bot.people import author_key
from bot.ranking.features import FeatureSpace, cue_scale, name_columns
from bot.ranking.imported import MOST_LISTED, UNNAMED, standing
from bot.ranking.model import HALF_WEIGHT_LIKES, ChannelModel, Reasons, share_of_order
from bot.ranking.readers import factors, in_turn
from bot.ranking.rewards import Verdict
from bot.ranking.vocabulary import Vectorizer, Vocabulary

Floats = NDArray[np.float64]

STRENGTH = 10.0  # inverse regularisation
MOST_LIKED = 800
MOST_IGNORED = 600
RANDOM_PAST = 100
RANDOM_PER_LISTED = 6  # more for each paper of a list: it was not shown beside ignored ones that oppose it
MOST_RANDOM = 400
RANDOM_WEIGHT = 0.5
IGNORED_AT_TEN = 0.7  # weight of a paper ignored at position 10, against 1 at position 1
DISLIKE_HALF_LIFE_DAYS = 14.0  # a dislike is often about a day's mood or one paper, not about its whole field
SILENCE_DAYS = 4.0  # days without any vote that say nothing, a long weekend
SILENCE_HALF_LIFE_DAYS = 10.0  # afterwards the topics win back weight at this pace
IGNORED_SILENT_DAY = 0.5  # factor where nobody voted on the whole digest: perhaps nobody read it


@dataclass(frozen=True, slots=True)
class Lesson:
    """One paper with what it teaches: liked or not, and how much that counts.

    `origin` names the list that an imported like came from, empty for all others.
    """

    paper: Paper
    liked: bool
    weight: float
    voted: bool
    origin: str = ""

    @property
    def chosen(self) -> bool:
        """Whether somebody said something about this paper, by a vote or by a list."""
        return self.voted or bool(self.origin)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a channel's readers have done.

    `papers` holds every voted or shown paper that is still known; others are skipped. `past` are papers of the archive
    that random negatives are drawn from. `half_life_days` halves the weight of votes that
    old; None keeps them all alike. `imported` are the likes of lists, at the weights they are to have here.
    """

    verdicts: Sequence[Verdict]
    impressions: Sequence[Impression]
    papers: Mapping[str, Paper]
    past: Sequence[Paper]
    now: datetime
    half_life_days: float | None = None
    seed: int = 0
    imported: Sequence[ImportedLike] = ()


def lessons(evidence: Evidence) -> tuple[Lesson, ...]:
    """What there is to learn from: votes, imported likes, shown but ignored papers, random past papers.

    Shown and ignored is weak evidence: weaker lower down, and on digests nobody voted on.
    """
    voted = [one for one in evidence.verdicts if one.arxiv_id in evidence.papers]
    liked = _newest([one for one in voted if one.reward > 0])
    disliked = _newest([one for one in voted if one.reward < 0])
    known = {one.arxiv_id for one in voted}
    chosen = (*liked, *disliked)
    weights = _bounded(chosen, [_fading(evidence, one.at, one.reward) for one in chosen], voted)
    found = [
        Lesson(evidence.papers[one.arxiv_id], one.reward > 0, weight, voted=True)
        for one, weight in zip(chosen, weights, strict=True)
    ]
    found += [
        Lesson(evidence.papers[one.arxiv_id], liked=True, weight=one.weight, voted=False, origin=one.origin or UNNAMED)
        for one in standing(evidence.imported, known, evidence.papers)[-MOST_LISTED:]
    ]
    found += _ignored(evidence, known, known | {one.paper.arxiv_id for one in found})
    taken = known | {one.paper.arxiv_id for one in found}
    candidates = [paper for paper in evidence.past if paper.arxiv_id not in taken]
    wanted = min(MOST_RANDOM, RANDOM_PAST + RANDOM_PER_LISTED * sum(bool(one.origin) for one in found))
    drawn = random.Random(evidence.seed).sample(candidates, min(wanted, len(candidates)))  # noqa: S311 - no secret
    return (*found, *(Lesson(paper, liked=False, weight=RANDOM_WEIGHT, voted=False) for paper in drawn))


def _newest(said: Sequence[Verdict]) -> list[Verdict]:
    """The newest verdicts, drawn from the readers in turn, so that no flood of votes pushes others' out."""
    if len(said) <= MOST_LIKED:
        return list(said)
    by_reader: dict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(said):
        for reader, _ in one.by_reader:
            by_reader[reader].append(index)
    return [said[index] for index in in_turn(by_reader, MOST_LIKED)]


def _bounded(chosen: Sequence[Verdict], fading: Sequence[float], voted: Sequence[Verdict]) -> list[float]:
    """What each verdict weighs once every reader's whole weight, as time has left it, is within bounds."""
    sums: dict[str, float] = defaultdict(float)
    for one, kept in zip(chosen, fading, strict=True):
        for reader, share in one.by_reader:
            sums[reader] += share * kept
    votes = Counter(reader for one in voted for reader, _ in one.by_reader)
    factor = factors(sums, votes)
    return [
        kept * math.fsum(share * factor[reader] for reader, share in one.by_reader)
        for one, kept in zip(chosen, fading, strict=True)
    ]


def _ignored(evidence: Evidence, voted: set[str], chosen: set[str]) -> list[Lesson]:
    lively = {one.digest for one in evidence.impressions if one.arxiv_id in voted}
    # A paper shown twice is one lesson: of its newest digest, at the best position there.
    newest: dict[str, Impression] = {}
    for one in sorted(evidence.impressions, key=lambda one: (one.shown_at, -one.position)):
        if one.arxiv_id in evidence.papers and one.arxiv_id not in chosen:
            newest[one.arxiv_id] = one
    slope = (1.0 - IGNORED_AT_TEN) / 9
    return [
        Lesson(
            evidence.papers[one.arxiv_id],
            liked=False,
            weight=max(0.3, 1.0 - slope * (one.position - 1))
            * (1.0 if one.digest in lively else IGNORED_SILENT_DAY)
            * _fading(evidence, one.shown_at),
            voted=False,
        )
        for one in list(newest.values())[-MOST_IGNORED:]
    ]


def _fading(evidence: Evidence, at: datetime, reward: float = 0.0) -> float:
    age_days = _days_since(at, evidence.now)
    kept = 1.0 if evidence.half_life_days is None else 0.5 ** (age_days / evidence.half_life_days)
    return float(kept * 0.5 ** (age_days / DISLIKE_HALF_LIFE_DAYS)) if reward < 0 else float(kept)


def _days_since(at: datetime, now: datetime) -> float:
    return max(0.0, (now - at).total_seconds() / 86400)


def silence(verdicts: Sequence[Verdict], now: datetime) -> float:
    """What is left of the learned weight when nobody has voted for a while, in (0, 1]; all for the first four days."""
    if not verdicts:
        return 1.0
    silent_days = _days_since(max(one.at for one in verdicts), now)
    return float(0.5 ** (max(0.0, silent_days - SILENCE_DAYS) / SILENCE_HALF_LIFE_DAYS))


def fit(evidence: Evidence, today: Vectorizer, trust: float = 1.0) -> ChannelModel | None:
    """The channel's model, or None while nothing was liked or disliked and no list imported.

    `today` knows how common words are in the archive up to now. The same evidence gives the same model.
    """
    taught = lessons(evidence)
    if not any(one.chosen for one in taught) or len({one.liked for one in taught}) < 2:
        return None
    papers = [one.paper for one in taught]
    space = FeatureSpace(
        name_columns(author_key(name) for paper in papers for name in paper.authors),
        name_columns(name for paper in papers for name in paper.categories),
        cue_scale(papers),
    )
    used, terms = _used_terms(today.rows(papers), today.vocabulary)
    rows = sparse.csr_matrix(sparse.hstack([used, *space.blocks(papers)]))
    # Classes are balanced, since a morning shows ten papers for each that is liked; without it f would say "no".
    signs = np.array([1.0 if one.liked else -1.0 for one in taught])
    sample = _balanced(signs, np.array([one.weight for one in taught]))
    weights = _regression(rows, signs, sample)
    kept = trust * _kept(taught, silence(evidence.verdicts, evidence.now))
    return _model(taught, space, terms, _Solution(rows, weights, signs, sample), kept)


def _kept(taught: Sequence[Lesson], silent: float) -> float:
    """What silence leaves of the learned weight: never less than the lists alone would have."""
    n_listed = math.fsum(one.weight for one in taught if one.origin)
    n_liked = _liked_weight(taught)
    total = share_of_order(n_liked + n_listed)
    return max(silent, share_of_order(n_listed) / total) if n_listed else silent


def _liked_weight(taught: Sequence[Lesson]) -> float:
    """How many likes there are, each as far as it counts."""
    return math.fsum(one.weight for one in taught if one.liked and not one.origin)


@dataclass(frozen=True, slots=True)
class _Solution:
    rows: sparse.csr_matrix
    weights: Floats
    signs: Floats
    sample: Floats


def _model(
    taught: Sequence[Lesson],
    space: FeatureSpace,
    terms: tuple[str, ...],
    solution: _Solution,
    trust: float,
) -> ChannelModel:
    values = np.asarray(solution.rows @ solution.weights)
    # At the optimum of the regularised problem the weights are this sum over the papers: the dual form.
    dual = STRENGTH * solution.sample * solution.signs / (1.0 + np.exp(np.clip(solution.signs * values, -50, 50)))
    chosen = [i for i, one in enumerate(taught) if one.chosen]
    usual = values[[not one.chosen for one in taught]]
    return ChannelModel(
        terms=terms,
        authors=tuple(space.authors),
        categories=tuple(space.categories),
        scale=space.scale,
        weights=solution.weights,
        reasons=Reasons(
            tuple(taught[i].paper.arxiv_id for i in chosen),
            dual[chosen],
            solution.rows[chosen],
            tuple(taught[i].origin for i in chosen),
        ),
        n_liked=_liked_weight(taught),
        n_listed=math.fsum(one.weight for one in taught if one.origin),
        half_weight_likes=HALF_WEIGHT_LIKES,
        usual_mean=float(usual.mean()) if len(usual) else 0.0,
        usual_spread=(float(usual.std()) if len(usual) else 0.0) or 1.0,
        trust=trust,
    )


def _used_terms(words: sparse.csr_matrix, vocabulary: Vocabulary) -> tuple[sparse.csr_matrix, tuple[str, ...]]:
    # Terms that no lesson holds have weight 0 for certain; without them the model is some kB instead of MB.
    used, inverse = np.unique(words.indices, return_inverse=True)
    names = list(vocabulary.columns)
    small = sparse.csr_matrix((words.data, inverse.ravel(), words.indptr), shape=(words.shape[0], len(used)))
    return small, tuple(names[i] for i in used)


def _balanced(signs: Floats, weights: Floats) -> Floats:
    """Scale the sample weights so that liked and other papers weigh the same together."""
    positive = float(weights[signs > 0].sum())
    negative = float(weights[signs < 0].sum())
    half = (positive + negative) / 2
    return np.where(signs > 0, weights * half / max(positive, 1e-12), weights * half / max(negative, 1e-12))


def _regression(rows: sparse.csr_matrix, signs: Floats, sample: Floats) -> Floats:
    learner = LogisticRegression(C=STRENGTH, solver="liblinear", dual=True, random_state=0, max_iter=200)
    with warnings.catch_warnings():
        # An order that is still moving in the fifth digit serves as well.
        warnings.simplefilter("ignore", ConvergenceWarning)
        learner.fit(rows, signs, sample_weight=sample)
    return np.asarray(learner.coef_, dtype=np.float64).ravel()
