"""Small made-up listings for the loopback arXiv, and where the real data lies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[4] / "shared"
REPLAY = SHARED / "data" / "replay" / "papers.jsonl.gz"
RECORDED = SHARED / "data" / "arxiv-recorded"

Row = dict[str, Any]


def row(arxiv_id: str, day: date | str, categories: Iterable[str] = ("cs.CL",), **more: Any) -> Row:
    """One paper."""
    made = {
        "arxiv_id": arxiv_id,
        "title": f"On the matter of {arxiv_id}",
        "abstract": f"We study {arxiv_id}.",
        "authors": ["Ada Lovelace", "Alan Turing"],
        "categories": list(categories),
        "date": str(day),
    }
    return made | more


def listings(first: date, last: date, papers_a_day: int = 12, *, without: Iterable[date] = ()) -> list[Row]:
    """A listing for each weekday but those in `without`; ids run on, a third of the papers cross-listed."""
    rows: list[Row] = []
    missing, day, number = set(without), first, 100
    while day <= last:
        if day.weekday() < 5 and day not in missing:
            for index in range(papers_a_day):
                number += 3
                categories = (["cs.CL"], ["cs.LG", "cs.CL"], ["cs.LG"])[index % 3]
                rows.append(row(f"{first:%y%m}.{number:05d}", day, categories))
        day += timedelta(days=1)
    return rows
