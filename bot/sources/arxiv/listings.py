"""From papers and how they were announced to listings. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.errors import QueryRejected
from bot.models import AnnounceType, Listing, ListingEntry, ListingState, Paper
from bot.sources.arxiv.rss import Feed

_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)?(?:\.[A-Za-z]+(?:-[a-z]+)?)?", re.ASCII)
_REPLACED = frozenset({AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS})


def entries_of(paper: Paper, categories: Sequence[str], announced: AnnounceType, day: date) -> tuple[ListingEntry, ...]:
    """The lines this paper has in the listings of `categories`.

    A listing of several categories names one type a paper; a paper is new only in its primary category, and
    cross-listed in the others. A paper whose categories are none of those asked for is listed under the first of them,
    for it was announced there.
    """
    listed = [category for category in categories if category in paper.categories] or list(categories[:1])
    elsewhere = [category for category in listed if category != paper.primary_category]
    if announced is AnnounceType.CROSS and elsewhere:
        listed = elsewhere  # new in its primary category on an earlier day
    types = {category: _type_in(category, paper, announced, listed) for category in listed}
    return tuple(ListingEntry(paper.arxiv_id, category, day, kind) for category, kind in types.items())


def _type_in(category: str, paper: Paper, announced: AnnounceType, listed: Sequence[str]) -> AnnounceType:
    if paper.primary_category not in listed:
        return announced
    is_primary = category == paper.primary_category
    if announced in _REPLACED:
        return AnnounceType.REPLACE if is_primary else AnnounceType.REPLACE_CROSS
    return announced if is_primary else AnnounceType.CROSS


def announced_in(paper: Paper, categories: Sequence[str]) -> AnnounceType:
    """How a listing of these categories must have announced a first version."""
    return AnnounceType.NEW if paper.primary_category in categories else AnnounceType.CROSS


def announced_listing(
    day: date,
    categories: Sequence[str],
    papers: Sequence[tuple[Paper, AnnounceType]],
    *,
    witness: str,
    notes: Sequence[str] = (),
    state: ListingState = ListingState.COMPLETE,
) -> Listing:
    """The listing of a day that was announced; withdrawn papers are left out."""
    kept = [(paper, announced) for paper, announced in papers if not paper.withdrawn]
    entries = [entry for paper, announced in kept for entry in entries_of(paper, categories, announced, day)]
    return Listing(
        day=day,
        categories=tuple(categories),
        state=state,
        entries=tuple(entries),
        papers=tuple(paper for paper, _ in kept),
        witness=witness,
        note="; ".join(notes),
    )


def by_day(papers: Sequence[Paper], days: Mapping[str, date]) -> dict[date, list[Paper]]:
    """The papers of each day, in the order given."""
    grouped: dict[date, list[Paper]] = {}
    for paper in papers:
        grouped.setdefault(days[paper.arxiv_id], []).append(paper)
    return grouped


def checked(categories: Sequence[str]) -> tuple[str, ...]:
    """The categories without repetition, none of which can break out of a query.

    Raises:
        QueryRejected: there are none, or one is no category's name.
    """
    if not categories:
        raise QueryRejected("no categories were asked for: name at least one, such as cs.CL")
    for category in categories:
        if not _CATEGORY.fullmatch(category):
            raise QueryRejected(f"{category!r} is no arXiv category: write it as in cs.CL or quant-ph")
    return tuple(dict.fromkeys(categories))


def seen_in(feed: Feed | None, categories: Sequence[str]) -> tuple[dict[str, date], frozenset[str]]:
    """The days by base id that the feed is a witness of, and the ids of those that were new on that day.

    A cross-list between the categories asked for is left out: it was in one of their listings before.
    """
    if feed is None:
        return {}, frozenset()
    first = [
        item
        for item in feed.items
        if item.announced is AnnounceType.NEW
        or (item.announced is AnnounceType.CROSS and item.paper.primary_category not in categories)
    ]
    new = frozenset(item.paper.arxiv_id for item in first if item.announced is AnnounceType.NEW)
    return {item.paper.arxiv_id: feed.day for item in first}, new


def newer(announced: Paper, detailed: Paper | None) -> Paper:
    """The API's details, unless its index still holds an older version than was announced."""
    if detailed is None:
        return announced
    if detailed.version >= announced.version:
        return detailed
    return replace(announced, published_at=detailed.published_at, comment=detailed.comment)
