"""arXiv's feed: the one place that says on which day, and how, the newest papers were announced."""

from __future__ import annotations

import io
import re
from calendar import timegm
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from time import struct_time
from typing import Any

import feedparser

from bot.arxiv_id import ArxivId, parse_id
from bot.errors import BadSourceAnswer
from bot.models import AnnounceType, Paper
from bot.sources.arxiv.calendar import YEARS, eastern_date
from bot.sources.arxiv.cleaning import split_names, title_of, without_control_characters, xml_root
from bot.sources.arxiv.fetch import Answer, Fetcher, refuse_failure, short
from bot.text import one_line

MOST_ITEMS = 2000
"""arXiv leaves out what goes beyond this many items."""

_DESCRIPTION = re.compile(
    r"\s*arXiv:\S+\s+Announce Type:\s*(?P<type>[a-z-]+)\s*(?:Abstract:)?\s*(?P<abstract>.*)", re.DOTALL | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One announced paper, with what the feed tells of it: no comment, and no submission time."""

    paper: Paper
    announced: AnnounceType


@dataclass(frozen=True, slots=True)
class Feed:
    """The newest announcement. `day` is its date at arXiv; `truncated` says that some items were left out."""

    day: date
    items: tuple[FeedItem, ...]
    truncated: bool = False


class ArxivRss:
    """Reads the feed of the newest announcement."""

    def __init__(self, fetcher: Fetcher, rss_url: str) -> None:
        self._fetcher = fetcher
        self._rss_url = rss_url.rstrip("/")

    async def newest(self, categories: Sequence[str]) -> Feed:
        """The newest announcement in these categories.

        A feed that arXiv has cut is read again in parts; `truncated` remains only where a single category is cut.

        Raises:
            SourceError: no believable feed came.
        """
        url = f"{self._rss_url}/{'+'.join(categories)}"
        feed = await self._fetcher.get(url, lambda answer: read_feed(answer, url))
        if not feed.truncated or len(categories) == 1:
            return feed
        middle = len(categories) // 2
        return _joined([await self.newest(categories[:middle]), await self.newest(categories[middle:])])


def read_feed(answer: Answer, url: str) -> Feed:
    """The feed in an answer, RSS 2.0 or Atom.

    Raises:
        SourceUnavailable: a status that is no success.
        BadSourceAnswer: not a feed, cut off, without a date, or with items that cannot be read.
    """
    refuse_failure(answer, url, short(answer.body))
    body = without_control_characters(answer.body)
    parsed = _parsed(body)
    if parsed is None:
        raise BadSourceAnswer(
            f"arXiv's feed answered with {answer.content_type} that is no feed, or cut off: {short(body)!r}"
        )
    days = Counter(day for entry in parsed.entries if (day := _day_of(entry)))
    day = days.most_common(1)[0][0] if days else _day_of(parsed.feed)
    if day is None:
        raise BadSourceAnswer(f"arXiv's feed carries no date: {short(body)!r}")
    items = tuple(_item(entry, day) for entry in parsed.entries)
    return Feed(day, _distinct(items), truncated=len(items) >= MOST_ITEMS)


def _parsed(body: bytes) -> Any:
    """What feedparser makes of a body; None if it is no well-formed feed."""
    if xml_root(body) is None:
        return None
    # A stream, because feedparser takes bytes that look like an address or the name of a file for one.
    parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    # It also flags mere encoding remarks; only what is no well-formed feed counts.
    malformed = parsed.bozo and not isinstance(parsed.bozo_exception, feedparser.CharacterEncodingOverride)
    return parsed if parsed.get("version") and not malformed else None


def _item(entry: Any, day: date) -> FeedItem:
    named = parse_id(entry.get("id", "")) or parse_id(entry.get("link", ""))
    if named is None:
        raise BadSourceAnswer(f"arXiv's feed of {day} has an item without id: {entry.get('title', '')[:100]!r}")
    description = _DESCRIPTION.fullmatch(entry.get("summary", ""))
    announced = _announce_type(entry, description["type"] if description else "", named)
    abstract = one_line(description["abstract"] if description else entry.get("summary", ""))
    categories = tuple(dict.fromkeys(tag["term"] for tag in entry.get("tags", ()) if tag.get("term")))
    at = _moment_of(entry) or datetime(day.year, day.month, day.day, tzinfo=UTC)
    paper = Paper(
        arxiv_id=named.base,
        version=named.version or 1,
        title=title_of(entry.get("title")),
        abstract=abstract,
        authors=split_names(entry.get("author", "")),
        categories=categories,
        primary_category=categories[0] if categories else "",
        published_at=at,
        updated_at=at,
    )
    return FeedItem(paper, announced)


def _announce_type(entry: Any, described: str, named: ArxivId) -> AnnounceType:
    for text in (entry.get("arxiv_announce_type", ""), described):
        if text.strip().lower() in set(AnnounceType):
            return AnnounceType(text.strip().lower())
    return AnnounceType.REPLACE if (named.version or 1) > 1 else AnnounceType.NEW


def _moment_of(dated: Any) -> datetime | None:
    for key in ("published_parsed", "updated_parsed"):
        # Asking feedparser for a missing "updated" gives "published", with a warning.
        moment = dict.get(dated, key)
        if isinstance(moment, struct_time) and moment.tm_year in YEARS:
            return datetime.fromtimestamp(timegm(moment), UTC)
    return None


def _day_of(dated: Any) -> date | None:
    moment = _moment_of(dated)
    return eastern_date(moment) if moment else None


def _distinct(items: Sequence[FeedItem]) -> tuple[FeedItem, ...]:
    """One item a paper; a new paper stays new, whatever else another part says of it."""
    rank = list(AnnounceType)
    best: dict[str, FeedItem] = {}
    for item in items:
        known = best.get(item.paper.arxiv_id)
        if known is None or rank.index(item.announced) < rank.index(known.announced):
            best[item.paper.arxiv_id] = item
    return tuple(best.values())


def _joined(parts: Sequence[Feed]) -> Feed:
    newest = max(parts, key=lambda part: part.day)
    if any(part.day != newest.day and part.items for part in parts):
        days = ", ".join(str(part.day) for part in parts)
        raise BadSourceAnswer(f"arXiv's feeds disagree about the newest day ({days}): they are being rebuilt")
    items = _distinct([item for part in parts for item in part.items])
    return replace(newest, items=items, truncated=any(part.truncated for part in parts))
