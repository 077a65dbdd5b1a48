"""How a file marks its topics: by numbers, headings, bullets, or one a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from bot.topics.lines import Kind, Line, is_label
from bot.topics.sections import Placed, Section, is_section_title

# Authors are careless by a column or two; more is a level.
SLACK = 2


class Marks(Enum):
    """What begins a topic."""

    NUMBERS = auto()
    HEADINGS = auto()
    BULLETS = auto()
    LINES = auto()


@dataclass(frozen=True, slots=True)
class Layout:
    """What begins a topic in this file, at which indentation in columns, and for headings at which level.

    `level` is 1 for numbers as well if they stand in first-level headings only; beside other numbers "# 2. …" is a
    comment.
    """

    marks: Marks
    indent: int = 0
    level: int = 0


def layout_of(placed: Sequence[Placed]) -> Layout:
    """The layout of a file, judged by the lines that may hold topics."""
    body = [entry.line for entry in placed if entry.section is Section.BODY]
    numbered = [line for line in body if line.kind is Kind.NUMBERED and not is_label(line.text)]
    if numbered and not _below_a_bullet(body, numbered[0]):
        return Layout(
            Marks.NUMBERS, min(line.indent for line in numbered), level=int(all(line.level == 1 for line in numbered))
        )
    if level := _heading_level(body):
        return Layout(Marks.HEADINGS, level=level)
    bullets = [line.indent for line in body if line.kind is Kind.BULLET and not is_label(line.text)]
    if bullets and not _below_a_title(body):
        return Layout(Marks.BULLETS, min(bullets))
    return Layout(Marks.LINES, min((line.indent for line in body if line.kind is Kind.TEXT), default=0))


def _below_a_bullet(body: Sequence[Line], numbered: Line) -> bool:
    """Whether the first numbered line is a step inside of a bulleted topic."""
    before = body[: body.index(numbered)]
    return any(
        line.kind is Kind.BULLET and line.indent < numbered.indent and not is_label(line.text) for line in before
    )


def _heading_level(body: Sequence[Line]) -> int:
    """The level whose headings are topics, 0 if none are: the commonest one with text below its headings.

    A first-level heading looks like a comment, so it counts only where labels or bullets stand below.
    """
    counts: Counter[int] = Counter()
    for heading, below in _headed(body):
        if is_section_title(heading) or not below:
            continue
        marked = any(line.kind is Kind.BULLET or is_label(line.text) for line in below)
        counts[heading.level] += marked if heading.level == 1 else True
    return max((level for level in counts if counts[level]), key=lambda level: (counts[level], level), default=0)


def _headed(body: Sequence[Line]) -> Iterator[tuple[Line, list[Line]]]:
    heading: Line | None = None
    below: list[Line] = []
    for line in body:
        if line.kind is Kind.HEADING:
            if heading:
                yield heading, below
            heading, below = line, []
        elif line.kind not in (Kind.BLANK, Kind.COMMENT):
            below.append(line)
    if heading:
        yield heading, below


def _below_a_title(body: Sequence[Line]) -> bool:
    """Whether a plain line stands directly over labels: then plain lines are the titles."""
    written = [line for line in body if line.kind is not Kind.COMMENT]
    pairs = pairwise(written)
    return any(
        first.kind is Kind.TEXT
        and not is_label(first.text)
        and second.kind in (Kind.BULLET, Kind.TEXT)
        and is_label(second.text)
        for first, second in pairs
    )
