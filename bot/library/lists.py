"""Which lists in Markdown are curated lists with sections, and which are outlines of topics."""

from __future__ import annotations

from functools import partial

from bot.arxiv_id import find_id
from bot.library.inline import Kind as PieceKind
from bot.library.inline import pieces
from bot.library.layout import Kind, Line, lines_of
from bot.library.markdown_list import read_markdown_list
from bot.library.rows import is_outside

_LINES_LOOKED_AT = 20_000

read_curated = partial(read_markdown_list, is_outline=False)
read_outline = partial(read_markdown_list, is_outline=True)


def is_curated(text: str) -> bool:
    """Whether the text has a table with links, or bullets with links below headings."""
    has_heading = False
    for line in lines_of(text)[:_LINES_LOOKED_AT]:
        has_heading = has_heading or line.kind in (Kind.HEADING, Kind.BOLD)
        if line.kind is Kind.ROW and _has_link(line):
            return True
        if has_heading and line.kind in (Kind.BULLET, Kind.TEXT) and _has_labelled_link(line):
            return True
    return False


def is_outline(text: str) -> bool:
    """Whether the text has bullets that are more than an id or an address, and a link among them."""
    bullets = [line for line in lines_of(text)[:_LINES_LOOKED_AT] if line.kind is Kind.BULLET and line.text]
    if not bullets or not any(_has_link(line) for line in bullets):
        return False
    return any(_has_labelled_link(line) or not (_has_link(line) or find_id(line.text)) for line in bullets)


def _links(line: Line) -> list[str]:
    found = pieces(line.text)
    return [piece.text for piece in found if piece.kind is PieceKind.LINK and is_outside(piece.url)]


def _has_link(line: Line) -> bool:
    return bool(_links(line))


def _has_labelled_link(line: Line) -> bool:
    return any(_links(line))
