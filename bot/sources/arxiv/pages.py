"""One page of the API, read strictly before the `arxiv` package reads it leniently.

The package quietly drops entries it cannot read, repairs cut-off pages and takes an empty page for "no results".
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from bot.arxiv_id import parse_id
from bot.errors import BadSourceAnswer, QueryRejected
from bot.sources.arxiv.calendar import YEARS
from bot.sources.arxiv.cleaning import without_control_characters, xml_root
from bot.sources.arxiv.fetch import Answer, refuse_failure, short

_ATOM = "{http://www.w3.org/2005/Atom}"
_OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
_OUR_FAULT = re.compile(r"incorrect|must be|invalid|malformed|not allowed|unsupported|unknown|exceed", re.IGNORECASE)
_MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is whole: its XML, how many entries it has, and how many the query has in all."""

    body: bytes
    entries: int
    total: int


def read_page(answer: Answer, url: str) -> Page:
    """The page that `url` asked for.

    Raises:
        QueryRejected: arXiv explains that the request is wrong.
        SourceUnavailable: a status that means "later".
        BadSourceAnswer: not a feed, cut off, or without entries that it should have.
    """
    body = without_control_characters(answer.body)
    feed = _feed(body)
    complaint = _complaint(feed) if feed is not None else None
    refuse_failure(answer, url, complaint or short(body), is_about_query=complaint is not None)
    if feed is None:
        raise BadSourceAnswer(
            f"arXiv's API answered with {answer.content_type} that is no Atom feed, or cut off: {short(body)!r}"
        )
    if complaint is not None:
        kind = QueryRejected if _OUR_FAULT.search(complaint) else BadSourceAnswer
        raise kind(f"arXiv's API reports an error: {complaint} (asked for {url[:300]})")
    return _whole_page(feed, body, url)


def _feed(body: bytes) -> ET.Element | None:
    feed = xml_root(body)
    return feed if feed is not None and feed.tag == f"{_ATOM}feed" else None


def _complaint(feed: ET.Element) -> str | None:
    """The text of an error that comes as an entry titled "Error"."""
    for entry in feed.iterfind(f"{_ATOM}entry"):
        named = entry.findtext(f"{_ATOM}id", "")
        if entry.findtext(f"{_ATOM}title", "").strip() == "Error" and "/abs/" not in named:
            return " ".join(entry.findtext(f"{_ATOM}summary", "").split()) or "no explanation"
    return None


def _whole_page(feed: ET.Element, body: bytes, url: str) -> Page:
    total = _count(feed, "totalResults")
    entries = feed.findall(f"{_ATOM}entry")
    asked = parse_qs(urlsplit(url).query)
    start, most = int(asked["start"][0]), int(asked["max_results"][0])
    expected = min(most, max(0, total - start))
    if len(entries) != expected:
        raise BadSourceAnswer(
            f"arXiv's API gave {len(entries)} entries where {expected} should be "
            f"(results {start} to {start + most} of {total})"
        )
    broken = [entry for entry in entries if not _is_complete(entry)]
    if broken:
        named = (broken[0].findtext(f"{_ATOM}id") or "one without id").strip()
        raise BadSourceAnswer(f"{len(broken)} of {len(entries)} entries of arXiv's API are incomplete, first {named}")
    return Page(body, len(entries), total)


def _count(feed: ET.Element, name: str) -> int:
    text = feed.findtext(f"{_OPENSEARCH}{name}", "").strip()
    if not text.isdecimal() or len(text) > _MOST_DIGITS:
        raise BadSourceAnswer(f"arXiv's API gave a feed whose {name} is {text!r}")
    return int(text)


def _is_complete(entry: ET.Element) -> bool:
    """Whether the entry has what makes a paper: an id, both dates, a category."""
    dates = (entry.findtext(f"{_ATOM}published"), entry.findtext(f"{_ATOM}updated"))
    named = parse_id(entry.findtext(f"{_ATOM}id") or "")
    return bool(named) and all(map(_is_date, dates)) and entry.find(f"{_ATOM}category") is not None


def _is_date(text: str | None) -> bool:
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return False
    return moment.year in YEARS
