"""From papers and how they were announced to listings. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.models import AnnounceType, Listing, ListingEntry, ListingState, Paper

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


def complete_listing(
    day: date,
    categories: Sequence[str],
    papers: Sequence[tuple[Paper, AnnounceType]],
    *,
    witness: str,
    notes: Sequence[str] = (),
) -> Listing:
    """The listing of a day that was announced; withdrawn papers are left out."""
    kept = [(paper, announced) for paper, announced in papers if not paper.withdrawn]
    entries = [entry for paper, announced in kept for entry in entries_of(paper, categories, announced, day)]
    return Listing(
        day=day,
        categories=tuple(categories),
        state=ListingState.COMPLETE,
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
