"""Read a table's row as papers: which column holds the title, which authors, venue and date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.arxiv_id import find_id
from bot.library.authors import looks_like_names, names
from bot.library.inline import Kind, Piece, pieces, stripped
from bot.library.items import items_in, with_bare_ids
from bot.library.row import Row, read_day
from bot.library.rows import read_items, take_link_or_badge, text_of
from bot.library.titles import bracketed_links, is_aside, is_title_link, n_words

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


def read_cells(cells: Sequence[str], heads: Sequence[str], date_text: str = "") -> tuple[list[Row], tuple[str, ...]]:
    """The papers of a table's row, and the ids it only cites. `heads` are the columns' names in lower case, or ()."""
    parts = [
        with_bare_ids(pieces(cell)) if not _is_long(heads, index) else pieces(cell) for index, cell in enumerate(cells)
    ]
    if len(parts) < len(heads) and heads[0].startswith(_DATE_HEADS) and not is_aside(text_of(parts[0])):
        heads = heads[-len(parts) :]  # the first cell spans several rows
    index = _title_index(parts, heads)
    found = read_items(parts[index] if index < len(parts) else (), break_means_authors=True)
    rows, cited = found
    if len(rows) == 1 and not rows[0].arxiv_id:
        other = next((one for one in _linked(parts, index) if len(items_in(parts[one]).parts) > 1), None)
        if other is not None and not rows[0].title:
            return read_items(parts[other], break_means_authors=True)
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
    texts = {index: text_of(parts[index]) for index in usable}
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
    words = text_of(part)
    if not head.startswith(_LONG_HEADS):
        for piece in part:
            take_link_or_badge(row, piece)
    if head.startswith(_DATE_HEADS):
        row.date_text = row.date_text or stripped(words)
    elif head.startswith(_AUTHOR_HEADS):
        row.authors = row.authors or names(words)
    elif head.startswith(_VENUE_HEADS):
        row.publication = row.publication or stripped(words)
    elif words and not row.note and stripped(words):
        row.note = stripped(words)
