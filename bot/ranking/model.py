"""Hold what a channel's readers have taught: one linear model, its reasons, and its form in the database."""

from __future__ import annotations

import io
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.models import Contribution, Paper
from bot.ranking.features import CUES, CueScale, FeatureSpace
from bot.ranking.rater import Rater
from bot.ranking.vocabulary import Vectorizer

Floats = NDArray[np.float64]

HALF_WEIGHT_LIKES = 5.0  # liked papers after which topics and learning weigh the same
MOST_REASONS = 3
_MAGIC = b"PLCM1"
_USUAL_COUNT = 30  # usual papers that stand beside the candidates: three late papers are no day to measure by


def share_of_order(n_liked: float) -> float:
    """How much of the order `n_liked` liked papers may decide, in [0, 1)."""
    return n_liked / (n_liked + HALF_WEIGHT_LIKES)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was learned about each candidate.

    `weight` in [0, 1] is how much of the order it may decide. The sum of a paper's `shares` is its learned utility,
    about standard normal over a usual day. `rater` says what an LLM's points are worth here, None where
    nobody can tell.
    """

    weight: float
    shares: Sequence[Sequence[Contribution]]
    rater: Rater | None = None


@dataclass(frozen=True, slots=True)
class Reasons:
    """The chosen papers behind a model: by the dual form, each adds its coefficient times <its row, x> to f(x).

    `rows` is `(n_papers, n_columns)`, `coefficients` `(n_papers,)`, positive for liked ones. `origins` names the list a
    paper was imported from, empty for a voted one; no origins at all stand for votes only.
    """

    arxiv_ids: tuple[str, ...]
    coefficients: Floats
    rows: sparse.csr_matrix
    origins: tuple[str, ...] = ()

    def share(self, index: int, value: float) -> Contribution:
        """What the paper at `index` gave, by its name."""
        arxiv_id, origin = self.arxiv_ids[index], self.origins[index] if self.origins else ""
        if origin:
            return Contribution("imported", origin, value, arxiv_id)
        return Contribution("liked" if self.coefficients[index] > 0 else "disliked", arxiv_id, value, arxiv_id)


@dataclass(frozen=True, slots=True)
class ChannelModel:
    """A linear utility over the columns terms, authors, categories, cues.

    `terms`, `authors` and `categories` name the columns in that order; the cues follow. `weights` is `(n_columns,)`.
    `n_liked` is what the liked papers that taught it weigh, about their number; lists add as much as `n_listed`.
    `trust` in [0, 1] is what the guard leaves of its weight. `usual_mean` and `usual_spread` describe f over papers
    nobody chose. `rater` is what the votes say about an LLM's scores.
    """

    terms: tuple[str, ...]
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    scale: CueScale
    weights: Floats
    reasons: Reasons
    n_liked: float
    half_weight_likes: float
    usual_mean: float
    usual_spread: float
    trust: float = 1.0
    rater: Rater | None = None
    n_listed: float = 0.0

    @property
    def weight(self) -> float:
        """How much of the order the model may decide: n / (n + h) for n liked papers, times what the guard leaves."""
        n = self.n_liked + self.n_listed
        return self.trust * n / (n + self.half_weight_likes)

    def opinion(self, papers: Sequence[Paper], today: Vectorizer) -> Opinion:
        """Judge these papers, in their order; `today` knows how common words are by now."""
        rows, author_columns = self._rows(papers, today)
        values = np.asarray(rows @ self.weights)
        # The day's own mean and spread make mornings comparable, but only as far as there are papers to tell them.
        lean = _USUAL_COUNT / (_USUAL_COUNT + len(papers))
        mean = lean * self.usual_mean + (1 - lean) * float(values.mean())
        spread = math.sqrt(lean * self.usual_spread**2 + (1 - lean) * float(values.var())) or 1.0
        by_author = np.asarray(rows[:, author_columns] @ self.weights[author_columns])
        # The authors' part of f is a reason of its own; left in, each voted paper by them would claim it again.
        text = rows.copy()
        text.data[(text.indices >= author_columns.start) & (text.indices < author_columns.stop)] = 0.0
        by_paper = np.asarray((text @ self.reasons.rows.T).todense()) * self.reasons.coefficients
        shares = [
            self._shares((values[i] - mean) / spread, by_author[i] / spread, by_paper[i] / spread)
            for i in range(len(papers))
        ]
        return Opinion(self.weight, shares, self.rater)

    def _rows(self, papers: Sequence[Paper], today: Vectorizer) -> tuple[sparse.csr_matrix, slice]:
        columns = {name: i for i, name in enumerate(self.authors)}
        space = FeatureSpace(columns, {name: i for i, name in enumerate(self.categories)}, self.scale)
        authors, categories, cues = space.blocks(papers)
        words = today.rows(papers)
        vocabulary = today.vocabulary
        # Today's words in the columns of the model: it was fitted over fewer, and does not know the others.
        own = {term: i for i, term in enumerate(self.terms)}
        lookup = np.fromiter((own.get(term, -1) for term in vocabulary.columns), np.int64, len(vocabulary.columns))
        columns_now = lookup[words.indices] if len(lookup) else words.indices
        known = columns_now >= 0
        row_of = np.repeat(np.arange(words.shape[0]), np.diff(words.indptr))
        mapped = sparse.csr_matrix(
            (words.data[known], (row_of[known], columns_now[known])), shape=(len(papers), len(self.terms))
        )
        together = sparse.csr_matrix(sparse.hstack([mapped, authors, categories, cues]))
        return together, slice(len(self.terms), len(self.terms) + len(self.authors))

    def _shares(self, total: float, author: float, by_paper: Floats) -> tuple[Contribution, ...]:
        heaviest = np.argsort(-np.abs(by_paper), kind="stable")[:MOST_REASONS]
        shares = [self.reasons.share(int(j), float(by_paper[j])) for j in heaviest if by_paper[j] != 0.0]
        if author != 0.0:
            shares.append(Contribution("author", "authors", author))
        # What categories, cues, random papers and the minor voted ones add: the sum must be the whole.
        shares.append(Contribution("rest", "everything else learned", total - math.fsum(s.value for s in shares)))
        return tuple(shares)

    def strongest_terms(self, count: int = 8) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The terms that raise a paper most and those that lower it most, strongest first."""
        of_terms = self.weights[: len(self.terms)]
        order = np.argsort(of_terms, kind="stable")
        more = tuple(self.terms[i] for i in order[::-1][:count] if of_terms[i] > 0)
        less = tuple(self.terms[i] for i in order[:count] if of_terms[i] < 0)
        return more, less


