"""Tell entries of a list from sentences, headings and links within it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.arxiv_id import find_id
from bot.library.inline import Kind as PieceKind
from bot.library.inline import Piece, pieces, stripped
from bot.library.layout import Kind, Line
from bot.library.row import is_outside
from bot.library.titles import is_label, n_words
from bot.text import cut

_LONGEST_LEAD = 60
_LONGEST_TITLE = 200
_LONGEST_NOTE = 100


def levels_of_papers(lines: Sequence[Line]) -> frozenset[int]:
    """The levels whose headings are papers: at least every second of them links to one."""
    links = [(line.level, bool(ids_in(line.text))) for line in lines if line.kind is Kind.HEADING]
    levels = {level for level, has_link in links if has_link}
    return frozenset(one for one in levels if 2 * links.count((one, True)) >= sum(level == one for level, _ in links))


def ids_in(text: str) -> list[str]:
    """Name the arXiv ids that a line links to."""
    return [found for piece in pieces(text) if (found := find_id(piece.url))] if "://" in text else []


def heading_text(text: str) -> str:
    """A heading's words; pictures and links that only lead back to the top are left out."""
    words = [
        piece.text
        for piece in pieces(text)
        if piece.kind is PieceKind.TEXT
        or (piece.kind is PieceKind.LINK and not is_label(piece.text) and (piece.text or is_outside(piece.url)))
    ]
    found = " ".join(words).strip(" :-–—")
    return cut(stripped(found) or found, _LONGEST_TITLE)


def is_entry(text: str) -> bool:
    """Whether a line outside of bullets and tables is about the paper it links to, rather than a sentence.

    Hardly a word stands before the first link, or the lines are those of an entry: title, authors, links.
    """
    found = pieces(text)
    first = next((piece for piece in found if piece.kind is not PieceKind.BREAK), None)
    if first is None:
        return False
    if first.kind is not PieceKind.TEXT or len(first.text) <= _LONGEST_LEAD:
        return True
    return first.raw.lstrip().startswith(("**", "__", '"', "“", "[")) or _ends_before_links(found)


def _ends_before_links(found: Sequence[Piece]) -> bool:
    """Whether nothing but labels follows the words: "A title that takes its time, authors. [paper] [code]"."""
    first = next((i for i, piece in enumerate(found) if piece.kind in (PieceKind.LINK, PieceKind.BADGE)), len(found))
    behind = found[first:]
    words = sum(n_words(piece.text) for piece in behind if piece.kind is PieceKind.TEXT)
    return words <= 3 and all(is_label(piece.text) for piece in behind if piece.kind is PieceKind.LINK)


def leads_inside(text: str) -> bool:
    """Whether a bullet is nothing but a link within the repository: a line of a table of contents."""
    found = pieces(text)
    inside = [piece for piece in found if piece.kind is PieceKind.LINK and not is_outside(piece.url)]
    words = sum(len(piece.text) for piece in found if piece.kind is PieceKind.TEXT)
    return bool(inside) and words <= sum(len(piece.text) for piece in inside)


def could_be_heading(text: str) -> bool:
    """Tell whether a line of text is short and no sentence."""
    return len(text) <= _LONGEST_NOTE and not text.endswith((".", ",", ";", "!")) and not text.startswith("<")
