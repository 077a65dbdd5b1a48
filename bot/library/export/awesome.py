"""Write the papers a channel likes most as a curated list in Markdown; an edition differs only by what is new.

Papers of the past 30 days come first, below their topics; the earlier ones follow, topic by topic. A paper's row
depends on nothing but the paper, and rows are ordered by date and id, so that votes alone move nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from bot.library.export.collected import Collected, Listed, date_of, shortened
from bot.library.export.markup import badge, escaped, escaped_address
from bot.library.export.remarks import publication_note, web_links
from bot.models import Paper
from bot.text import cut, readable

RECENT_DAYS = 30
RECENT = "Past 30 days"
ELSEWHERE = "Other papers"
_LONGEST_TITLE = 300
_LONGEST_NAME = 100
_LONGEST_SECTION = 100
_HEAD = ("| Title & Authors | Date | Links |", "|:--|:---:|:---:|")


def awesome(collected: Collected) -> str:
    """The list as a Markdown page, ending with a line end; the same papers give the same page."""
    since = collected.today - timedelta(days=RECENT_DAYS)
    recent = [one for one in collected.listed if date_of(one.paper) >= since]
    earlier = [one for one in collected.listed if date_of(one.paper) < since]
    lines = [
        f"# Awesome papers of {escaped(collected.channel)}",
        "",
        "What the readers of this channel like most, newest first in each section. Paperlark keeps this list.",
        "",
    ]
    if not collected.listed:
        lines += ["Nothing is liked yet.", ""]
    if recent:
        lines += [f"## {RECENT}", ""]
        lines += _sections(recent, collected.sections, "###")
    lines += _sections(earlier, collected.sections, "##")
    return "\n".join(lines).rstrip("\n") + "\n"


def section_title(topic: str) -> str:
    """A topic's title as a section's: readable, on one line, of bounded length, without its closing colon."""
    return cut(readable(topic).rstrip(" :."), _LONGEST_SECTION) or ELSEWHERE


def _sections(listed: Sequence[Listed], titles: Sequence[str], mark: str) -> Iterator[str]:
    """A table for each section that has papers: those of `titles` in that order, then others, the rest last."""
    by_section: dict[str, list[Paper]] = {section_title(title): [] for title in titles if title}
    for one in sorted(listed, key=lambda one: section_title(one.section)):
        if one.section:
            by_section.setdefault(section_title(one.section), []).append(one.paper)
    by_section.setdefault(ELSEWHERE, []).extend(one.paper for one in listed if not one.section)
    for title, papers in by_section.items():
        if papers:
            yield from (f"{mark} {escaped(title)}", "", *_HEAD, *map(_row, _in_order(papers)), "")


def _in_order(papers: Iterable[Paper]) -> list[Paper]:
    """Newest first; of one day by id."""
    return sorted(papers, key=lambda paper: (-date_of(paper).toordinal(), paper.arxiv_id))


def _row(paper: Paper) -> str:
    note = "" if paper.withdrawn else publication_note(paper.comment)
    sign = f"![Publish]({badge('Conference', note)})<br>" if note else ""
    title = escaped(cut(readable(paper.title), _LONGEST_TITLE)) or f"arXiv {paper.arxiv_id}"
    names = ", ".join(shortened([name for author in paper.authors if (name := _name(author))]))
    day = date_of(paper)
    cells = (
        f"{sign}[{title}]({paper.abs_url})" + (f" <br> {names}" if names else ""),
        f"{day}",
        " <br> ".join(_links(paper)),
    )
    return f"|{'|'.join(cells)}|[//]: #{day:%m/%d}"


def _links(paper: Paper) -> Iterator[str]:
    for link in web_links(paper):
        yield f"[{link.label}]({escaped_address(link.url)})"
    yield f"[Paper]({paper.abs_url})"
    if paper.pdf_url:
        yield f"[PDF]({paper.pdf_url})"
    else:
        yield "withdrawn"


def _name(author: str) -> str:
    """A name that can stand in a list separated by commas."""
    return escaped(cut(readable(author).replace(",", " "), _LONGEST_NAME))
