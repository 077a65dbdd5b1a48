"""What the simulated arXiv shows at a given time: nothing that is announced later."""

from __future__ import annotations

import hashlib
import random
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tests.loopback.arxiv.feeds import Announced
from tests.loopback.arxiv.papers import StoredPaper
from tests.loopback.arxiv.query import parse_query
from tests.loopback.arxiv.times import EASTERN, closing, eastern_midnight

MOST_ITEMS = 2000
_ID = re.compile(r"(?P<base>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(?P<version>[1-9]\d*))?")
_SORTS = {"relevance", "submittedDate", "lastUpdatedDate"}
_SORT_ORDERS = {"ascending", "descending"}


class Refused(ValueError):
    """arXiv answers this request with an error entry."""


@dataclass(frozen=True, slots=True)
class Search:
    """A request to the API, checked as arXiv checks it."""

    query: str
    ids: tuple[str, ...]
    start: int
    most: int
    sort_by: str
    sort_order: str


class Archive:
    """All papers, and the times at which they appear and are replaced."""

    def __init__(self, papers: Sequence[StoredPaper], *, replacements: float, seed: int) -> None:
        self._papers = tuple(papers)
        self._by_id = {paper.arxiv_id: paper for paper in papers}
        self._days = sorted({paper.listing_day for paper in papers})
        self._by_day: dict[date, list[StoredPaper]] = {}
        for paper in papers:
            self._by_day.setdefault(paper.listing_day, []).append(paper)
        self._replaced = self._replacement_days(replacements, seed)
        self._found: dict[tuple[object, ...], list[StoredPaper]] = {}

    @property
    def last_day(self) -> date:
        """The last listing there is."""
        return self._days[-1]

    def search(self, search: Search, now: datetime) -> list[StoredPaper]:
        """Every paper the search finds among those that exist at `now`, in order.

        Raises:
            BadQuery, Refused: it cannot be read.
        """
        today = now.astimezone(EASTERN).date()
        key = (search.query, search.ids, search.sort_by, search.sort_order, today)
        if key not in self._found:
            self._found = {key: self._searched(search, today)}
        return self._found[key]

    def announced(self, now: datetime, categories: Sequence[str]) -> tuple[date, list[Announced]]:
        """The feed's day and items: those of today's listing, none if there is no such listing."""
        today = now.astimezone(EASTERN).date()
        items = []
        for paper in self._by_day.get(today, ()):
            if not set(categories).isdisjoint(paper.categories):
                is_new = paper.primary_category in categories and not paper.late
                items.append(Announced(self._shown(paper, today), "new" if is_new else "cross"))
        for arxiv_id in sorted(key for key, day in self._replaced.items() if day == today):
            paper = self._by_id[arxiv_id]
            if today in self._by_day and not set(categories).isdisjoint(paper.categories):
                kind = "replace" if paper.primary_category in categories else "replace-cross"
                items.append(Announced(self._shown(paper, today), kind))
        return today, items[:MOST_ITEMS]

    def announced_before(self, now: datetime, categories: Sequence[str]) -> list[Announced]:
        """The items of the feed before: those of the last listing that is older than today's."""
        today = now.astimezone(EASTERN).date()
        at = bisect_left(self._days, today)
        return self.announced(eastern_midnight(self._days[at - 1]), categories)[1] if at else []

    def _searched(self, search: Search, today: date) -> list[StoredPaper]:
        matches = parse_query(search.query) if search.query.strip() else None
        pool = self._named(search.ids, today) if search.ids else [self._shown(paper, today) for paper in self._papers]
        found = [paper for paper in pool if paper.listing_day <= today and (matches is None or matches(paper))]
        if search.sort_by != "relevance":
            by_update = search.sort_by == "lastUpdatedDate"
            found.sort(
                key=lambda paper: paper.updated_at if by_update else paper.published_at,
                reverse=search.sort_order == "descending",
            )
        return found

    def _named(self, ids: Sequence[str], today: date) -> list[StoredPaper]:
        named = []
        for text in ids:
            match = _ID.fullmatch(text)
            if not match:
                raise Refused(f"incorrect id format for {text}")
            paper = self._by_id.get(match["base"])
            if paper is None:
                continue
            shown = self._shown(paper, today)
            version = int(match["version"] or shown.version)
            if version <= shown.version:
                named.append(replace(shown, version=version))
        return named

    def _shown(self, paper: StoredPaper, today: date) -> StoredPaper:
        """The newest version that was announced by today."""
        day = self._replaced.get(paper.arxiv_id)
        if day is None or day > today:
            return paper
        return replace(paper, version=paper.version + 1, updated_at=closing(day) - timedelta(hours=1))

    def _replacement_days(self, share: float, seed: int) -> dict[str, date]:
        """When papers are replaced: a share of them, two to ten listings after they appeared."""
        days: dict[str, date] = {}
        for paper in self._papers if share else ():
            chance = random.Random(hashlib.sha256(f"{seed} replaced {paper.arxiv_id}".encode()).digest())
            at = bisect_right(self._days, paper.listing_day) - 1 + chance.randint(2, 10)
            if chance.random() < share and at < len(self._days):
                days[paper.arxiv_id] = self._days[at]
        return days


def read_search(asked: dict[str, str]) -> Search:
    """The request's parameters.

    Raises:
        Refused: arXiv would refuse them.
    """
    search = Search(
        query=asked.get("search_query", ""),
        ids=tuple(part for part in asked.get("id_list", "").split(",") if part),
        start=_number(asked, "start", 0),
        most=_number(asked, "max_results", 10),
        sort_by=asked.get("sortBy", "relevance"),
        sort_order=asked.get("sortOrder", "descending"),
    )
    if search.most > 2000 or search.start + search.most > 30000:
        raise Refused("max_results must be at most 2000 and start plus max_results at most 30000")
    if search.sort_by not in _SORTS:
        raise Refused(f"sortBy must be in: {', '.join(sorted(_SORTS))}")
    if search.sort_order not in _SORT_ORDERS:
        raise Refused(f"sortOrder must be in: {', '.join(sorted(_SORT_ORDERS))}")
    return search


def _number(asked: dict[str, str], name: str, default: int) -> int:
    text = asked.get(name, "")
    if not text:
        return default
    if not text.lstrip("-").isdecimal():
        raise Refused(f"{name} must be an integer")
    if int(text) < 0:
        raise Refused(f"{name} must be non-negative")
    return int(text)
