"""Read a row or bullet of a list as papers: which link is the title, who the authors are, where it appeared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from bot.arxiv_id import find_id
from bot.library.authors import looks_like_names, names
from bot.library.inline import Kind, Piece, badge_text, pieces, stripped
from bot.library.items import items_in
from bot.library.parsed import Link
from bot.library.row import Row, is_outside, read_day
from bot.library.titles import bracketed_links, is_aside, is_label, is_title_link, n_words, titled

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
_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")
_PROPERTY = re.compile(r"[\w-]{1,20}:: ")  # of a note-taking tool
_ID_BEFORE = re.compile(r"^\[(?:arxiv:)?\d{4}\.\d{4,5}(?:v\d+)?\]\s+", re.IGNORECASE)  # as browsers name arXiv's pages


def read_bullet(text: str, date_text: str = "") -> tuple[list[Row], tuple[str, ...]]:
    """The papers of a bullet's text, at least one even if it is none, and the ids that it only cites."""
    rows, cited = read_items(pieces(text), break_means_authors="<" in text)
    return [replace(row, date_text=date_text or row.date_text) for row in rows], cited


def read_items(parts: Sequence[Piece], *, break_means_authors: bool) -> tuple[list[Row], tuple[str, ...]]:
    """Read each paper of some pieces as a row; one without a title has that of the one before."""
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
        take_link_or_badge(row, piece)
    words = " ".join(piece.text for piece in found if piece.kind is Kind.TEXT)
    if not row.authors and looks_like_names(words):
        row.authors = names(words)
    elif words and not row.note:
        row.note = stripped(words)


def _read_entry(row: Row, part: Sequence[Piece], *, break_means_authors: bool) -> None:
    """The title with what stands around it in the same cell or bullet."""
    index = _title_link(part)
    before = part[:index] if index is not None else part
    if index is not None:
        row.title, row.address = _unquoted(part[index].text), part[index].url
        _around(row, stripped(text_of(before)))
        rest = part[index + 1 :]
    else:
        rest = _untitled(row, part)
    for piece in (*(before if index is not None else ()), *rest):
        take_link_or_badge(row, piece)
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


def take_link_or_badge(row: Row, piece: Piece) -> None:
    """Add what a link or badge says to a row."""
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


def text_of(part: Iterable[Piece]) -> str:
    """Join the words of some pieces, without links and badges."""
    return " ".join(piece.text for piece in part if piece.kind is Kind.TEXT)
