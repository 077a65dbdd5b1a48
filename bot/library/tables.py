"""Read comma- and tab-separated tables: Zotero's, other tools', and the votes that Paperlark itself exports."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.arxiv_id import find_id
from bot.library.fields import branches_of, named, notes_on, own_id, paper_of, restored_id
from bot.library.parsed import ListedPaper, Parsed
from bot.library.records import use_of
from bot.models import ListUse
from bot.text import counted

_IDS = ("arxivid", "arxiv", "id", "eprint", "paperid", "arxivnumber", "identifier")
_ADDRESSES = ("url", "link", "doi", "abs", "pdf", "paper", "arxivurl", "paperurl", "absurl", "href", "address")
_OTHERS = (
    "title", "author", "authors", "abstract", "abstractnote", "year", "date", "venue", "journal", "categories", "tags",
    "notes", "note", "category", "topic", "section", "key", "itemtype", "publicationyear", "publicationtitle", "worth",
    "vote", "day", "emoji", "published", "comment", "summary", "publisher", "code", "collection", "folder", "group",
    "label", "rating", "status", "标题", "作者", "链接", "日期", "papertitle", "name",
)  # fmt: skip
_KNOWN = frozenset({*_IDS, *_ADDRESSES, *_OTHERS})
_WORTHS = ("worth", "vote", "reward", "feedback", "liked", "opinion")
_SECTIONS = ("section", "topic", "category", "collection", "folder", "group", "subject", "tag")
_DELIMITERS = (",", "\t", ";", "|")
_FORMULA = re.compile(r"'(?=[=+\-@＝＋－＠\t])|=\"(?P<text>[^\"]*)\"")
_LONGEST_HEAD = 4_000
_LONGEST_CELL = 2**20


def read_table(text: str) -> Parsed | None:
    """The rows of a table whose first row names its columns; None if it has no such row."""
    start = len(text) - len(text.lstrip("\n"))
    head_line = text[start : text.find("\n", start) if "\n" in text[start:] else len(text)][:_LONGEST_HEAD]
    found = next((one for one in _DELIMITERS if _is_head(_cells(head_line, one))), None)
    if found is None:
        return None
    columns = [named(cell) for cell in _cells(head_line, found)]
    first_line = text.count("\n", 0, start) + 1
    papers, restored, unread = _papers(text[start:], columns, found, first_line)
    kept = _merged(papers)
    warnings = []
    if restored:
        warnings.append(
            f"{counted(restored, 'id')} had lost digits, as spreadsheets make numbers of them; completed with zeros"
        )
    if unread:
        warnings.append(f"the table cannot be read from line {unread} on: its quotation marks do not match")
    return Parsed(
        format="csv",
        papers=kept,
        branches=branches_of(kept),
        lines=notes_on(text, papers),
        warnings=tuple(warnings),
    )


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _is_head(cells: Sequence[str]) -> bool:
    """Whether a row names columns: an id or an address among them, and no paper of its own."""
    names = [named(cell) for cell in cells]
    if any(len(name) > 40 for name in names) or any(find_id(cell.strip()) for cell in cells):
        return False
    known = [name for name in names if name in _KNOWN]
    has_id = any(name in _IDS or name in _ADDRESSES for name in known)
    return has_id and (len(known) >= 2 or (len(cells) == 1 == len(known) and names[0] != "paper"))


def _rows(text: str, delimiter: str, first_line: int) -> Iterator[tuple[int, list[str]]]:
    """Each row below the head with the line it begins on; the number 0 stands for a place that cannot be read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    csv.field_size_limit(_LONGEST_CELL)
    line = first_line
    try:
        for row in reader:
            if line > first_line:
                yield line, row
            line = first_line + reader.line_num
    except csv.Error:
        yield 0, [str(line)]


def _papers(text: str, columns: Sequence[str], delimiter: str, first_line: int) -> tuple[list[ListedPaper], int, int]:
    """The papers of all rows, how many ids were completed, and the line from which on nothing can be read."""
    papers: list[ListedPaper] = []
    restored = unread = 0
    for line, row in _rows(text, delimiter, first_line):
        if line == 0:
            unread = int(row[0])
        elif any(cell.strip() for cell in row):
            fields = {name: _cell(cell) for name, cell in reversed(list(zip(columns, row, strict=False)))}
            was_cut = _completed(fields)
            restored += was_cut
            papers.append(_paper(fields, line))
    return papers, restored, unread


def _cell(cell: str) -> str:
    """A cell without what kept a spreadsheet from reckoning with it."""
    match = _FORMULA.match(cell)
    return cell if match is None else match["text"] if match["text"] is not None else cell[1:]


def _completed(fields: dict[str, str]) -> bool:
    for name in ("arxivid", "arxiv", "id", "eprint"):
        if (cell := fields.get(name, "")) and not find_id(cell) and (found := restored_id(cell)):
            fields[name] = found
            return True
    return False


def _paper(fields: Mapping[str, str], line: int) -> ListedPaper:
    worth = next((fields[name] for name in _WORTHS if fields.get(name, "").strip()), None)
    use = ListUse.LIKED if worth is None else use_of(worth)
    section = next((text.strip() for name in _SECTIONS if (text := fields.get(name, "")).strip()), "")
    paper = paper_of(fields, line, (section[:200],) if section else (), use)
    return replace(paper, arxiv_id=paper.arxiv_id or own_id({"url": fields.get("title", "")}))


def _merged(papers: Sequence[ListedPaper]) -> tuple[ListedPaper, ...]:
    """Each paper once; of several votes on it the sum decides, and the last day stands."""
    found: dict[str, ListedPaper] = {}
    sums: dict[str, int] = {}
    sign = {ListUse.LIKED: 1, ListUse.DISLIKED: -1, ListUse.POSTED: 0}
    for one in papers:
        paper = one
        key = paper.arxiv_id or f"{paper.title.casefold()} {paper.links[:1]}"
        sums[key] = sums.get(key, 0) + sign[paper.use]
        if key in found:
            known = found[key]
            sections = tuple(dict.fromkeys((*known.sections, *paper.sections)))
            paper = replace(known, sections=sections, listed_on=paper.listed_on or known.listed_on)
        use = ListUse.LIKED if sums[key] > 0 else ListUse.DISLIKED if sums[key] < 0 else ListUse.POSTED
        found[key] = replace(paper, use=use)
    return tuple(found.values())
