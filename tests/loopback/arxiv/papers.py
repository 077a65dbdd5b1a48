"""The papers the simulated arXiv holds, with the submission times it derives for them."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from tests.loopback.arxiv.times import closing, opening

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredPaper:
    """A paper as the simulated arXiv stores it. `late` marks a cross-list announced after its own listing."""

    arxiv_id: str
    version: int
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    primary_category: str
    listing_day: date
    published_at: datetime
    updated_at: datetime
    comment: str | None
    has_pdf: bool
    late: bool = False


def read_rows(papers: str | Path | Iterable[Row]) -> list[Row]:
    """Rows from a JSONL or JSONL.gz file, or the rows themselves."""
    if not isinstance(papers, str | Path):
        return list(papers)
    path = Path(papers)
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def id_order(arxiv_id: str) -> tuple[int, int]:
    """Sorts ids in the order in which arXiv gave them: (YYMM with the century, number)."""
    number = arxiv_id.rsplit("/", 1)[-1].replace(".", "")
    year_month = int(number[:4])
    return (year_month if year_month < 9100 else year_month - 10000), int(number[4:])


def store(rows: Sequence[Row], *, held: float, order: str, seed: int) -> list[StoredPaper]:
    """Papers in id order with submission times derived from the listing day.

    A row may state `published`, `updated`, `version`, `comment`, `primary_category` and `has_pdf`; `date` is its
    listing day. A share `held` of the papers was received one to four listings before. With order "sorted" the
    ids of a listing follow the submission times, with "shuffled" they do not.
    """
    if order not in {"sorted", "shuffled"}:
        raise ValueError(f"order {order!r}: sorted or shuffled")
    papers = sorted((_paper(row) for row in rows), key=lambda paper: id_order(paper.arxiv_id))
    home = _home_days(papers)
    times = _submission_times(papers, home, held=held, order=order, seed=seed)
    stated = {str(row["arxiv_id"]): row for row in rows if row.get("published")}
    stored = []
    for paper, day, derived in zip(papers, home, times, strict=True):
        published_at = derived
        if paper.arxiv_id in stated:
            published_at = datetime.fromisoformat(stated[paper.arxiv_id]["published"]).astimezone(UTC)
        updated_at = max(paper.updated_at, published_at)
        stored.append(replace(paper, published_at=published_at, updated_at=updated_at, late=day < paper.listing_day))
    return stored


def _paper(row: Row) -> StoredPaper:
    day = date.fromisoformat(row["date"])
    updated = row.get("updated")
    long_ago = datetime(1991, 8, 14, tzinfo=UTC)
    return StoredPaper(
        arxiv_id=row["arxiv_id"],
        version=int(row.get("version", 1)),
        title=row["title"],
        abstract=row.get("abstract", ""),
        authors=tuple(row.get("authors", ())),
        categories=tuple(row["categories"]),
        primary_category=row.get("primary_category", row["categories"][0]),
        listing_day=day,
        published_at=long_ago,
        updated_at=datetime.fromisoformat(updated).astimezone(UTC) if updated else long_ago,
        comment=row.get("comment"),
        has_pdf=bool(row.get("has_pdf", True)),
    )


def _home_days(papers: Sequence[StoredPaper]) -> list[date]:
    """The day on which each paper's id was given: earlier than its listing day for a late cross-list.

    Ids are given at announcement, so a listing's highest id ends its block.
    """
    highest: dict[date, tuple[int, int]] = {}
    for paper in papers:
        highest[paper.listing_day] = max(highest.get(paper.listing_day, (0, 0)), id_order(paper.arxiv_id))
    days = sorted(highest)
    ends = list(accumulate((highest[day] for day in days), max))
    return [min(paper.listing_day, days[bisect_left(ends, id_order(paper.arxiv_id))]) for paper in papers]


def _submission_times(
    papers: Sequence[StoredPaper], home: Sequence[date], *, held: float, order: str, seed: int
) -> list[datetime]:
    days = sorted({paper.listing_day for paper in papers})
    windows = _windows(days)
    batches: dict[date, list[int]] = {}
    for index, day in enumerate(home):
        batches.setdefault(day, []).append(index)
    times = [datetime(1991, 8, 14, tzinfo=UTC)] * len(papers)
    for day, members in batches.items():
        moments = [_moment(papers[index].arxiv_id, day, windows, held, seed) for index in members]
        if order == "sorted":
            moments.sort()
        for index, moment in zip(members, moments, strict=True):
            times[index] = moment
    return times


def _windows(days: Sequence[date]) -> dict[date, tuple[datetime, datetime]]:
    """Each listing takes what came since the listing before closed: after a gap that is more than a day."""
    return {
        day: (closing(days[at - 1]) if at and day - days[at - 1] < timedelta(days=7) else opening(day), closing(day))
        for at, day in enumerate(days)
    }


def _moment(
    arxiv_id: str, day: date, windows: Mapping[date, tuple[datetime, datetime]], held: float, seed: int
) -> datetime:
    chance = random.Random(hashlib.sha256(f"{seed} {arxiv_id}".encode()).digest())
    start, end = windows[day]
    if chance.random() < held:
        delay = chance.choices([1, 2, 3, 4], weights=[5, 3, 1.5, 0.5])[0]
        for _ in range(delay):
            end = start
            start = opening_before(end)
    seconds = int((end - start).total_seconds())
    return start + timedelta(seconds=chance.randrange(max(1, seconds)))


def opening_before(end: datetime) -> datetime:
    """The closing before this closing, weekends left out."""
    start = end - timedelta(days=1)
    while start.weekday() >= 5:
        start -= timedelta(days=1)
    return start
