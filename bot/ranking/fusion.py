"""Order search hits: fuse words and meanings, then shift lightly towards a channel's taste.

Words are weighed by BM25F (Robertson & Zaragoza 2009): a word in the title counts as often as five in the abstract.
Meaning is the cosine of question and paper after taking the archive's mean from both. Neighbouring words of the
question that are neighbours in the paper too, and titles that say little else than the question, come on top: they are
what tells a known paper from its kin. The weights were set on one sample of questions and are measured on another
(`bench/ask.py`).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.models import Paper
from bot.ranking.model import Opinion
from bot.text import folded

TITLE_WEIGHT = 5.0
MEANING_WEIGHT = 0.25
PAIRS_WEIGHT = 0.4
TITLE_SHARE_WEIGHT = 0.3
TASTE_WEIGHT = 0.06  # reorders papers that fit about equally well, and no others

_K1, _B = 1.2, 0.6
_TITLE_LENGTH, _ABSTRACT_LENGTH = 10, 190  # usual numbers of words
_UNASKED_FREQUENCY = 0.02  # a title's other words are taken to be as frequent as this
_MOST_TASTED = 60
_TOKEN = re.compile(r"[^\W_]+")
_ENDINGS = (
    ("izations", "iz"), ("ization", "iz"), ("isation", "iz"), ("ations", "at"), ("ation", "at"), ("izing", "iz"),
    ("ising", "iz"), ("ized", "iz"), ("ised", "iz"), ("izes", "iz"), ("ize", "iz"), ("ise", "iz"), ("ies", "y"),
    ("ings", ""), ("ing", ""), ("ers", "er"), ("ed", ""), ("es", ""), ("s", ""), ("e", ""),
)  # fmt: skip


Taste = Callable[[Sequence[Paper]], Opinion]
"""What a channel's model thinks of these papers."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What hits are compared with: the question's words in order, how many papers of the archive hold each, and all."""

    words: Sequence[str]
    frequency: Mapping[str, int]
    n_papers: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper that may answer; `closeness` is its centred cosine with the question, 0.0 where there is no vector."""

    paper: Paper
    closeness: float


@dataclass(frozen=True, slots=True)
class Fused:
    """A hit. `fit` is how well it answers, about 0 to 2; `taste` what the channel's model thinks of it."""

    paper: Paper
    fit: float
    taste: float = 0.0


def fuse(sought: Sought, hits: Sequence[Hit], taste: Taste | None = None) -> tuple[Fused, ...]:
    """The hits, best first; equal ones by arxiv_id, the newer first.

    With a `taste` the best 60 are shifted by up to 0.12 each: more than the difference between neighbours, less than
    that between a good and a poor answer.
    """
    question = _Question(sought)
    fitted = [Fused(hit.paper, question.fit(hit.paper) + MEANING_WEIGHT * hit.closeness) for hit in hits]
    fitted.sort(key=lambda one: (one.fit, one.paper.arxiv_id), reverse=True)
    if taste is None or not fitted:
        return tuple(fitted)
    best, others = fitted[:_MOST_TASTED], fitted[_MOST_TASTED:]
    tasted = _tasted(best, taste([one.paper for one in best]))
    tasted.sort(key=lambda one: (one.fit + one.taste, one.paper.arxiv_id), reverse=True)
    return (*tasted, *others)


def _tasted(fitted: Sequence[Fused], opinion: Opinion) -> list[Fused]:
    values = [math.fsum(share.value for share in shares) for shares in opinion.shares]
    mean = math.fsum(values) / len(values)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values)) or 1.0
    return [
        Fused(one.paper, one.fit, TASTE_WEIGHT * opinion.weight * max(-2.0, min(2.0, (value - mean) / spread)))
        for one, value in zip(fitted, values, strict=True)
    ]


class _Question:
    """The question's stems with their weights."""

    def __init__(self, sought: Sought) -> None:
        self._stems = _stems(" ".join(sought.words))
        counted = {stem(token): count for word, count in sought.frequency.items() for token in _tokens(word)}
        n = sought.n_papers
        self._weights = {one: _idf(counted.get(one, 0), n) for one in dict.fromkeys(self._stems)}
        self._total = math.fsum(self._weights.values()) or 1.0
        self._unasked = _idf(round(_UNASKED_FREQUENCY * n), n)
        self._pairs = [(first, second) for first, second in pairwise(self._stems) if first != second]

    def fit(self, paper: Paper) -> float:
        """How well a paper's words answer, about 0 to 1.7."""
        title, abstract = _stems(paper.title), _stems(paper.abstract)
        named = self._weights.keys() & title
        if not named and self._weights.keys().isdisjoint(abstract):
            return 0.0
        return (
            self._bm25(title, abstract)
            + PAIRS_WEIGHT * self._neighbours(title, abstract)
            + TITLE_SHARE_WEIGHT * self._share_of(title, named)
        )

    def _bm25(self, title: Sequence[str], abstract: Sequence[str]) -> float:
        in_title = Counter(one for one in title if one in self._weights)
        in_abstract = Counter(one for one in abstract if one in self._weights)
        title_norm = 1 - _B + _B * len(title) / _TITLE_LENGTH
        abstract_norm = 1 - _B + _B * len(abstract) / _ABSTRACT_LENGTH
        total = 0.0
        for one, weight in self._weights.items():
            count = TITLE_WEIGHT * in_title[one] / title_norm + in_abstract[one] / abstract_norm
            total += weight * count / (count + _K1)
        return total / self._total

    def _neighbours(self, title: Sequence[str], abstract: Sequence[str]) -> float:
        """The share of the question's neighbouring words that are neighbours in the title, or half in the abstract."""
        in_title, in_abstract = f" {' '.join(title)} ", f" {' '.join(abstract)} "
        total = found = 0.0
        for first, second in self._pairs:
            weight, pair = self._weights[first] + self._weights[second], f" {first} {second} "
            total += weight
            found += weight if pair in in_title else weight / 2 if pair in in_abstract else 0.0
        return found / total if total > 0 else 0.0

    def _share_of(self, title: Sequence[str], named: set[str]) -> float:
        """The share of the title's weight that the question names."""
        total = math.fsum(self._weights.get(one, self._unasked) for one in set(title))
        return math.fsum(self._weights[one] for one in named) / total if total > 0 else 0.0


@lru_cache(maxsize=100_000)  # a text is a few thousand words again and again
def stem(word: str) -> str:
    """A word without its inflection, roughly: "quantized", "quantization" and "quantizing" are one.

    Only used to compare words with each other; it need not be a word.
    """
    if len(word) <= 3:
        return word
    for ending, rest in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: len(word) - len(ending)] + rest
            break
    doubled = len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl"
    return word[:-1] if doubled else word


def _stems(text: str) -> list[str]:
    return [stem(token) for token in _tokens(text)]


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(folded(text))


def _idf(frequency: int, n_papers: int) -> float:
    return math.log(1.0 + (n_papers - min(frequency, n_papers) + 0.5) / (frequency + 0.5))
