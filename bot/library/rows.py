"""Read a row or bullet of a list as papers: which link is the title, who the authors are, where it appeared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlsplit

from bot.arxiv_id import find_id, given_in
from bot.digest_file.escapes import split_authors
from bot.library.inline import Kind, Piece, badge_text, pieces
from bot.library.items import items_in, with_bare_ids
from bot.library.parsed import Link, ListedPaper
from bot.library.titles import (
    bracketed_links,
    is_aside,
    is_label,
    is_title_link,
    looks_like_names,
    n_words,
    stripped,
    titled,
)
from bot.text import cut

_DATED = re.compile(r"\[//\]:\s{0,5}#\s{0,5}\(?\s{0,5}(?P<date>[\d/.-]{3,12})")
_COMMENT = re.compile(r"\[//\]:\s{0,5}#")
_NUMBERS = re.compile(r"\d+")
_VENUES = (
    "conference",
    "publish",
    "published",
    "publication",
    "journal",
    "venue",
    "workshop",
    "accepted",
    "proceedings",
)
_TITLE_HEADS = (
    "title",
    "paper title",
    "paper",
    "name",
    "work",
    "article",
    "method",
    "标题",
    "题目",
    "论文",
    "名称",
    "工作",
)
_AUTHOR_HEADS = ("author", "作者")
_VENUE_HEADS = (
    "venue",
    "publication",
    "conference",
    "journal",
    "published",
    "pub.",
    "pub",
    "会议",
    "期刊",
    "来源",
    "发表",
)
_DATE_HEADS = (
    "publish date",
    "publication date",
    "pub date",
    "date",
    "year",
    "time",
    "month",
    "日期",
    "时间",
    "年份",
    "submitted",
)
_LONG_HEADS = ("abstract", "summary", "tl;dr", "tldr", "note", "comment", "remark", "摘要", "简介", "备注")
_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")
_PROPERTY = re.compile(r"[\w-]{1,20}:: ")  # of a note-taking tool
_ID_BEFORE = re.compile(r"^\[(?:arxiv:)?\d{4}\.\d{4,5}(?:v\d+)?\]\s+", re.IGNORECASE)  # as browsers name arXiv's pages
_OTHERS = re.compile(r"(?:and )?(?:\d+ )?others?", re.IGNORECASE)
_SAYS_AUTHORS = re.compile(r"^(?:by|authors?\s?:|作者\s?[:：])\s*", re.IGNORECASE)
_DOTTED = ("Jr.", "Sr.", "al.")
_LONGEST_TITLE = 400
_MOST_AUTHORS = 3000


@dataclass
class Row:
    """What was seen of one paper so far."""

    title: str = ""
    address: str = ""
    authors: tuple[str, ...] = ()
    publication: str = ""
    tags: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    note: str = ""
    date_text: str = ""
    starred: str = ""  # where a badge that counts stars leads
    is_labelled: bool = False  # a link says "paper" rather than what it is called

    @property
    def arxiv_id(self) -> str:
        """The id of the first address that names one: the title's before those of the other links."""
        addresses = [self.address, *(link.url for link in self.links)]
        return next((found for url in addresses if (found := find_id(url))), "")

    @property
    def is_paper(self) -> bool:
        """Whether it is a paper at all: it has a title and an address outside of the file."""
        return bool(self.title and (self.address or self.links)) or bool(self.arxiv_id)

    def paper(self, line: int, section: tuple[str, ...]) -> ListedPaper:
        """The paper on this line."""
        arxiv_id = self.arxiv_id
        links = list(self.links)
        if self.starred and not any(link.label.casefold() == "github" for link in links):
            links.insert(0, Link("Github", self.starred))
        return ListedPaper(
            line=line,
            title=cut(self.title, _LONGEST_TITLE),
            arxiv_id=arxiv_id,
            authors=self.authors,
            sections=(section,) if section else (),
            publication=self.publication,
            tags=tuple(dict.fromkeys(self.tags)),
            links=tuple(dict.fromkeys(links)),
            listed_on=read_day(self.date_text, arxiv_id),
            note=self.note,
        )


def without_date(line: str) -> tuple[str, str]:
    """A line without its invisible comment `[//]: #06/12`, and the date in it, "" if there is none."""
    found = _COMMENT.search(line)
    if not found:
        return line, ""
    dated = _DATED.match(line, found.start())
    return line[: found.start()], dated["date"] if dated else ""


def read_day(text: str, arxiv_id: str) -> date | None:
    """The day that a comment names, `06/12` or `2024/06/12`; without a year, the first such day since the id was given.

    >>> read_day("01/05", "2312.01234")
    datetime.date(2024, 1, 5)
    """
    numbers = [int(number) for number in _NUMBERS.findall(text)]
    if len(numbers) == 2 and arxiv_id:
        year, month = given_in(arxiv_id)
        numbers = [year + (numbers[0] < month), *numbers]
    try:
        return date(*numbers) if len(numbers) == 3 else None
    except (ValueError, OverflowError):
        return None


