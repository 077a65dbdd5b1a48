"""Read JSON and JSON lines of records: CSL, and what other arXiv bots and daily pages write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.arxiv_id import find_id
from bot.library.fields import (
    branches_of,
    distinct,
    lines_naming,
    named,
    notes_on,
    own_id,
    paper_of,
)
from bot.library.inline import Kind, pieces
from bot.library.parsed import ListedPaper, Parsed
from bot.models import ListUse
from bot.text import cut, one_line

_DEEPEST = 12
_LONGEST_SECTION = 200
_LONGEST_VALUE = 20_000
_BOT_FIELDS = frozenset({"ai", "tldr", "upvotes", "publishedat", "submittedondaily", "score", "relevance", "matched"})
_CSL_TYPES = re.compile(r"article.*|paper-conference|book|chapter|thesis|report|webpage|manuscript|preprint|software")
_WORTHS = ("worth", "vote", "reward", "feedback", "opinion")
_NO_SECTIONS = frozenset({
    "items", "papers", "data", "results", "entries", "records", "articles", "works", "references", "bookmarks",
    "library",
})  # fmt: skip

Record = tuple[tuple[str, ...], Mapping[str, Any], str]
"""The section it stands in, its fields, and the key it stands under."""


def read_csl(text: str) -> Parsed | None:
    """A library in CSL-JSON, None if it is something else."""
    value = _loaded(text)
    entries = value.get("items") if isinstance(value, dict) else value
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries) or not entries:
        return None
    is_csl = sum(_CSL_TYPES.fullmatch(str(one.get("type"))) is not None and "title" in one for one in entries)
    return _parsed(text, "csl", [((), one, "") for one in entries]) if is_csl > len(entries) // 2 else None


def read_records(text: str) -> Parsed | None:
    """Records in JSON or one JSON object a line, however they are nested; None if it is no JSON or holds no paper.

    What a bot collected was posted by it; nobody liked it.
    """
    value = _loaded(text)
    if value is None:
        return None
    records = list(_records(value, (), "", 0))
    return _parsed(text, "json", records) if any(_is_paper(fields, key) for _, fields, key in records) else None


def _loaded(text: str) -> Any:
    """The value of a JSON text, of JSON lines the list of their values; None for any other text."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    values = []
    for line in text.split("\n"):
        if line.strip():
            try:
                values.append(json.loads(line))
            except (ValueError, RecursionError):
                values.append(None)
    broken = sum(value is None for value in values)
    return [value for value in values if value is not None] if broken <= len(values) // 10 else None


def _records(value: Any, section: tuple[str, ...], key: str, depth: int) -> Iterator[Record]:
    """Every object that is a paper, with the keys above it as its section."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        inner = value.get("paper")
        if isinstance(inner, dict):
            value = {**value, **inner}
        if _is_paper(value, key):
            yield section, value, key
            return
        below = section if find_id(key) or not key or named(key) in _NO_SECTIONS else (*section, _section(key))
        for name, one in value.items():
            yield from _records(one, below, str(name), depth + 1)
    elif isinstance(value, list):
        below = section if not key or named(key) in _NO_SECTIONS else (*section, _section(key))
        for one in value:
            yield from _records(one, below, "", depth + 1)
    elif isinstance(value, str) and (find_id(key) or (find_id(value) and len(value) < 300)):
        yield section, {"id": key if find_id(key) else value, **_table_row(value)}, key


def _section(key: str) -> str:
    return cut(one_line(key), _LONGEST_SECTION)


def _table_row(value: str) -> dict[str, str]:
    """The fields of "|**2024-01-05**|**Title**|Ada Lark et.al.|[2401.00001](…)|": the row of a Markdown table."""
    cells = [cell.strip() for cell in value.strip().strip("|").split("|")]
    if len(cells) < 3:
        return {}
    words = [" ".join(piece.text for piece in pieces(cell) if piece.kind is Kind.TEXT) for cell in cells]
    named_cells = {"date": words[0], "title": words[1]}
    return named_cells | {"authors": re.sub(r"\s*et\.?\s?al\.?", "", words[2])}


def _is_paper(value: Mapping[str, Any], key: str) -> bool:
    fields = {named(str(name)): one for name, one in value.items()}
    has_title = isinstance(fields.get("title"), (str, list)) or isinstance(fields.get("papertitle"), str)
    return (has_title and bool(own_id(_flat(value)) or len(fields) > 2)) or bool(find_id(key) and has_title)


def _parsed(text: str, form: str, records: Sequence[Record]) -> Parsed:
    lines = lines_naming(text, [_needle(fields, key) for _, fields, key in records])
    papers = [_paper(record, line, form) for record, line in zip(records, lines, strict=True)]
    kept = distinct(papers)
    return Parsed(format=form, papers=kept, branches=branches_of(kept), lines=notes_on(text, papers))


def _needle(fields: Mapping[str, Any], key: str) -> str:
    """What the record's line can be found by: its id as it is written, or its title."""
    for name in ("arxiv_id", "id", "paper_id", "url", "URL", "DOI", "title"):
        if isinstance(word := fields.get(name), str) and word:
            return json.dumps(word, ensure_ascii=False)[1:-1][:80]
    return key


