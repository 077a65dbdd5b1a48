"""Write safe FTS5 expressions, and find the papers that answer best by words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database as SqliteUtils

Flags = NDArray[np.bool_]
Ids = NDArray[np.int64]

# Ranking reads a row for every paper that matches, so words that are in many papers are what makes a search slow.
MOST_MATCHES = 10_000
IN_TITLES = 8  # about one paper in so many that hold a common word has it in its title
_WEIGHTS = "5.0, 1.0, 1.0"  # title, abstract, authors
_TOKEN = re.compile(r"[^\W_]+")


def phrase(text: str) -> str:
    """The text as one FTS5 phrase; only letters and digits are left of it, so nothing in it is an operator."""
    return f'"{" ".join(_TOKEN.findall(text))}"'


def frequency_of(db: SqliteUtils, word: str) -> int:
    """How many papers hold the word, in any inflection."""
    row = db.execute("SELECT count(*) FROM papers_fts WHERE papers_fts MATCH ?", [phrase(word)]).fetchone()
    return int(row[0])


def matching(db: SqliteUtils, expression: str) -> Ids:
    """The ids of all papers an expression matches."""
    rows = db.execute("SELECT rowid FROM papers_fts WHERE papers_fts MATCH ?", [expression])
    return np.fromiter((row[0] for row in rows), dtype=np.int64)


def best_by_words(
    db: SqliteUtils, frequency: Mapping[str, int], newest: int, allowed: Flags | None, limit: int
) -> list[int]:
    """The papers that match best by BM25, at most `limit`, best first; `allowed` tells by id which may be given.

    Rare words choose the papers; the common ones only help where the rare ones leave little to choose by, and then
    count in titles only. `newest` is the largest id there is.
    """
    chosen = _chosen(frequency)
    if not chosen:
        return []
    expression, expected = chosen
    # Of more matches than can be ranked in time, the newest are.
    oldest = 0 if expected <= MOST_MATCHES else int(newest * (1 - MOST_MATCHES / expected))
    query = (
        f"SELECT rowid FROM papers_fts WHERE papers_fts MATCH ? AND rowid >= ? ORDER BY bm25(papers_fts, {_WEIGHTS})"
    )
    if allowed is None:
        return [row[0] for row in db.execute(f"{query} LIMIT ?", [expression, oldest, limit])]
    found = (row[0] for row in db.execute(query, [expression, oldest]))
    return [one for one, _ in zip((one for one in found if allowed[one]), range(limit), strict=False)]


def _chosen(frequency: Mapping[str, int]) -> tuple[str, int] | None:
    """The expression that chooses papers, and about how many it matches."""
    ordered = sorted((count, word) for word, count in frequency.items() if count)
    rare: list[str] = []
    total = 0
    for count, word in ordered:
        if total + count > MOST_MATCHES:
            break
        rare.append(word)
        total += count
    common = [(count, word) for count, word in ordered if word not in rare]
    if not ordered:
        return None
    if len(rare) >= 2 or not common:
        return _any_of(rare), total
    # Several common words must meet in the title.
    together = min(count for count, _ in common) // IN_TITLES // len(common)
    title = f"{{title}} : ({' AND '.join(phrase(word) for _, word in common)})"
    return (f"{_any_of(rare)} OR ({title})" if rare else title), total + together


def _any_of(words: Sequence[str]) -> str:
    return " OR ".join(phrase(word) for word in words)