def read_cells(cells: Sequence[str], heads: Sequence[str], date_text: str = "") -> tuple[list[Row], tuple[str, ...]]:
    """The papers of a table's row, and the ids it only cites. `heads` are the columns' names in lower case, or ()."""
    parts = [
        with_bare_ids(pieces(cell)) if not _is_long(heads, index) else pieces(cell) for index, cell in enumerate(cells)
    ]
    if len(parts) < len(heads) and heads[0].startswith(_DATE_HEADS) and not is_aside(_text_of(parts[0])):
        heads = heads[-len(parts) :]  # the first cell spans several rows
    index = _title_index(parts, heads)
    found = _items(parts[index] if index < len(parts) else (), break_means_authors=True)
    rows, cited = found
    if len(rows) == 1 and not rows[0].arxiv_id:
        other = next((one for one in _linked(parts, index) if len(items_in(parts[one]).parts) > 1), None)
        if other is not None and not rows[0].title:
            return _items(parts[other], break_means_authors=True)
    for row in rows:
        for number, part in enumerate(parts):
            if number != index:
                _read_cell(row, part, heads[number] if number < len(heads) else "")
        row.date_text = row.date_text if read_day(row.date_text, "") else date_text or row.date_text
    return rows, cited


def _is_long(heads: Sequence[str], index: int) -> bool:
    return index < len(heads) and heads[index].startswith(_LONG_HEADS)


def _linked(parts: Sequence[Sequence[Piece]], but: int) -> Iterable[int]:
    """The cells with a link to a paper."""
    return (
        index
        for index, part in enumerate(parts)
        if index != but and any(piece.kind is not Kind.TEXT and find_id(piece.url) for piece in part)
    )


def read_bullet(text: str, date_text: str = "") -> tuple[list[Row], tuple[str, ...]]:
    """The papers of a bullet's text, at least one even if it is none, and the ids that it only cites."""
    rows, cited = _items(pieces(text), break_means_authors="<" in text)
    return [replace(row, date_text=date_text or row.date_text) for row in rows], cited


def _items(parts: Sequence[Piece], *, break_means_authors: bool) -> tuple[list[Row], tuple[str, ...]]:
    items = items_in(parts)
    rows: list[Row] = []
    for part in items.parts:
        row = Row()
        _read_entry(row, part, break_means_authors=break_means_authors)
        if rows and not row.title:
            row.title = rows[-1].title
        rows.append(row)
    return rows, items.cited


def read_further(row: Row, text: str) -> None:
    """A line that goes on with a bullet: authors, then links."""
    found = pieces(text)
    for piece in found:
        _take_link_or_badge(row, piece)
    words = " ".join(piece.text for piece in found if piece.kind is Kind.TEXT)
    if not row.authors and looks_like_names(words):
        row.authors = names(words)
    elif words and not row.note:
        row.note = stripped(words)


def names(text: str) -> tuple[str, ...]:
    """The names in a list of authors."""
    text = _SAYS_AUTHORS.sub("", text).replace(" and ", ", ").replace(" & ", ", ")
    found = (_name(part) for part in split_authors(text[:_MOST_AUTHORS]))
    return tuple(name for name in found if name and not _OTHERS.fullmatch(name))


def _name(text: str) -> str:
    name = stripped(text)
    return name if name.endswith(_DOTTED) else name.rstrip(".")


def is_outside(url: str) -> bool:
    """Whether an address leads out of the file and its repository."""
    return url.startswith(("http://", "https://"))


def _title_index(parts: Sequence[Sequence[Piece]], heads: Sequence[str]) -> int:
    """The cell with the title: under such a head, else the first with a title as link, else the longest text."""
    for wanted in _TITLE_HEADS:
        for index, head in enumerate(heads[: len(parts)]):
            if head.startswith(wanted) and not head.endswith(("link", "url", "链接")) and _has_title(parts[index]):
                return index
    usable = [
        index
        for index, head in enumerate([*heads, *[""] * len(parts)][: len(parts)])
        if not head.startswith((*_AUTHOR_HEADS, *_VENUE_HEADS, *_DATE_HEADS, *_LONG_HEADS))
    ]
    for index in usable:
        brackets = bracketed_links(parts[index])
        if any(is_title_link(piece, brackets, place) for place, piece in enumerate(parts[index])):
            return index
    texts = {index: _text_of(parts[index]) for index in usable}
    likely = [index for index, text in texts.items() if text and not is_aside(text) and not looks_like_names(text)]
    return max(likely or usable, key=lambda index: n_words(texts[index]), default=0)


def _has_title(part: Sequence[Piece]) -> bool:
    brackets = bracketed_links(part)
    return any(
        is_title_link(piece, brackets, index) if piece.kind is Kind.LINK else not is_aside(stripped(piece.text))
        for index, piece in enumerate(part)
        if piece.kind in (Kind.LINK, Kind.TEXT)
    )


def _read_cell(row: Row, part: Sequence[Piece], head: str) -> None:
    words = _text_of(part)
    if not head.startswith(_LONG_HEADS):
        for piece in part:
            _take_link_or_badge(row, piece)
    if head.startswith(_DATE_HEADS):
        row.date_text = row.date_text or stripped(words)
    elif head.startswith(_AUTHOR_HEADS):
        row.authors = row.authors or names(words)
    elif head.startswith(_VENUE_HEADS):
        row.publication = row.publication or stripped(words)
    elif words and not row.note and stripped(words):
        row.note = stripped(words)