def untaught() -> ChannelModel:
    """A model that has learned nothing yet and moves no order; it can still carry what is thought of a rater."""
    n_cues = len(CUES)
    return ChannelModel(
        terms=(),
        authors=(),
        categories=(),
        scale=CueScale(np.zeros(n_cues), np.ones(n_cues)),
        weights=np.zeros(n_cues),
        reasons=Reasons((), np.zeros(0), sparse.csr_matrix((0, n_cues))),
        n_liked=0,
        half_weight_likes=1.0,
        usual_mean=0.0,
        usual_spread=1.0,
    )


def to_bytes(model: ChannelModel) -> bytes:
    """A compact form for the database; `from_bytes` reads it. Numbers are kept in single precision."""
    head: Mapping[str, object] = {
        "terms": model.terms,
        "authors": model.authors,
        "categories": model.categories,
        "reasons": model.reasons.arxiv_ids,
        "origins": model.reasons.origins if any(model.reasons.origins) else (),
        "n_liked": model.n_liked,
        "n_listed": model.n_listed,
        "half_weight_likes": model.half_weight_likes,
        "usual_mean": model.usual_mean,
        "usual_spread": model.usual_spread,
        "trust": model.trust,
        "rater": model.rater and asdict(model.rater),
    }
    buffer = io.BytesIO()
    np.savez(
        buffer,
        allow_pickle=False,
        head=np.frombuffer(json.dumps(head).encode(), dtype=np.uint8),
        weights=model.weights.astype(np.float32),
        cue_mean=model.scale.mean,
        cue_spread=model.scale.spread,
        coefficients=model.reasons.coefficients.astype(np.float32),
        data=model.reasons.rows.data.astype(np.float32),
        indices=model.reasons.rows.indices.astype(np.int32),
        indptr=model.reasons.rows.indptr.astype(np.int32),
    )
    return _MAGIC + zlib.compress(buffer.getvalue(), 6)


def from_bytes(blob: bytes) -> ChannelModel:
    """The model that `to_bytes` wrote.

    Raises:
        ValueError: the blob is not one, or is damaged.
    """
    if not blob.startswith(_MAGIC):
        raise ValueError("not a model blob: it does not start as one")
    try:
        with np.load(io.BytesIO(zlib.decompress(blob[len(_MAGIC) :])), allow_pickle=False) as arrays:
            return _from_arrays(arrays)
    except (zlib.error, KeyError, TypeError, OSError, EOFError) as error:
        raise ValueError(f"a damaged model blob: {error}") from error


def _from_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> ChannelModel:
    head = json.loads(arrays["head"].tobytes())
    weights = arrays["weights"].astype(np.float64)
    ids = tuple(head["reasons"])
    rows = sparse.csr_matrix(
        (arrays["data"].astype(np.float64), arrays["indices"], arrays["indptr"]), shape=(len(ids), len(weights))
    )
    return ChannelModel(
        terms=tuple(head["terms"]),
        authors=tuple(head["authors"]),
        categories=tuple(head["categories"]),
        scale=CueScale(arrays["cue_mean"].astype(np.float64), arrays["cue_spread"].astype(np.float64)),
        weights=weights,
        # Models from before there were lists name none.
        reasons=Reasons(ids, arrays["coefficients"].astype(np.float64), rows, tuple(head.get("origins", ()))),
        n_liked=head["n_liked"],
        n_listed=head.get("n_listed", 0.0),
        half_weight_likes=head["half_weight_likes"],
        usual_mean=head["usual_mean"],
        usual_spread=head["usual_spread"],
        trust=head["trust"],
        rater=Rater(**head["rater"]) if head.get("rater") else None,
    )
