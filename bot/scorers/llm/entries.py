"""Entries in decoded JSON of any shape: what names a paper and holds both of its scores without doubt."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_DEEPEST = 40
_MOST_LITERAL = 100_000
_ID_KEYS = ("id", "arxivid", "paperid", "paper", "identifier", "key", "name")
_NUMBER_KEYS = ("score", "value", "rating", "number", "points", "level")
_LETTERS = re.compile(r"[^a-z]")
_AFTER_AXIS = r"(?:score|rating|value|outof|to|level)?s?"
_AXES = {
    "relevance": re.compile(rf"(?:score|rating)?s?(?:relevance|relevancy|relevant|rel){_AFTER_AXIS}"),
    "novelty": re.compile(rf"(?:score|rating)?s?(?:novelty|novel|nov){_AFTER_AXIS}"),
}
_COMMENT_KEYS = ("comment", "comments", "reason", "explanation", "summary", "justification", "rationale")
_TRAILING_COMMA = re.compile(r",\s{0,200}([}\]])")
_LINE_COMMENT = re.compile(r"^\s{0,40}//[^\n]*$", re.MULTILINE)
_TYPOGRAPHIC = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "：": ":", "，": ","})


@dataclass(frozen=True, slots=True)
class Entry:
    """What an answer says about one paper, as it says it."""

    name: str
    relevance: Any
    novelty: Any
    comment: Any = None
    topics: Any = None


IsName = Callable[[str], bool]
"""Whether a text is the id of a paper that was asked about."""


def decode(text: str) -> Any:
    """The value of a text that is JSON, or nearly; None if it is not."""
    for candidate in (text, _TRAILING_COMMA.sub(r"\1", _LINE_COMMENT.sub("", text))):
        value = _loaded(candidate)
        if value is not None:
            return value
    if not text.isascii() and (value := _loaded(text.translate(_TYPOGRAPHIC))) is not None:
        return value
    if "'" not in text or len(text) > _MOST_LITERAL:
        return None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def _loaded(text: str) -> Any:
    try:
        # Numbers as they are written: an id such as 2505.1010 must not lose its last zero.
        return json.loads(text, strict=False, parse_float=str)
    except (ValueError, RecursionError):
        return None


def entries_in(value: Any, is_name: IsName, name: str = "", depth: int = 0) -> Iterator[Entry]:
    """Every entry of a decoded value, whatever it nests in. `name` is the id it stands under."""
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        inner = _loaded(value) if value.lstrip()[:1] in {"{", "["} else None
        if inner is not None:
            yield from entries_in(inner, is_name, name, depth + 1)
    elif isinstance(value, (list, tuple)):
        yield from _of_list(value, is_name, name, depth)
    elif isinstance(value, dict):
        yield from _of_object(value, is_name, name, depth)


def _of_list(value: Sequence[Any], is_name: IsName, name: str, depth: int) -> Iterator[Entry]:
    if name and len(value) >= 2 and all(_is_scalar(one) for one in value[:2]):
        yield Entry(name, value[0], value[1])
        return
    rows = _rows(value)
    if rows:
        yield from rows
        return
    for one in value:
        if isinstance(one, (list, tuple)) and len(one) >= 3 and is_name(str(one[0])) and all(map(_is_scalar, one[1:3])):
            yield Entry(str(one[0]), one[1], one[2], one[4] if len(one) > 4 else None, one[3] if len(one) > 3 else None)
        else:
            yield from entries_in(one, is_name, "", depth + 1)


def _rows(value: Sequence[Any]) -> list[Entry]:
    """The rows of a table whose first row names its columns."""
    if len(value) < 2 or not all(isinstance(row, (list, tuple)) for row in value):
        return []
    return table(value[0], value[1:])


def table(header: Sequence[Any], rows: Sequence[Sequence[Any]]) -> list[Entry]:
    """The entries of a table; none if its header does not name id, relevance and novelty."""
    keys = [plain(str(one)) for one in header]
    entries = []
    for row in rows:
        entry = entry_of(dict(zip(keys, row, strict=False)), "")
        if entry is not None:
            entries.append(entry)
    return entries


def _of_object(value: Mapping[Any, Any], is_name: IsName, name: str, depth: int) -> Iterator[Entry]:
    fields = {plain(str(key)): inner for key, inner in value.items()}
    entry = entry_of(fields, name)
    if entry is not None and _is_scalar(entry.relevance) and _is_scalar(entry.novelty):
        yield entry
        return
    together = [*_columns(fields), *_axes(fields, is_name), *_header_and_rows(fields)]
    if together:
        yield from together
        return
    for key, inner in value.items():
        yield from entries_in(inner, is_name, str(key) if is_name(str(key)) else "", depth + 1)


def entry_of(fields: Mapping[str, Any], name: str) -> Entry | None:
    """The entry of an object's fields (their keys plain); its id and scores may stand one level deeper."""
    inner = [_plain_keys(one) for one in fields.values() if isinstance(one, dict)]
    found = _name(fields) or name or _name_within(inner)
    scores = [fields, *(one for one in inner if not _name(one))]
    relevance, novelty = (_first_axis(scores, axis) for axis in _AXES)
    if not found or relevance is None or novelty is None:
        return None
    comment = next((fields[key] for key in _COMMENT_KEYS if isinstance(fields.get(key), str)), None)
    return Entry(found, relevance, novelty, comment, fields.get("topics", fields.get("topic")))


