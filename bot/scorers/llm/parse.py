"""One tolerant reader for whatever a model calls an answer.

Entries are found wherever they stand (arrays, JSONL, fences, prose, a cut-off end) and matched by id only. What is
accepted is narrow: ids that were asked about, whole numbers from 1 to 10, short plain comments. It never fails, and
takes time linear in the length of the answer.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.arxiv_id import find_id
from bot.text import cut, one_line

MOST_COMMENT = 240
MOST_TOPICS = 3
_LONGEST_ANSWER = 400_000
_LONGEST_ENTRY = 8_000
_LONGEST_KEY = 70

_KEY_BEFORE = re.compile(r"[\"']([^\"'\s]{3,60})[\"']\s*:\s*$")
_ID_KEYS = ("id", "arxiv_id", "arxivid", "arxiv id", "paper_id", "paper")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_LOOSE_FIELD = re.compile(
    r"[\"']?\b(arxiv[_ ]?id|paper_id|id|relevance|novelty)\b[\"']?\s*[:=]\s*"
    r"(\"[^\"\n]*\"|'[^'\n]*'|[-+\w./:]+(?:\s+out\s+of\s+10)?)",
    re.IGNORECASE,
)
_LOOSE_COMMENT = re.compile(r"[\"']?\bcomment\b[\"']?\s*[:=]\s*[\"']([^\"\n]*)[\"']", re.IGNORECASE)
_NUMBER = re.compile(r"([-+]?\d{1,3}(?:\.\d{1,6})?)\s*(?:(?:/|out of)\s*10(?:\.0)?)?")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model said about one paper; everything within its bounds."""

    relevance: int
    novelty: int
    comment: str = ""
    topics: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """What an answer held. `disputed` ids came with contradicting scores, so that none of them counts."""

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    disputed: frozenset[str] = frozenset()
    invented: int = 0


def parse_scores(text: str, wanted: Collection[str], topics: Collection[int] = ()) -> Parsed:
    """The verdicts on the `wanted` arxiv_ids that `text` holds. `topics` are the numbers that exist."""
    by_name = {arxiv_id.lower(): arxiv_id for arxiv_id in wanted}
    verdicts: dict[str, Verdict] = {}
    disputed: set[str] = set()
    invented = 0
    for entry in _entries(_without_thoughts(text[:_LONGEST_ANSWER])):
        arxiv_id = _id_of(entry, by_name)
        if arxiv_id is None:
            invented += 1
            continue
        verdict = _verdict(entry, topics)
        if verdict is None:
            continue
        first = verdicts.setdefault(arxiv_id, verdict)
        if (first.relevance, first.novelty) != (verdict.relevance, verdict.novelty):
            disputed.add(arxiv_id)
    agreed = {arxiv_id: verdict for arxiv_id, verdict in verdicts.items() if arxiv_id not in disputed}
    return Parsed(agreed, frozenset(disputed), invented)


def parse_choice(text: str, wanted: Collection[str], most: int) -> tuple[str, ...]:
    """The `wanted` arxiv_ids that `text` names, in its order, each once, at most `most`."""
    text = _without_thoughts(text[:_LONGEST_ANSWER])
    places = {arxiv_id: text.find(arxiv_id) for arxiv_id in wanted}
    named = sorted((place, arxiv_id) for arxiv_id, place in places.items() if place >= 0)
    return tuple(arxiv_id for _, arxiv_id in named[:most])


def _without_thoughts(text: str) -> str:
    """The text after the thoughts that some models put before their answer."""
    if not text.lstrip()[:10].lower().startswith("<think"):
        return text
    end = text.find("</think")
    return text[end:] if end >= 0 else ""