def _paper(record: Record, line: int, form: str) -> ListedPaper:
    section, value, key = record
    fields = _flat(value)
    if not fields.get("arxivid") and find_id(key):
        fields["arxivid"] = key
    return paper_of(fields, line, section, _use(fields, form))


def _use(fields: Mapping[str, str], form: str) -> ListUse:
    for name in _WORTHS:
        if name in fields:
            return use_of(fields[name])
    is_of_a_bot = form != "csl" and not _BOT_FIELDS.isdisjoint(fields)
    return ListUse.POSTED if is_of_a_bot or fields.get("authors", "").endswith("\0") else ListUse.LIKED


def use_of(worth: str) -> ListUse:
    """What a vote says, as a number or a word: for, against, or merely seen.

    >>> use_of("-1"), use_of("👍"), use_of("0")
    (<ListUse.DISLIKED: 'disliked'>, <ListUse.LIKED: 'liked'>, <ListUse.POSTED: 'posted'>)
    """
    word = worth.strip().casefold()
    if word in _AGAINST:
        return ListUse.DISLIKED
    if word in _FOR:
        return ListUse.LIKED
    try:
        number = float(word.replace("−", "-"))
    except ValueError:
        return ListUse.POSTED
    return ListUse.LIKED if number > 0 else ListUse.DISLIKED if number < 0 else ListUse.POSTED


_AGAINST = frozenset({"👎", "dislike", "disliked", "down", "downvote", "no", "false", "bad", "negative", "irrelevant"})
_FOR = frozenset(
    {"👍", "❤️", "❤", "like", "liked", "up", "upvote", "yes", "true", "good", "positive", "relevant", "saved"}
)


def _flat(value: Mapping[str, Any]) -> dict[str, str]:
    """The fields as texts: names of authors one a line, dates of CSL as 2024-01-03, ids from nested objects."""
    flat: dict[str, str] = {}
    for name, one in value.items():
        key = named(str(name))
        if key in ("authors", "author", "creators"):
            flat[key] = _names(one)
        elif key == "externalids" and isinstance(one, dict):
            flat["arxivid"] = str(next((one[kind] for kind in one if str(kind).casefold() == "arxiv"), ""))
        elif isinstance(one, dict):
            flat[key] = _date_parts(one) or str(one.get("url") or one.get("name") or "")
        elif isinstance(one, list):
            flat[key] = "\n".join(str(part) for part in one[:50] if isinstance(part, (str, int, float)))
        elif one is not None:
            flat[key] = str(one)[:_LONGEST_VALUE]
    return flat


def _names(value: Any) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    names = []
    for one in value:
        if isinstance(one, dict):
            parts = (one.get("given") or one.get("firstName"), one.get("family") or one.get("lastName"))
            whole = " ".join(str(part) for part in parts if part)
            names.append(whole or str(one.get("name") or one.get("literal") or ""))
        elif isinstance(one, list):
            names.append(" ".join(str(part) for part in reversed(one) if part))
        else:
            names.append(str(one))
    return "\n".join([*names, ""])


def _date_parts(value: Mapping[str, Any]) -> str:
    parts = value.get("date-parts")
    if not (isinstance(parts, list) and parts and isinstance(parts[0], list)):
        return ""
    return "-".join(f"{part:02}" if isinstance(part, int) else str(part) for part in parts[0])