def _name_within(inner: Sequence[Mapping[str, Any]]) -> str:
    """The id in an object that describes the paper; one with scores of its own is another entry."""
    return next((name for one in inner if (name := _name(one)) and not _axis(one, "relevance")), "")


def _first_axis(objects: Sequence[Mapping[str, Any]], axis: str) -> Any:
    return next((value for one in objects if (value := _axis(one, axis)) is not None), None)


def plain(key: str) -> str:
    """A key without what models decorate keys with: "Relevance (1-10)" and "relevance_" are "relevance"."""
    return _LETTERS.sub("", key.lower())


def _plain_keys(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {plain(str(key)): inner for key, inner in value.items()}


def _name(fields: Mapping[str, Any]) -> str:
    for key in _ID_KEYS:
        value = fields.get(key)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
            return str(value)
    return ""


def _axis(fields: Mapping[str, Any], axis: str) -> Any:
    """The raw score of an axis, None if there is none."""
    pattern = _AXES[axis]
    exact = fields.get(axis)
    value = exact if exact is not None else next((fields[key] for key in fields if pattern.fullmatch(key)), None)
    if isinstance(value, dict):
        inner = _plain_keys(value)
        return next((inner[key] for key in _NUMBER_KEYS if _is_scalar(inner.get(key))), value)
    if isinstance(value, (list, tuple)) and len(value) == 1:
        return value[0]
    return value


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (int, float, str)) and not isinstance(value, bool)


def _columns(fields: Mapping[str, Any]) -> list[Entry]:
    """The entries of an object that holds a list for each column."""
    lists = {key: value for key, value in fields.items() if isinstance(value, (list, tuple))}
    names = next((lists[key] for key in (*_ID_KEYS, "ids", "papers") if key in lists), None)
    relevance, novelty = _axis(lists, "relevance"), _axis(lists, "novelty")
    if names is None or not isinstance(relevance, (list, tuple)) or not isinstance(novelty, (list, tuple)):
        return []
    if not len(names) == len(relevance) == len(novelty):
        return []
    comments = next((lists[key] for key in _COMMENT_KEYS if len(lists.get(key, ())) == len(names)), [None] * len(names))
    return [Entry(str(one), *rest) for one, *rest in zip(names, relevance, novelty, comments, strict=True)]


def _axes(fields: Mapping[str, Any], is_name: IsName) -> list[Entry]:
    """The entries of an object that holds the scores of each axis by id."""
    relevance, novelty = _axis(fields, "relevance"), _axis(fields, "novelty")
    if not isinstance(relevance, dict) or not isinstance(novelty, dict):
        return []
    both = [one for one in relevance if one in novelty and is_name(str(one))]
    return [Entry(str(one), relevance[one], novelty[one]) for one in both]


def _header_and_rows(fields: Mapping[str, Any]) -> list[Entry]:
    """The entries of an object that holds a table's header and its rows."""
    lists = {key: value for key, value in fields.items() if isinstance(value, list)}
    header: list[Any] = next((lists[key] for key in ("columns", "header", "headers", "fields") if key in lists), [])
    rows: list[Any] = next((lists[key] for key in ("rows", "data", "values", "papers") if key in lists), [])
    return table(header, [row for row in rows if isinstance(row, list)])
