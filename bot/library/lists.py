"""Tell lists in Markdown or HTML that are curated, with sections, from outlines of topics."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from bot.arxiv_id import find_id, ids_named
from bot.library.inline import Kind as PieceKind
from bot.library.inline import pieces
from bot.library.layout import Kind, Line
from bot.library.layout import lines_of as _lines_of
from bot.library.markdown_list import read_markdown_list
from bot.library.parsed import Parsed
from bot.library.row import is_outside
from bot.library.titles import n_words

_LINES_LOOKED_AT = 20_000
_FEWEST_WORDS = 2
_LISTING = (Kind.BULLET, Kind.TEXT, Kind.BOLD)

lines_of = lru_cache(maxsize=1)(_lines_of)  # the same file is tried as one kind of list after the other


def read_curated(text: str) -> Parsed | None:
    """A list whose sections are topics; None for a text that is no such list."""
    lines = lines_of(text)
    return read_markdown_list(text, lines, is_outline=False) if _is_curated(lines) else None


def read_outline(text: str) -> Parsed | None:
    """A tree of topics with papers as leaves; None for a text that is none."""
    lines = lines_of(text)
    return read_markdown_list(text, lines, is_outline=True) if _is_outline(lines) else None


def _is_curated(lines: Sequence[Line]) -> bool:
    """Whether there is a table with links, headings or parts that are papers, or items with links below headings."""
    has_heading = False
    for line in lines[:_LINES_LOOKED_AT]:
        if line.kind is Kind.ROW and _has_link(line):
            return True
        if line.kind in (Kind.HEADING, Kind.SUMMARY) and any(map(find_id, _addresses(line))):
            return True
        has_heading = has_heading or line.kind in (Kind.HEADING, Kind.BOLD, Kind.SUMMARY)
        is_item = line.kind in _LISTING and (_has_labelled_link(line) or _has_link_and_words(line))
        if is_item and (has_heading or (line.kind is Kind.TEXT and any(map(find_id, _addresses(line))))):
            return True
    return False


def _is_outline(lines: Sequence[Line]) -> bool:
    """Whether the text has bullets that are more than an id or an address, and a link among them."""
    bullets = [line for line in lines[:_LINES_LOOKED_AT] if line.kind is Kind.BULLET and line.text]
    if not any(_has_link(line) or find_id(line.text) for line in bullets):
        return False
    return any(_has_labelled_link(line) or not (_has_link(line) or find_id(line.text)) for line in bullets)


def _addresses(line: Line) -> list[str]:
    return [piece.url for piece in pieces(line.text) if piece.url] if "://" in line.text else []


def _has_link(line: Line) -> bool:
    return any(map(is_outside, _addresses(line)))


def _has_labelled_link(line: Line) -> bool:
    found = pieces(line.text)
    return any(piece.text and piece.kind is not PieceKind.TEXT and is_outside(piece.url) for piece in found)


def _has_link_and_words(line: Line) -> bool:
    words = sum(n_words(piece.text) for piece in pieces(line.text) if piece.kind is PieceKind.TEXT)
    return line.kind is Kind.BULLET and words >= _FEWEST_WORDS and any(ids_named(line.text))
