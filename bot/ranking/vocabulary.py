"""Turn terms into TF-IDF vectors, weighted by the archive and the day's papers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.models import Background, Paper
from bot.ranking.terms import paper_terms

MIN_DF = 5  # a term in fewer papers is a typo, a name or a coincidence
MAX_DF_SHARE = 0.3  # a term in more papers says nothing; 0.1 would already lose "reasoning" and "code"
FEW_PAPERS = 200  # below this, frequencies are too coarse for the limits above

Floats = NDArray[np.float64]
Terms = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms that count, each with a column and an inverse document frequency.

    `idf` is `(n_terms,)`. `unseen_idf` is the weight of a word in no paper so far: it has no column, but makes a query
    that consists of such words weak.
    """

    columns: Mapping[str, int]
    idf: Floats
    unseen_idf: float

    def row(self, terms: Terms) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """One document as columns and values, of unit length; empty for a document without known terms.

        Term frequency is sublinear, 1 + ln(tf) (Manning, Raghavan & Schütze 2008, §6.4.1).
        """
        # Iterators that stay in C: this is done for every term of every paper of a morning.
        columns = np.fromiter(map(self.columns.get, terms, repeat(-1)), dtype=np.int32, count=len(terms))
        known = columns >= 0
        columns = columns[known]
        if not len(columns):
            return columns, np.zeros(0, dtype=np.float32)
        counts = np.fromiter(terms.values(), dtype=np.float64, count=len(terms))[known]
        values = (1.0 + np.log(counts)) * self.idf[columns]
        return columns, (values / math.sqrt(float(values @ values))).astype(np.float32)

    def query(self, terms: Terms) -> Floats:
        """One text as a dense vector `(n_terms,)`, at most of unit length.

        Words no paper has used count in the length, so that a topic foreign to the archive matches weakly.
        """
        vector = np.zeros(len(self.idf))
        unseen = 0.0
        for term, count in terms.items():
            column = self.columns.get(term)
            frequency = 1.0 + math.log(count)
            if column is not None:
                vector[column] = frequency * self.idf[column]
            elif " " not in term:
                unseen += (frequency * self.unseen_idf) ** 2
        length = math.sqrt(float(vector @ vector) + unseen)
        return vector / length if length > 0 else vector


class Vectorizer:
    """Papers into rows of one vocabulary; remembers each row, so that nothing is looked up twice in a morning."""

    def __init__(self, vocabulary: Vocabulary, terms_of: Callable[[Paper], Terms] = paper_terms) -> None:
        self.vocabulary = vocabulary
        self._terms_of = terms_of
        self._rows: dict[tuple[str, int], tuple[NDArray[np.int32], NDArray[np.float32]]] = {}

    def rows(self, papers: Sequence[Paper]) -> sparse.csr_matrix:
        """TF-IDF rows `(n_papers, n_terms)` of unit length; a paper without known terms has an empty one."""
        found = [self._row(paper) for paper in papers]
        indptr = np.concatenate([[0], np.cumsum([len(columns) for columns, _ in found])]).astype(np.int64)
        columns = np.concatenate([np.zeros(0, dtype=np.int32), *(columns for columns, _ in found)])
        values = np.concatenate([np.zeros(0, dtype=np.float32), *(values for _, values in found)])
        return sparse.csr_matrix((values, columns, indptr), shape=(len(found), len(self.vocabulary.idf)))

    def _row(self, paper: Paper) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        key = (paper.arxiv_id, paper.version)
        found = self._rows.get(key)
        if found is None:
            found = self._rows[key] = self.vocabulary.row(self._terms_of(paper))
        return found


def vectorizer(
    background: Background, papers: Sequence[Paper], terms_of: Callable[[Paper], Terms] = paper_terms
) -> Vectorizer:
    """The vectorizer of the archive plus a day's papers."""
    return Vectorizer(build(background, (terms_of(paper) for paper in papers)), terms_of)


def build(background: Background, pool: Iterable[Terms] = ()) -> Vocabulary:
    """The vocabulary of the archive plus a pool of papers it does not hold yet.

    Inverse document frequency is smooth: ln((1 + n) / (1 + df)) + 1. With fewer than 200 papers the limits on document
    frequency are relaxed.
    """
    fresh: Counter[str] = Counter()
    n_papers = background.n_papers
    for terms in pool:
        fresh.update(terms.keys())
        n_papers += 1
    low, high = _limits(n_papers)
    known = background.document_frequency
    kept = {term: count for term, count in known.items() if low <= count <= high}
    for term, count in fresh.items():
        total = known.get(term, 0) + count
        if low <= total <= high:
            kept[term] = total
        else:
            kept.pop(term, None)
    frequency = np.fromiter(kept.values(), dtype=np.float64, count=len(kept))
    return Vocabulary(
        columns={term: column for column, term in enumerate(kept)},
        idf=np.log((1.0 + n_papers) / (1.0 + frequency)) + 1.0,
        unseen_idf=math.log(1.0 + n_papers) + 1.0,
    )


def _limits(n_papers: int) -> tuple[float, float]:
    if n_papers < FEW_PAPERS // 4:
        return 1, n_papers
    if n_papers < FEW_PAPERS:
        return 2, MAX_DF_SHARE * n_papers
    return MIN_DF, MAX_DF_SHARE * n_papers
