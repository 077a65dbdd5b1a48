"""Turn papers into features: terms, authors, categories and a dozen cues of their kind.

Each block has a fixed weight, found on real readers: authors and categories tell less than words, cues least. The
embedding is left out: with it the learned order was worse (docs/learning.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.models import Paper
from bot.people import author_key

Floats = NDArray[np.float64]

AUTHOR_WEIGHT = 0.6
CATEGORY_WEIGHT = 0.4
CUE_WEIGHT = 0.2

CUES = (
    "many authors",
    "a long abstract",
    "a long title",
    "a colon in the title",
    "a question as title",
    "code is offered",
    "something is released",
    "claims to outperform",
    "claims the state of the art",
    "a benchmark",
    "a survey",
    "many categories",
)

_CODE = ("https://", "http://", "github", "code is available", "code available", "code will be available")
_RELEASE = ("releas", "open-source", "open source")
_BEST = ("state-of-the-art", "state of the art", " sota")
_SURVEY = ("survey", " review")


@dataclass(frozen=True, slots=True)
class CueScale:
    """Mean and spread of each cue, `(12,)` both, so that a cue counts as far as it is unusual."""

    mean: Floats
    spread: Floats


def cues(papers: Sequence[Paper]) -> Floats:
    """The cues of each paper `(n_papers, 12)`, in the order of `CUES`, not yet scaled."""
    return np.array([_cues(paper) for paper in papers], dtype=np.float64).reshape(len(papers), len(CUES))


def _cues(paper: Paper) -> tuple[float, ...]:
    text = f"{paper.title} {paper.abstract}".lower()
    return (
        math.log1p(len(paper.authors)),
        math.log1p(len(paper.abstract)),
        math.log1p(len(paper.title)),
        float(":" in paper.title),
        float("?" in paper.title),
        _any(_CODE, text),
        _any(_RELEASE, text),
        float("outperform" in text),
        _any(_BEST, text),
        float("benchmark" in text),
        _any(_SURVEY, text),
        float(len(paper.categories)),
    )


def _any(phrases: Sequence[str], text: str) -> float:
    return float(any(phrase in text for phrase in phrases))


def cue_scale(papers: Sequence[Paper]) -> CueScale:
    """The scale of the cues among these papers; a cue that never varies gets spread 1."""
    values = cues(papers)
    if len(values) < 2:
        return CueScale(np.zeros(len(CUES)), np.ones(len(CUES)))
    spread = values.std(axis=0)
    return CueScale(values.mean(axis=0), np.where(spread > 1e-6, spread, 1.0))


def name_columns(names: Iterable[str]) -> Mapping[str, int]:
    """A column for each distinct name, in order of appearance."""
    return {name: column for column, name in enumerate(dict.fromkeys(names))}


@dataclass(frozen=True, slots=True)
class FeatureSpace:
    """The columns of a model that follow those of its terms: authors, categories and cues."""

    authors: Mapping[str, int]
    categories: Mapping[str, int]
    scale: CueScale

    def blocks(self, papers: Sequence[Paper]) -> tuple[sparse.csr_matrix, ...]:
        """Rows of the three blocks, each `(n_papers, n_columns_of_block)`: authors, categories, cues."""
        names = [[author_key(name) for name in paper.authors] for paper in papers]
        scaled = (cues(papers) - self.scale.mean) / self.scale.spread * (CUE_WEIGHT / math.sqrt(len(CUES)))
        return (
            _one_hot(names, self.authors) * AUTHOR_WEIGHT,
            _one_hot([paper.categories for paper in papers], self.categories) * CATEGORY_WEIGHT,
            sparse.csr_matrix(np.clip(scaled, -1.0, 1.0)),
        )


def _one_hot(names: Sequence[Sequence[str]], columns: Mapping[str, int]) -> sparse.csr_matrix:
    """A row per paper with 1/√(number of its names) for each known one; unknown names count in the number."""
    indices: list[int] = []
    values: list[float] = []
    indptr = [0]
    for of_paper in names:
        distinct = dict.fromkeys(of_paper)
        known = [columns[name] for name in distinct if name in columns]
        indices += known
        values += [1.0 / math.sqrt(len(distinct))] * len(known)
        indptr.append(len(indices))
    return sparse.csr_matrix(
        (np.asarray(values), np.asarray(indices, dtype=np.int32), np.asarray(indptr)), shape=(len(names), len(columns))
    )
