"""Entries in text that is no JSON: YAML, tables, tags, and sentences that name a paper and then its scores."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from bot.scorers.llm.entries import Entry, IsName, plain, table

_LONGEST_LINE = 8_000
_MOST_LINES = 5_000
ID = r"(?:\d{4}\.\d{4,5}|[a-z][a-z.-]{1,12}/\d{7})(?:v\d{1,2})?"
_TOKEN = re.compile(
    rf"(?P<id>(?<![\w.]){ID}(?![\w]))"
    r"|(?P<axis>\b(?:relevance|novelty))(?:[ _-]?(?:score|rating))?[\"'*`_]{0,4}\s{0,3}(?:\([^()\n]{0,20}\))?\s{0,3}"
    r"(?:[:=>|]|is|of|-)?[\s\"'*`_]{0,6}"
    r"(?P<value>[-+]?\d{1,3}(?:[.,]\d{1,6})?(?:\s{0,2}(?:/|out of)\s{0,2}10{1,2}(?:\.0)?)?%?)",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    r"[\"'*`_<]{0,3}\b(?:comment|reason|explanation)s?\b[\"'*`_]{0,3}\s{0,3}[:=>]\s{0,3}", re.IGNORECASE
)
_QUOTED = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'([^'\n]*)'")
_DELIMITERS = ("\t", "|", ";", ",")


def picked(text: str, is_name: IsName) -> Iterator[Entry]:
    """The entries that a text names, in its order."""
    lines = [line[:_LONGEST_LINE] for line in text.splitlines()[:_MOST_LINES]]
    rows = _table(lines)
    if rows:
        yield from rows
        return
    current: dict[str, str] = {}
    for line in lines:
        rest, comment = _without_comment(line)
        is_fresh = False  # whether the line named a paper and nothing of it yet
        for token in _TOKEN.finditer(rest):
            if token["axis"] is not None:
                is_fresh = False
                _take(current, token["axis"].lower(), token["value"])
            elif token["id"] != current.get("id") and is_name(token["id"]):
                yield from _finished(current)
                current = {} if is_fresh else {"id": token["id"]}  # of two papers in a row nobody knows which is meant
                is_fresh = True
        if comment and current:
            current.setdefault("comment", comment)
    yield from _finished(current)


def _take(current: dict[str, str], axis: str, value: str) -> None:
    """Take in a score; another one for the same paper makes it doubtful."""
    if current:
        current[axis] = value if current.get(axis, value) == value else "doubtful"


def _finished(current: dict[str, str]) -> Iterator[Entry]:
    if "relevance" in current and "novelty" in current:
        yield Entry(current["id"], current["relevance"], current["novelty"], current.get("comment"))


def _without_comment(line: str) -> tuple[str, str]:
    """A line without its comment, in which nothing is a score, and the comment."""
    found = _COMMENT.search(line)
    if not found:
        return line, ""
    quoted = _QUOTED.match(line, found.end())
    if quoted:
        return line[: found.start()] + " " + line[quoted.end() :], quoted[1] or quoted[2] or ""
    comment, _, rest = line[found.end() :].partition("</")
    return line[: found.start()] + " " + rest, comment.strip().strip("\"'|")


def _table(lines: Sequence[str]) -> list[Entry]:
    """The rows below a line that names the columns, by whichever character they are parted."""
    for place, line in enumerate(lines):
        lowered = line.lower()
        if "relevance" in lowered and "novelty" in lowered:
            for delimiter in _DELIMITERS:
                header = _cells(line, delimiter)
                if len({plain(cell) for cell in header} & {"relevance", "novelty"}) == 2:
                    return table(header, [_cells(row, delimiter) for row in lines[place + 1 :]])
    return []


def _cells(line: str, delimiter: str) -> list[str]:
    if delimiter == "|":
        line = line.strip().removeprefix("|").removesuffix("|")
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []
    return [cell.strip().strip("*`_ ") for cell in cells]
