"""Read BibTeX libraries: entries with the arXiv id that one of their fields names."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, pairwise

from bibtexparser.entrypoint import parse_string
from bibtexparser.library import Library
from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    Entry,
    ExplicitComment,
    ParsingFailedBlock,
    Preamble,
    String,
)

from bot.arxiv_id import ids_named
from bot.library.fields import branches_of, named, paper_of
from bot.library.parsed import Fate, LineNote, ListedPaper, Parsed
from bot.text import cut, one_line, readable

# Every broken entry is reported to whoever imports the file; the library would log each one on top.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_GROUP_FIELDS = ("groups", "mendeleygroups")
_GROUP_ENDS = re.compile(r"[,;]")
_VENUE_FIELDS = ("booktitle", "journal", "journaltitle")
_BRACES = {ord("{"): None, ord("}"): None}
_LONGEST_FIELD = 20_000
_LONGEST_NOTE = 100
_MOST_AUTHORS = 500


_ENTRY = re.compile(r"^[ \t]{0,20}@[a-zA-Z]{3,30}[ \t]{0,5}[{(][ \t]{0,5}[^\s{}(),]{0,300}[ \t]{0,5},", re.MULTILINE)
_ANY_BLOCK = re.compile(r"^[ \t]{0,20}@[a-zA-Z]{3,30}[ \t]{0,5}[{(]", re.MULTILINE)
_REMARK = re.compile(r"^\s*%.*$", re.MULTILINE)


def citation_blocks(text: str) -> tuple[tuple[int, int], ...]:
    """Where each entry of BibTeX begins and ends in a text; one that never closes ends with its paragraph."""
    if not _ENTRY.search(text):
        return ()
    starts = [found.start() for found in _ANY_BLOCK.finditer(text)]
    return tuple((start, _end(text, start, limit)) for start, limit in pairwise([*starts, len(text)]))


def _end(text: str, start: int, limit: int) -> int:
    """The place behind the bracket that closes the entry; of one that never closes, the end of its paragraph."""
    opening = _OPENING.search(text, start, limit)
    if opening is None or opening[0] == "(":
        closed = _ROUND_END.search(text, start, limit)
        return closed.end() if closed else _paragraph_end(text, start, limit)
    depth = 0
    for found in _BRACE.finditer(text, opening.start(), limit):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.end()
    return _paragraph_end(text, start, limit)


def _paragraph_end(text: str, start: int, limit: int) -> int:
    blank = text.find("\n\n", start, limit)
    return blank if blank >= 0 else limit


_OPENING = re.compile(r"[{(]")
_BRACE = re.compile(r"[{}]")
_ROUND_END = re.compile(r"\)\s*$", re.MULTILINE)


def is_bibtex(text: str) -> bool:
    """Whether most lines of the text belong to entries, and fewer papers are linked to outside of them."""
    blocks = citation_blocks(text)
    if not blocks:
        return False
    outside = _REMARK.sub("", "".join(text[end:start] for end, start in _between(blocks, len(text))))
    inside = sum(bool(line.strip()) for start, end in blocks for line in text[start:end].split("\n"))
    around = sum(bool(line.strip().strip("`~")) for line in outside.split("\n"))
    linked = set(islice(ids_named(outside), 10 * len(blocks)))
    return inside > around and len(linked) < len(blocks)


def _between(blocks: Sequence[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    ends = [0, *(end for _, end in blocks)]
    starts = [*(start for start, _ in blocks), length]
    return zip(ends, starts, strict=True)


def read_bibtex(text: str) -> Parsed | None:
    """Every entry as a paper, groups of JabRef and Mendeley as its sections; None for a text that is something else."""
    return read_entries(text) if is_bibtex(text) else None


def read_entries(text: str) -> Parsed:
    """Every entry of a text as a paper, whatever stands around them."""
    library: Library = parse_string(text)
    notes: dict[int, LineNote] = {}
    papers: dict[str, ListedPaper] = {}
    for block in library.blocks:
        lines = _lines_of(block)
        entry = block.ignore_error_block if isinstance(block, DuplicateBlockKeyBlock) else block
        if isinstance(entry, Entry):
            notes |= _take(entry, lines, papers)
        else:
            fate, why = _reason(block)
            notes |= {number: LineNote(number, fate, why) for number in lines}
    return Parsed(
        format="bibtex",
        papers=tuple(papers.values()),
        branches=branches_of(papers.values()),
        lines=tuple(_for_each_line(text, notes)),
    )


def _take(entry: Entry, lines: Sequence[int], papers: dict[str, ListedPaper]) -> dict[int, LineNote]:
    """Add the entry to the papers, and say what became of its lines."""
    first = lines[0]
    paper = _paper(entry, first)
    key = paper.arxiv_id or f"{paper.title.casefold()} {entry.key}"
    label = cut(f"{paper.arxiv_id or entry.key} {paper.title}".strip(), _LONGEST_NOTE)
    if key in papers:
        note = LineNote(first, Fate.AGAIN, f"{label}: line {papers[key].line} has it")
    else:
        papers[key] = paper
        note = LineNote(first, Fate.PAPER if paper.arxiv_id else Fate.NO_ID, label)
    details = {number: LineNote(number, Fate.DETAIL, f"belongs to line {first}") for number in lines[1:]}
    return {first: note, **details}


def _paper(entry: Entry, line: int) -> ListedPaper:
    fields = {named(field.key): str(field.value)[:_LONGEST_FIELD] for field in reversed(entry.fields)}
    groups = [
        group for name in _GROUP_FIELDS for part in _GROUP_ENDS.split(fields.get(name, "")) if (group := _words(part))
    ]
    read = paper_of({**fields, "title": _words(fields.get("title", ""))}, line)
    venue = next((found for name in _VENUE_FIELDS if (found := _words(fields.get(name, "")))), "")
    year = _words(fields.get("year", ""))
    return replace(
        read,
        title=read.title or one_line(entry.key),
        authors=_authors(fields.get("author", "")),
        sections=tuple((group,) for group in dict.fromkeys(groups)),
        publication=f"{venue} {year}".strip() if read.publication and venue else "",
        note=cut(_words(fields.get("note", "")), _LONGEST_NOTE),
    )


def _authors(text: str) -> tuple[str, ...]:
    """Names as "Given Family", whichever way round they stand."""
    names = []
    for part in _AND.split(text[:_LONGEST_FIELD])[:_MOST_AUTHORS]:
        family, comma, given = part.partition(",")
        name = _words(f"{given} {family}" if comma and given.count(",") == 0 else part)
        if name and name.casefold() != "others":
            names.append(name)
    return tuple(names)


def _words(text: str) -> str:
    """A field's text without the braces that only keep capitals."""
    return readable(text) if "\\" in text or "$" in text else one_line(text.translate(_BRACES))


def _lines_of(block: Block) -> range:
    first = (block.start_line or 0) + 1
    return range(first, first + (block.raw or "").count("\n") + 1)


def _reason(block: Block) -> tuple[Fate, str]:
    if isinstance(block, ParsingFailedBlock):
        reason = getattr(block.error, "abort_reason", "") or str(block.error)
        why = one_line(reason).rstrip(".") or type(block.error).__name__
        return Fate.SKIPPED, cut(f"a broken entry: {why}", _LONGEST_NOTE)
    if isinstance(block, String):
        return Fate.DETAIL, f"the abbreviation {cut(one_line(block.key), 40)}"
    if isinstance(block, (ExplicitComment, Preamble)):
        return Fate.SKIPPED, "a comment" if isinstance(block, ExplicitComment) else "a preamble"
    return Fate.SKIPPED, "no entry"


def _for_each_line(text: str, notes: Mapping[int, LineNote]) -> Iterator[LineNote]:
    """A note for every line that is not blank, also for those that no block owns to."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield notes.get(number) or LineNote(number, Fate.SKIPPED, "no entry")