def _entries(text: str) -> Iterator[dict[str, Any]]:
    """Every object of the text that names a paper, its keys in lower case and the name under "id".

    Each reading is more tolerant than the one before and sees only what that left over: what stands inside a comment
    must never be taken for an entry of its own.
    """
    found = False
    for spans_lines in (True, False):
        left = []
        last = 0
        for start, end in _objects(text, spans_lines=spans_lines):
            fields = _fields(text[start:end], text[max(0, start - _LONGEST_KEY) : start])
            if "id" in fields:
                found = True
                yield fields
                left.append(text[last:start])
                last = end
        text = " ".join([*left, text[last:]])
    if not found:
        lines = (_loose(line[:_LONGEST_ENTRY]) for line in text.splitlines())
        yield from (fields for fields in lines if "id" in fields)


def _objects(text: str, *, spans_lines: bool) -> Iterator[tuple[int, int]]:
    """Where each object without another one in it begins and ends; quotes count inside objects only.

    A quote that was never closed swallows the rest, unless `spans_lines` is false: then a line's end closes it.
    """
    start = -1
    in_string = escaped = False
    for place, char in enumerate(text):
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"' or (char == "\n" and not spans_lines):
                in_string = False
        elif char == "{":
            start = place
        elif start >= 0 and char == '"':
            in_string = True
        elif start >= 0 and char == "}":
            if place - start < _LONGEST_ENTRY:
                yield start, place + 1
            start = -1


def _fields(text: str, before: str) -> dict[str, Any]:
    """The fields of an object; one that stands as the value of a key has that as its id."""
    fields = _decoded(text)
    key = _KEY_BEFORE.search(before)
    return {**fields, "id": key[1]} if key and "id" not in fields else fields


def _decoded(text: str) -> dict[str, Any]:
    for candidate in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            decoded = json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
        if isinstance(decoded, dict):
            return _named({str(key).strip().lower(): value for key, value in decoded.items()})
    return _loose(text)


def _loose(text: str) -> dict[str, Any]:
    """The fields of something that is nearly JSON; nothing where it names several papers."""
    fields: dict[str, Any] = {}
    for match in _LOOSE_FIELD.finditer(text):
        if match[1].lower() in fields:
            return {}
        fields[match[1].lower()] = match[2].strip("\"'")
    if comment := _LOOSE_COMMENT.search(text):
        fields["comment"] = comment[1]
    return _named(fields)


def _named(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with the id under "id", whatever the model called it."""
    for key in _ID_KEYS:
        if isinstance(fields.get(key), str) and fields[key].strip():
            return {**fields, "id": fields[key]}
    return {key: value for key, value in fields.items() if key != "id"}


def _id_of(fields: Mapping[str, Any], by_name: Mapping[str, str]) -> str | None:
    name = str(fields["id"]).strip().lower()[:200]
    if name in by_name:
        return by_name[name]
    return by_name.get(find_id(name))


def _verdict(fields: Mapping[str, Any], topics: Collection[int]) -> Verdict | None:
    relevance, novelty = _score(fields.get("relevance")), _score(fields.get("novelty"))
    if relevance is None or novelty is None:
        return None
    return Verdict(relevance, novelty, _comment(fields.get("comment")), _topics(fields.get("topics"), topics))


def _score(value: Any) -> int | None:
    """A whole number from 1 to 10, or None: what lies outside is not moved inside, it is asked again."""
    if isinstance(value, str):
        match = _NUMBER.fullmatch(value.strip().lower())
        value = float(match[1]) if match else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 1 <= value <= 10:
        return None
    return math.floor(value + 0.5)


def _comment(value: Any) -> str:
    return cut(one_line(value[: 10 * MOST_COMMENT]), MOST_COMMENT) if isinstance(value, str) else ""


def _topics(value: Any, known: Collection[int]) -> tuple[int, ...]:
    listed = value if isinstance(value, list) else [value]
    numbers: dict[int, None] = {}
    for one in listed[:20]:
        digits = str(one).strip()
        if digits.isascii() and digits.isdigit() and len(digits) < 4 and int(digits) in known:
            numbers[int(digits)] = None
    return tuple(numbers)[:MOST_TOPICS]