def _read_entry(row: Row, part: Sequence[Piece], *, break_means_authors: bool) -> None:
    """The title with what stands around it in the same cell or bullet."""
    index = _title_link(part)
    before = part[:index] if index is not None else part
    if index is not None:
        row.title, row.address = _unquoted(part[index].text), part[index].url
        _around(row, stripped(_text_of(before)))
        rest = part[index + 1 :]
    else:
        rest = _untitled(row, part)
    for piece in (*(before if index is not None else ()), *rest):
        _take_link_or_badge(row, piece)
    same_line, *later = [stripped(text) for text in _lines(rest)]
    later = [text for text in later if text]
    if break_means_authors and later and not row.authors and not is_aside(later[0]):
        row.authors = names(later.pop(0))
    elif same_line and looks_like_names(same_line) and not later:
        row.authors, same_line = row.authors or names(same_line), ""
    row.note = row.note or " ".join(text for text in (same_line, *later) if text)


def _title_link(part: Sequence[Piece]) -> int | None:
    """The link that is the title: the first that is no label, unless it is but a word behind a title in plain text."""
    brackets = bracketed_links(part)
    found = [
        index for index, piece in enumerate(part) if is_title_link(piece, brackets, index) and is_outside(piece.url)
    ]
    if not found:
        return None
    best = next((index for index in found if find_id(part[index].url)), found[0])
    best = found[0] if n_words(part[found[0]].text) >= 3 else best
    before = " ".join(piece.raw for piece in part[:best] if piece.kind is Kind.TEXT)
    title, _ = titled(before)
    is_said_before = n_words(title) >= 3 and not before.rstrip().endswith((":", "：")) and not is_aside(title)
    return None if is_said_before and n_words(part[best].text) < 3 else best


def _untitled(row: Row, part: Sequence[Piece]) -> Sequence[Piece]:
    """Take the title from plain text: before the links if anything stands there, else behind them; what is left."""
    for index, piece in enumerate(part):
        if piece.kind is Kind.TEXT:
            title, rest = titled(piece.raw)
            if is_label(title):
                row.is_labelled = row.is_labelled or bool(title)
            elif title and not is_aside(title):
                row.title = title
                _take_rest(row, rest)
                return (*part[:index], *part[index + 1 :])
            else:
                _around(row, stripped(piece.text))
    return part


def _unquoted(text: str) -> str:
    """A link's text, letter for letter but for quotation marks around all of it."""
    text = _ID_BEFORE.sub("", text)
    inner = text[1:-1]
    is_quoted = (
        len(text) > 2 and text[0] + text[-1] in ("““", '""', "“”", "''") and not {text[0], text[-1]} & set(inner)
    )
    return inner if is_quoted else text


def _take_rest(row: Row, rest: str) -> None:
    if looks_like_names(rest):
        row.authors = names(rest)
    elif is_aside(rest):
        _around(row, rest)
    else:
        row.note = row.note or rest


def _lines(part: Iterable[Piece]) -> list[str]:
    """The texts of a part, by the line they stand on."""
    lines: list[list[str]] = [[]]
    for piece in part:
        if piece.kind is Kind.BREAK:
            lines.append([])
        elif piece.kind is Kind.TEXT and not _PROPERTY.match(piece.text):
            lines[-1].append(piece.text)
    return [" ".join(words) for words in lines]


def _around(row: Row, before: str) -> None:
    """What stands before a title: a venue or a date in brackets, or a word of the list's own."""
    if not before:
        return
    if read_day(before, "") is not None:
        row.date_text = row.date_text or before
    elif is_aside(before) or _YEAR.search(before) or "'" in before:
        row.publication = row.publication or before.strip(" []()（）")
    else:
        row.tags.append(before)


def _take_link_or_badge(row: Row, piece: Piece) -> None:
    if piece.kind is Kind.LINK:
        if is_outside(piece.url):
            row.links.append(Link(piece.text or _site(piece.url), piece.url))
            row.is_labelled = row.is_labelled or bool(piece.text)
        return
    if piece.kind is not Kind.BADGE:
        return
    left, right = badge_text(piece)
    if left.casefold() in _VENUES or (right and piece.text.casefold() in _VENUES):
        row.publication = row.publication or right
    elif right:
        row.tags.append(f"{left} {right}".strip())
    if is_outside(piece.url) and "github.com/" in piece.url:
        row.starred = row.starred or piece.url
    elif is_outside(piece.url):
        row.links.append(Link(right or piece.text or _site(piece.url), piece.url))


def _site(url: str) -> str:
    """What to call an address without a label."""
    if find_id(url):
        return "Paper"
    try:
        return urlsplit(url).netloc.removeprefix("www.") or "link"
    except ValueError:
        return "link"


def _text_of(part: Iterable[Piece]) -> str:
    return " ".join(piece.text for piece in part if piece.kind is Kind.TEXT)
