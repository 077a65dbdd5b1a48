"""Read and check the files of a replay: papers as JSON lines, readers as one JSON object."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from bot.errors import ReplayDataError
from bot.models import Paper

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader of a replay. `liked` are arxiv_ids; days outside the active span do not count, None leaves it open."""

    name: str
    topic_text: str
    liked: frozenset[str]
    active_from: date | None = None
    active_to: date | None = None

    def active_on(self, day: date) -> bool:
        """Whether the reader was there on that day."""
        return (self.active_from is None or day >= self.active_from) and (
            self.active_to is None or day <= self.active_to
        )


def read_papers(lines: Iterable[str], name: str = "the papers file") -> tuple[Paper, ...]:
    """The papers of a JSONL file in its order: arxiv_id, title, date, and if known abstract, authors, categories.

    `date` is the listing day. Empty lines are skipped; of a repeated arxiv_id the first counts, which is logged.

    Raises:
        ReplayDataError: a line is not such a paper, or there is none; says which line and why.
    """
    papers: dict[str, Paper] = {}
    repeated = 0
    for number, line in enumerate(_lines(lines, name), start=1):
        if not line.strip():
            continue
        paper = _paper(_object(line, f"{name}, line {number}"), f"{name}, line {number}")
        repeated += paper.arxiv_id in papers
        papers.setdefault(paper.arxiv_id, paper)
    if not papers:
        raise ReplayDataError(f"{name} holds no papers; expected one JSON object a line")
    if repeated:
        logger.warning("%d repeated papers in %s: the first of each counts", repeated, name)
    return tuple(papers.values())


def read_readers(text: str, name: str = "the readers file") -> tuple[Reader, ...]:
    """The readers of a JSON file {name: {topic_text, likes: [{arxiv_id}], active_from, active_to}}, in its order.

    Raises:
        ReplayDataError: the text is not such a file; says which reader and what is wrong.
    """
    found = _object(text, name)
    if not found:
        raise ReplayDataError(f"{name} names no readers")
    return tuple(_reader(reader, value, f"{name}, reader {reader!r}") for reader, value in found.items())


def _lines(lines: Iterable[str], name: str) -> Iterable[str]:
    try:
        yield from lines
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ReplayDataError(f"{name} cannot be read to its end: {error}; is it complete, and UTF-8?") from error


def _object(text: str, where: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ReplayDataError(f"{where} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ReplayDataError(f"{where} is {type(value).__name__}, expected a JSON object")
    return value


def _paper(value: Mapping[str, Any], where: str) -> Paper:
    day = _day(_text(value, "date", where), "date", where)
    announced = datetime.combine(day, time(), tzinfo=UTC)
    categories = _texts(value, "categories", where)
    return Paper(
        arxiv_id=_text(value, "arxiv_id", where),
        title=_text(value, "title", where),
        abstract=_text(value, "abstract", where, default=""),
        authors=_texts(value, "authors", where),
        categories=categories,
        primary_category=categories[0] if categories else "",
        published_at=announced,
        updated_at=announced,
        listing_day=day,
    )


def _reader(name: str, value: object, where: str) -> Reader:
    if not isinstance(value, dict):
        raise ReplayDataError(f"{where} is {type(value).__name__}, expected an object")
    likes = value.get("likes")
    if not isinstance(likes, list):
        raise ReplayDataError(f"{where}: likes is {likes!r}, expected a list of objects with an arxiv_id")
    span = {key: _day(value[key], key, where) if value.get(key) else None for key in ("active_from", "active_to")}
    return Reader(
        name=name,
        topic_text=_text(value, "topic_text", where),
        liked=frozenset(_liked(like, f"{where}, like {number}") for number, like in enumerate(likes, start=1)),
        active_from=span["active_from"],
        active_to=span["active_to"],
    )


def _liked(value: object, where: str) -> str:
    if isinstance(value, dict):
        return _text(value, "arxiv_id", where)
    raise ReplayDataError(f"{where} is {value!r}, expected an object with an arxiv_id")


def _text(value: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
    found = value.get(key, default)
    if not isinstance(found, str):
        problem = "is missing" if found is None else f"is {found!r}, expected a text"
        raise ReplayDataError(f"{where}: {key} {problem}")
    return found


def _texts(value: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    found = value.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ReplayDataError(f"{where}: {key} is {found!r}, expected a list of texts")
    return tuple(found)


def _day(text: object, key: str, where: str) -> date:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError as error:
        raise ReplayDataError(f"{where}: {key} is {text!r}, expected a day such as 2025-05-08") from error
