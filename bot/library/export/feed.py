"""Write what a channel posted as an Atom feed (RFC 4287).

An entry's id depends on channel and paper alone and its times are those of the posting, so that a feed reader shows
each paper once, however often the feed is written.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, time
from xml.etree import ElementTree as ET

from bot.library.export.collected import Collected, PostedPaper, shortened
from bot.text import one_line, readable

NAMESPACE = "http://www.w3.org/2005/Atom"
_SCHEME = "https://arxiv.org/category_taxonomy"
# Every id is made below this one; changing it would show every paper anew in every feed reader.
_OURS = uuid.UUID("5b1c3e0a-7d1f-5e0b-9d4b-6f2f7a3c9e11")


def atom(collected: Collected) -> str:
    """The feed, newest post first."""
    posted = sorted(_first_of_each(collected.posted), key=lambda one: (one.at, one.paper.arxiv_id), reverse=True)
    newest = posted[0].at if posted else datetime.combine(collected.today, time(), UTC)
    feed = ET.Element("feed", {"xmlns": NAMESPACE})
    _add(feed, "id", _urn(collected.address))
    # Where the feed will lie is not known here; its own name is an address too, and the same in every edition.
    _add(feed, "link", rel="self", type="application/atom+xml", href=_urn(collected.address))
    _add(feed, "title", f"Papers of {readable(collected.channel)}")
    _add(feed, "updated", _stamp(newest))
    _add(_add(feed, "author"), "name", "Paperlark")
    _add(feed, "generator", "Paperlark")
    for one in posted:
        _entry(feed, collected.address, one)
    ET.indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'


def _first_of_each(posted: Sequence[PostedPaper]) -> Sequence[PostedPaper]:
    """Each paper as it was posted first: a second post makes no second entry."""
    first: dict[str, PostedPaper] = {}
    for one in sorted(posted, key=lambda one: one.at):
        first.setdefault(one.paper.arxiv_id, one)
    return tuple(first.values())


def _entry(feed: ET.Element, address: str, one: PostedPaper) -> None:
    paper = one.paper
    entry = _add(feed, "entry")
    _add(entry, "id", _urn(f"{address}/{paper.arxiv_id}"))
    _add(entry, "title", readable(paper.title) or f"arXiv {paper.arxiv_id}")
    _add(entry, "link", rel="alternate", type="text/html", href=paper.abs_url)
    if paper.pdf_url:
        _add(entry, "link", rel="related", type="application/pdf", href=paper.pdf_url)
    _add(entry, "published", _stamp(one.at))
    _add(entry, "updated", _stamp(one.at))
    for name in shortened([name for author in paper.authors if (name := readable(author))]):
        _add(_add(entry, "author"), "name", name)
    for category in dict.fromkeys((paper.primary_category, *paper.categories)):
        if category:
            _add(entry, "category", term=category, scheme=_SCHEME)
    verdict = f"relevance {one.relevance}, novelty {one.novelty}"
    said = ". ".join(filter(None, (verdict, readable(one.comment).rstrip("."))))
    _add(entry, "summary", "\n\n".join(filter(None, (said, readable(paper.abstract)))), type="text")


def _add(parent: ET.Element, name: str, text: str = "", /, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, name, {key: one_line(value) for key, value in attributes.items()})
    # Paragraphs stay apart; XML has no place for control characters.
    child.text = "\n\n".join(one_line(part) for part in text.split("\n\n")) or None
    return child


def _urn(name: str) -> str:
    return uuid.uuid5(_OURS, name).urn


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
