"""Word the header of a digest, and the notes, notices and weekly lists beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.models import Digest, Paper, Post, PostRole
from bot.people import author_line
from bot.rendering._words import MONTHS, joined_dates, long_date, money
from bot.text import counted, cut, readable

_LONGEST_TITLE = 150  # what the tightest header field of a chat platform holds
_LONGEST_LINE = 400
_TITLE = re.compile(
    rf"Papers of (?:today|\w{{3}} (?P<day>\d{{1,2}}) (?P<month>{'|'.join(MONTHS)}) (?P<year>\d{{4}}))"
    r"(?P<also> \(also from )?"
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a header's title says it is about: the newest listing day, None for none, and whether earlier ones too."""

    newest: date | None
    has_earlier: bool = False


def subject_of_title(title: str) -> Subject | None:
    """What `header_post` wrote into a title, read back from a chat; None for another text."""
    match = _TITLE.search(title.replace("\\", ""))  # a chat may give it back escaped
    if match is None:
        return None
    if match["day"] is None:
        return Subject(None)
    newest = date(int(match["year"]), MONTHS.index(match["month"]) + 1, int(match["day"]))
    return Subject(newest, bool(match["also"]))


def header_post(digest: Digest) -> Post:
    """The header of a digest: what it covers and holds, how it was made, and every remark.

    `title` is the first sentence, `lines` the figures and the remarks. A digest without papers always says why:
    by its remarks, and by what its totals tell.
    """
    title = cut(f"🐦 {_subject(digest)}: {_holdings(digest)}", _LONGEST_TITLE)
    figures = " · ".join(_figures(digest))
    remarks = [cut(readable(remark), _LONGEST_LINE) for remark in digest.remarks if remark.strip()]
    if not digest.ranked and (digest.totals.announced or not remarks):
        remarks.extend(reason for reason in [_reason(digest)] if not any(reason in remark for remark in remarks))
    if digest.remedial_on is not None:
        remarks.insert(0, f"remedial digest, made afterwards on {long_date(digest.remedial_on)}")
    text = "\n".join([" · ".join(part for part in (title, figures) if part), *remarks])
    lines = tuple(line for line in (figures, *remarks) if line)
    return Post(role=PostRole.HEADER, text=text, title=title, lines=lines)


def note_post(title: str, lines: Sequence[str] = ()) -> Post:
    """A message that belongs to a digest: late papers, a correction."""
    return _message(PostRole.NOTE, title, lines)


def notice_post(title: str, lines: Sequence[str] = ()) -> Post:
    """A message that belongs to the channel: topics changed, how to start."""
    return _message(PostRole.NOTICE, title, lines)


def _message(role: PostRole, title: str, lines: Sequence[str]) -> Post:
    title = cut(readable(title), _LONGEST_TITLE)
    shown = tuple(cut(readable(line), _LONGEST_LINE) for line in lines)
    return Post(role=role, text="\n".join([title, *shown]), title=title, lines=shown)


def _subject(digest: Digest) -> str:
    if not digest.days:
        return "Papers of today"
    newest = max(digest.days)
    earlier = sorted(set(digest.days) - {newest})
    also = f" (also from {joined_dates(earlier, newest)})" if earlier else ""
    return f"Papers of {long_date(newest)}{also}"


def _holdings(digest: Digest) -> str:
    """How many are here and in the thread: "5 of 12 relevant, 7 more in the thread"."""
    relevant = f"{digest.totals.relevant:,} relevant"
    if not digest.ranked:
        return f"none of {relevant}" if digest.totals.relevant else "none"
    shown = min(digest.shown, len(digest.ranked))
    if shown == 0:
        return f"{len(digest.ranked)} of {relevant}, all in the thread"
    explored = sum(ranked.exploration for ranked in digest.ranked[:shown])
    words = [f"{shown - explored} of {relevant}"]
    if explored:
        words.append(f"{explored} to explore")
    if more := len(digest.ranked) - shown:
        words.append(f"{more} more in the thread")
    return ", ".join(words)


def _figures(digest: Digest) -> list[str]:
    """Announced, scanned, cost and scorer; nothing where nothing was announced and nothing spent."""
    if not digest.totals.announced and digest.cost is None:
        return []
    words = [f"{digest.totals.announced:,} announced, {digest.totals.scanned:,} scanned"]
    scored_by = readable(digest.scored_by)
    local = not scored_by or scored_by.lower().startswith("local")
    if digest.cost is not None and not local:
        words.append(money(digest.cost))
    return [*words, "scored locally" if local else cut(scored_by, 80)]


def _reason(digest: Digest) -> str:
    if not digest.totals.announced:
        return "arXiv announced nothing in these categories"
    if not digest.totals.scanned:
        return "only announcements of kinds that the settings leave out"
    if not digest.totals.relevant:
        return "nothing above the threshold"
    return "what was relevant is muted, shown already, or more than the settings let through"


_LONGEST_LISTED = 160


def most_liked_post(papers: Sequence[tuple[Paper, int]], first: date, last: date) -> Post:
    """The papers, best first, each with how many readers like it; liked from `first` to `last`."""
    title = f"⭐ Liked most from {joined_dates([first], last)} to {long_date(last)}"
    return notice_post(title, [_listed(position, *one) for position, one in enumerate(papers, start=1)])


def _listed(index: int, paper: Paper, n_readers: int) -> str:
    title = cut(readable(paper.title), _LONGEST_LISTED) or f"arXiv {paper.arxiv_id}"
    about = " · ".join(filter(None, (author_line(paper.authors), counted(n_readers, "reader"), paper.abs_url)))
    return f"{index}. {title} · {about}"
