"""Write and read the scored JSON: one object whose keys are arXiv ids.

`{ID: {"ARXIVID", "COMMENT", "RELEVANCE", "NOVELTY", "SCORE", "authors", "title", "abstract", "arxiv_id"}}`, SCORE
being the sum. What belongs to the digest as a whole stands last, under the key "_digest"; files of other tools have
none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from bot.digest_file.contents import DigestEntry, DigestFile, FileCost, FileTotals, Remedial, base_id, tidy_block
from bot.digest_file.page import read_date
from bot.errors import DigestFileError
from bot.text import one_line

WHOLE = "_digest"
_BEST = 10
_MOST_USD = 1_000_000
_ID = re.compile(r"(?:\d{4}\.\d{4,5}|[a-zA-Z.-]{2,20}/\d{7})(?:v\d+)?", re.ASCII)


def scored_json(file: DigestFile) -> str:
    """The file's JSON, in the order of its papers."""
    papers: dict[str, Any] = {entry.arxiv_id: _paper(entry) for entry in file.entries}
    return json.dumps({**papers, WHOLE: _whole(file)}, ensure_ascii=False, indent=2) + "\n"


def _paper(entry: DigestEntry) -> dict[str, Any]:
    paper: dict[str, Any] = {"ARXIVID": entry.arxiv_id, "COMMENT": entry.comment}
    if entry.relevance is not None:
        paper["RELEVANCE"] = entry.relevance
    if entry.novelty is not None:
        paper["NOVELTY"] = entry.novelty
    if entry.relevance is not None and entry.novelty is not None:
        paper["SCORE"] = entry.relevance + entry.novelty
    if entry.topic:
        paper["PRIMARY_TOPIC"] = entry.topic
    return paper | {
        "authors": list(entry.authors),
        "title": entry.title,
        "abstract": entry.abstract,
        "arxiv_id": entry.arxiv_id,
    }


def _whole(file: DigestFile) -> dict[str, Any]:
    return {
        "days": [str(day) for day in file.days],
        "totals": asdict(file.totals) if file.totals else None,
        "scored_by": file.scored_by,
        "cost": asdict(file.cost) if file.cost else None,
        "remedial": {name: str(day) if day else None for name, day in asdict(file.remedial).items()}
        if file.remedial
        else None,
        "selected_by": file.selected_by,
        "remarks": list(file.remarks),
        "fallback": [entry.arxiv_id for entry in file.entries if entry.fallback],
    }


def read_scored_json(text: str) -> DigestFile:
    """What a scored JSON holds; a plain one of another tool has no days, totals or cost.

    Raises:
        DigestFileError: it is no JSON, or not an object of papers.
    """
    try:
        papers = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DigestFileError(f"this begins like JSON but cannot be read: {error}") from error
    if not isinstance(papers, dict):
        raise DigestFileError(
            f"a scored JSON is an object of papers by arXiv id, but this is a {type(papers).__name__}"
        )
    whole = papers.pop(WHOLE, {})
    fields = whole if isinstance(whole, dict) else {}
    fallback = frozenset(_texts(fields.get("fallback")))
    entries, doubts = _entries(papers, fallback)
    if papers and not entries:
        raise DigestFileError(
            f"no paper was found in this JSON; its first key is {next(iter(papers))[:60]!r}, not an arXiv id"
        )
    cost = _cost(fields.get("cost"))
    return DigestFile(
        days=tuple(day for text in _texts(fields.get("days")) if (day := read_date(text))),
        entries=entries,
        totals=_totals(fields.get("totals")),
        scored_by=cost.model if cost else one_line(str(fields.get("scored_by") or "")),
        cost=cost,
        remedial=_remedial(fields.get("remedial")),
        selected_by=tidy_block(str(fields.get("selected_by") or "")),
        remarks=tuple(map(one_line, _texts(fields.get("remarks")))),
        warnings=doubts,
    )


def _entries(papers: Mapping[str, Any], fallback: frozenset[str]) -> tuple[tuple[DigestEntry, ...], tuple[str, ...]]:
    entries: list[DigestEntry] = []
    doubts: list[str] = []
    for key, paper in papers.items():
        if isinstance(paper, dict) and (paper.get("ARXIVID") or (paper.get("title") and _ID.fullmatch(key))):
            entries.append(_entry(key, paper, fallback))
        else:
            doubts.append(f"the key {key[:60]!r} holds no paper and was left out")
    return tuple(entries), tuple(doubts)


def _entry(key: str, paper: Mapping[str, Any], fallback: frozenset[str]) -> DigestEntry:
    arxiv_id = base_id(one_line(str(paper.get("arxiv_id") or paper.get("ARXIVID") or key)))
    return DigestEntry(
        arxiv_id=arxiv_id,
        title=_line(paper, "title"),
        authors=tuple(name for author in _texts(paper.get("authors")) if (name := one_line(author))),
        abstract=_line(paper, "abstract"),
        comment=_line(paper, "COMMENT"),
        relevance=_score(paper.get("RELEVANCE")),
        novelty=_score(paper.get("NOVELTY")),
        fallback=arxiv_id in fallback,
        topic=_line(paper, "PRIMARY_TOPIC"),
    )


def _line(paper: Mapping[str, Any], key: str) -> str:
    return one_line(str(paper.get(key) or ""))


def _texts(value: Any) -> list[str]:
    """A list of texts; a text alone is a list separated by commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return [str(part) for part in value] if isinstance(value, list) else []


def _score(value: Any) -> int | None:
    """An integer 1-10, also written as a text or with a fraction of zero."""
    try:
        score = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return int(score) if 1 <= score <= _BEST and score.is_integer() else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


def _totals(value: Any) -> FileTotals | None:
    if not isinstance(value, dict):
        return None
    return FileTotals(*(_count(value.get(name)) for name in ("announced", "scanned", "relevant")))


def _cost(value: Any) -> FileCost | None:
    if not isinstance(value, dict):
        return None
    tokens = (_count(value.get(name)) for name in ("prompt_tokens", "completion_tokens", "total_tokens"))
    costs = (_usd(value.get(name)) for name in ("prompt_usd", "completion_usd", "total_usd"))
    return FileCost(one_line(str(value.get("model") or "")), *tokens, *costs)


def _usd(value: Any) -> float | None:
    return float(value) if isinstance(value, float) or (isinstance(value, int) and abs(value) < _MOST_USD) else None


def _remedial(value: Any) -> Remedial | None:
    if not isinstance(value, dict):
        return None
    days: list[date | None] = [read_date(str(value.get(name) or "")) for name in ("first", "last", "generated_on")]
    return Remedial(*days)
