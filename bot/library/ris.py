"""Read RIS libraries, as EndNote, Zotero and Mendeley write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import rispy

from bot.library.fields import distinct, notes_on, paper_of
from bot.library.parsed import ListedPaper, Parsed

_BEGIN = re.compile(r"^TY  ?- ?", re.MULTILINE)
_TAG = re.compile(r"^[A-Z][A-Z0-9]  ?-(?: |$)", re.MULTILINE)
# RIS has fields for everything; which of rispy's names stand for which of ours.
_NAMES = {
    "title": ("title", "primary_title", "translated_title", "short_title"),
    "authors": ("authors", "first_authors"),
    "doi": ("doi",),
    "url": ("urls", "url", "file_attachments1", "file_attachments2", "link", "access_date"),
    "journal": ("journal_name", "secondary_title", "alternate_title1", "alternate_title2", "alternate_title3"),
    "number": ("number", "type_of_work", "custom1", "custom3", "custom7", "accession_number", "call_number"),
    "volume": ("volume",),
    "publisher": ("publisher", "name_of_database"),
    "note": ("notes", "research_notes"),
    "date": ("date", "publication_year", "year"),
}


def read_ris(text: str) -> Parsed | None:
    """Every reference of a RIS file; None if most of its lines are something else."""
    first = _BEGIN.search(text)
    if not first or len(_TAG.findall(text)) * 2 < sum(bool(line.strip()) for line in text.split("\n")):
        return None
    starts = [found.start() for found in _BEGIN.finditer(text)]
    numbers = [text.count("\n", 0, starts[0]) + 1]
    for start, end in pairwise(starts):
        numbers.append(numbers[-1] + text.count("\n", start, end))
    papers: list[ListedPaper] = []
    warnings: list[str] = []
    for line, (start, end) in zip(numbers, pairwise([*starts, len(text)]), strict=True):
        try:
            entries = rispy.loads(_ended(text[start:end]), skip_unknown_tags=False)
        except (ValueError, KeyError, TypeError) as error:
            warnings.append(f"the reference at line {line} cannot be read: {error}")
            continue
        papers += [paper_of(_fields(entry), line) for entry in entries[:1]]
    return Parsed(format="ris", papers=distinct(papers), lines=notes_on(text, papers), warnings=tuple(warnings[:20]))


def _ended(entry: str) -> str:
    """One reference with its end, which some tools leave out."""
    body = re.split(r"^ER  ?-", entry, maxsplit=1, flags=re.MULTILINE)[0]
    return re.sub(r"^([A-Z][A-Z0-9])  ?- ?", r"\1  - ", body, flags=re.MULTILINE).rstrip() + "\nER  - \n"


def _fields(entry: Mapping[str, Any]) -> dict[str, str]:
    fields = {}
    for ours, theirs in _NAMES.items():
        values = [_text(entry[name]) for name in theirs if entry.get(name)]
        if values:
            fields[ours] = values[0] if ours in ("title", "authors", "date") else "\n".join(values)
    return fields


def _text(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)
