"""What a digest file says, apart from how it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.models import Digest, Ranked, TokenCost
from bot.text import one_line

_VERSION = re.compile(r"v\d+\Z")


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One paper of a digest file, its texts as one line each with their LaTeX.

    `relevance` and `novelty` are 1-10, None for a paper chosen by its author alone. `fallback` marks scores that
    stand in for a model's. `topic` is the section it stands in, "" in a digest without sections.
    """

    arxiv_id: str
    title: str
    authors: tuple[str, ...]
    abstract: str
    comment: str
    relevance: int | None = None
    novelty: int | None = None
    fallback: bool = False
    topic: str = ""


@dataclass(frozen=True, slots=True)
class FileTotals:
    """How many papers were announced, scanned and relevant; None for a number that the file does not say."""

    announced: int | None = None
    scanned: int | None = None
    relevant: int | None = None


@dataclass(frozen=True, slots=True)
class Remedial:
    """A digest made later, for the missed papers of `first` to `last`."""

    first: date | None
    last: date | None
    generated_on: date | None


@dataclass(frozen=True, slots=True)
class FileCost:
    """The table of tokens and cost as printed: USD rounded to cents, None for "unknown", `model` "" if not named."""

    model: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    prompt_usd: float | None = None
    completion_usd: float | None = None
    total_usd: float | None = None


@dataclass(frozen=True, slots=True)
class DigestFile:
    """A digest as a file holds it.

    `days` are the listing days, oldest first, empty if the file names none. `scored_by` is the model of the cost
    table, or who scored without one. `selected_by` is the prompt or topics text at the end. `warnings` say what of
    the file could not be understood; a file of our own has none.
    """

    days: tuple[date, ...]
    entries: tuple[DigestEntry, ...]
    totals: FileTotals | None = None
    scored_by: str = ""
    cost: FileCost | None = None
    remedial: Remedial | None = None
    selected_by: str = ""
    remarks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def day(self) -> date | None:
        """The date in the title: the newest listing day."""
        return self.days[-1] if self.days else None


def from_digest(digest: Digest) -> DigestFile:
    """What a file can hold of a digest: texts on one line, costs in cents; order and positions as ranked."""
    cost = _printed(digest.cost) if digest.cost else None
    return DigestFile(
        days=digest.days,
        entries=tuple(_entry(ranked) for ranked in digest.ranked),
        totals=FileTotals(digest.totals.announced, digest.totals.scanned, digest.totals.relevant),
        scored_by=cost.model if cost else one_line(digest.scored_by),
        cost=cost,
        remedial=_remedial(digest),
        selected_by=tidy_block(digest.selected_by),
        remarks=tuple(line for remark in digest.remarks if (line := one_line(remark))),
    )


def base_id(arxiv_id: str) -> str:
    """The id without its version."""
    return _VERSION.sub("", arxiv_id.strip())


def tidy_block(text: str) -> str:
    """A text of several lines without blank lines around it and without spaces at its lines' ends."""
    lines = [line.rstrip() for line in text.encode("utf-8", "replace").decode().splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return "\n".join(lines)


def _entry(ranked: Ranked) -> DigestEntry:
    paper, score = ranked.paper, ranked.score
    return DigestEntry(
        arxiv_id=paper.arxiv_id,
        title=one_line(paper.title),
        authors=tuple(name for author in paper.authors if (name := one_line(author))),
        abstract=one_line(paper.abstract),
        comment=one_line(score.comment),
        relevance=score.relevance,
        novelty=score.novelty,
        fallback=score.fallback,
    )


def _printed(cost: TokenCost) -> FileCost:
    total = (
        cost.prompt_usd + cost.completion_usd
        if cost.prompt_usd is not None and cost.completion_usd is not None
        else None
    )
    return FileCost(
        model=one_line(cost.model) or "unknown",
        prompt_tokens=cost.prompt_tokens,
        completion_tokens=cost.completion_tokens,
        total_tokens=cost.prompt_tokens + cost.completion_tokens,
        prompt_usd=_cents(cost.prompt_usd),
        completion_usd=_cents(cost.completion_usd),
        total_usd=_cents(total),
    )


def _cents(usd: float | None) -> float | None:
    return None if usd is None else round(usd, 2)


def _remedial(digest: Digest) -> Remedial | None:
    if digest.remedial_on is None:
        return None
    first, last = (digest.days[0], digest.days[-1]) if digest.days else (None, None)
    return Remedial(first, last, digest.remedial_on)
