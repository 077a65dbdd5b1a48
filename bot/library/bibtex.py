"""BibTeX libraries: entries with the arXiv id that one of their fields names."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

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

from bot.arxiv_id import find_id
from bot.library.parsed import Branch, Fate, LineNote, Link, ListedPaper, Parsed
from bot.text import cut, one_line, readable

# Every broken entry is reported to whoever imports the file; the library would log each one on top.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

_ID_FIELDS = ("eprint", "arxivid", "arxiv", "arxiv_id")
_ADDRESS_FIELDS = ("url", "doi", "howpublished", "ee", "bdsk-url-1", "link", "note", "annote", "file", "pdf")
_NAMED_IN = ("journal", "journaltitle", "booktitle", "number", "volume", "publisher", "series", "howpublished", "note")
_ARXIV_WORD = re.compile(r"(?:arxiv[:\s./]{1,3}|abs/)(?P<id>[\w.-]{1,20}(?:/\d{7})?(?:v\d{1,3})?)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s{},\\]{1,500}|10\.48550/[^\s{},\\]{1,60}", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_GROUP_FIELDS = ("groups", "mendeley-groups")
_GROUP_ENDS = re.compile(r"[,;]")
_VENUE_FIELDS = ("booktitle", "journal", "journaltitle")
_BRACES = {ord("{"): None, ord("}"): None}
_LONGEST_FIELD = 20_000
_LONGEST_ADDRESS = 600
_LONGEST_TITLE = 400
_LONGEST_NOTE = 100
_MOST_AUTHORS = 500


def is_bibtex(text: str) -> bool:
    """Whether the text holds an entry of BibTeX at a line's beginning, or is a file of nothing else."""
    return _ENTRY.search(text) is not None


_ENTRY = re.compile(r"^[ \t]{0,20}@[a-zA-Z]{3,30}[ \t]{0,5}[{(][ \t]{0,5}[^\s{}(),]{0,300}[ \t]{0,5},", re.MULTILINE)


def read_bibtex(text: str) -> Parsed:
    """Every entry as a paper; groups of JabRef and Mendeley are its sections."""
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
        branches=tuple(_branches(papers.values())),
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
    fields = {field.key.casefold(): str(field.value)[:_LONGEST_FIELD] for field in reversed(entry.fields)}
    addresses = [found for name in _ADDRESS_FIELDS if name in fields for found in _ADDRESS.findall(fields[name])]
    groups = [
        group for name in _GROUP_FIELDS for part in _GROUP_ENDS.split(fields.get(name, "")) if (group := _words(part))
    ]
    venue = next((found for name in _VENUE_FIELDS if (found := _words(fields.get(name, "")))), "")
    arxiv_id = _arxiv_id(fields)
    year = _words(fields.get("year", ""))
    return ListedPaper(
        line=line,
        title=cut(_words(fields.get("title", "")), _LONGEST_TITLE) or one_line(entry.key),
        arxiv_id=arxiv_id,
        authors=_authors(fields.get("author", "")),
        sections=tuple((group,) for group in dict.fromkeys(groups)),
        publication=""
        if "arxiv" in venue.casefold() or venue == "CoRR"
        else f"{venue} {year}".strip()
        if venue
        else "",
        links=tuple(
            dict.fromkeys(Link("link", url) for url in addresses if url.startswith("http") and not find_id(url))
        ),
        note=cut(_words(fields.get("note", "")), _LONGEST_NOTE),
    )


def _arxiv_id(fields: Mapping[str, str]) -> str:
    """The id that the fields name: the ones made for it first, then addresses, then words in journal or note."""
    return _own_id(fields) or _id_in_addresses(fields) or _id_in_words(fields)


def _own_id(fields: Mapping[str, str]) -> str:
    archive = fields.get("archiveprefix", fields.get("eprinttype", "")).strip(" {}")
    for name in _ID_FIELDS:
        word = fields.get(name, "").strip(" {}\n\t")
        if found := find_id(word) or (find_id(f"{archive}/{word}") if archive.casefold() not in ("", "arxiv") else ""):
            return found
        if (category := fields.get("primaryclass", "").strip(" {}")) and (found := find_id(f"{category}/{word}")):
            return found
    return ""


def _id_in_addresses(fields: Mapping[str, str]) -> str:
    for name in _ADDRESS_FIELDS:
        value = fields.get(name, "")
        for word in (value, *_ADDRESS.findall(value)):
            # A bare number in a note is no id.
            is_address = len(word) < _LONGEST_ADDRESS and (name != "note" or "arxiv" in word.casefold())
            if is_address and (found := find_id(word.strip(" {}").rstrip(".;,"))):
                return found
    return ""


def _id_in_words(fields: Mapping[str, str]) -> str:
    for name in _NAMED_IN:
        for match in _ARXIV_WORD.finditer(fields.get(name, "")):
            if found := find_id(match["id"].rstrip(".")):
                return found
    return ""


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


def _branches(papers: Iterable[ListedPaper]) -> Iterator[Branch]:
    seen: set[str] = set()
    for paper in papers:
        for section in paper.sections:
            if section[0] not in seen:
                seen.add(section[0])
                yield Branch(section[0], paper.line)


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
