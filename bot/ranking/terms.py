"""Split text into terms: the words and word pairs that papers and topics are compared by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from bot.models import Paper
from bot.text import folded

TITLE_WEIGHT = 3
LONGEST_TEXT = 10_000  # characters; arXiv allows 1,920 in an abstract, anything longer is not one

_TOKEN = re.compile(r"[a-z_][a-z0-9_]+")


def words(text: str) -> list[str]:
    """The words of `text` in order: lower case, without accents, English stop words and numbers."""
    return [word for word in _TOKEN.findall(folded(text[:LONGEST_TEXT])) if word not in ENGLISH_STOP_WORDS]


def text_terms(text: str) -> Mapping[str, int]:
    """How often each word and each pair of neighbouring words occurs in `text`."""
    return _count(words(text))


def paper_terms(paper: Paper) -> Mapping[str, int]:
    """How often each term occurs in a paper; the title counts three times."""
    return _count(words(paper.title) * TITLE_WEIGHT + words(paper.abstract))


def embedding_text(paper: Paper) -> str:
    """What an embedder should be given of a paper."""
    return f"{paper.title}. {paper.abstract}" if paper.abstract else paper.title


def _count(tokens: list[str]) -> Mapping[str, int]:
    counts: Counter[str] = Counter(tokens)
    counts.update([f"{first} {second}" for first, second in pairwise(tokens)])
    return dict(counts)


class TermsMemo:
    """Remembers the terms of papers already taken apart, at most `size` of them.

    A memo changes speed only, never a result. When full it forgets what it learned first.
    """

    def __init__(self, size: int = 8_000) -> None:
        self._size = size
        self._terms: dict[tuple[str, int], Mapping[str, int]] = {}

    def __call__(self, paper: Paper) -> Mapping[str, int]:
        """The same as `paper_terms`."""
        key = (paper.arxiv_id, hash((paper.title, paper.abstract)))
        found = self._terms.get(key)
        if found is None:
            found = paper_terms(paper)
            if self._size > 0:
                while len(self._terms) >= self._size:
                    del self._terms[next(iter(self._terms))]
                self._terms[key] = found
        return found
