"""Find the nearest known word for one that nobody has written.

Words one edit away are made and looked up (the idea of Norvig 2007); for longer words with two edits those with most
letter triples in common are compared (Damerau 1964, Levenshtein 1966).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from bot.text import folded

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST = 4  # shorter words have too many neighbours
_SHORTEST_FOR_TWO = 7
_COMPARED = 30


class Spelling:
    """Known words with the number of papers that have them in title or authors."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._words = words
        self._by_triple: dict[str, list[str]] | None = None

    def nearest(self, word: str) -> str | None:
        """The most frequent known word within one edit, or two for a long word; None if none is near."""
        plain = folded(word)
        if len(plain) < _SHORTEST or not plain.isalpha() or plain in self._words:
            return None
        near = [other for other in _one_edit(plain) if other in self._words]
        if not near and len(plain) >= _SHORTEST_FOR_TWO:
            near = [other for other in self._alike(plain) if _distance(plain, other) <= 2]
        return max(near, key=lambda other: (self._words[other], other), default=None)

    def _alike(self, word: str) -> list[str]:
        if self._by_triple is None:
            self._by_triple = defaultdict(list)
            for known in self._words:
                if len(known) >= _SHORTEST_FOR_TWO - 2:
                    for triple in _triples(known):
                        self._by_triple[triple].append(known)
        counts: Counter[str] = Counter()
        for triple in _triples(word):
            counts.update(other for other in self._by_triple.get(triple, ()) if abs(len(other) - len(word)) <= 2)
        return [other for other, _ in counts.most_common(_COMPARED)]


def _one_edit(word: str) -> Iterable[str]:
    for i in range(len(word) + 1):
        head, tail = word[:i], word[i:]
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in _LETTERS)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        yield from (head + letter + tail for letter in _LETTERS)


def _triples(word: str) -> set[str]:
    padded = f"_{word}_"
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def _distance(first: str, second: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, start=1):
        before, last, row = row, before, [i]
        for j, other in enumerate(second, start=1):
            cost = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
