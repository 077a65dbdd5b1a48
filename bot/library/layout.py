"""The lines of a Markdown list by their kind: headings, table rows, bullets, text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*")
_HTML_HEADING = re.compile(r"\s{0,8}<h([1-6])\b[^<>]{0,300}>(.*)</h[1-6]>\s*", re.IGNORECASE)
_BULLET = re.compile(r"([ \t]*)(?:[-*+•·‣◦–]|\d{1,4}[.)])(?:[ \t]+(.*)|[ \t]*)")
_CHECKBOX = re.compile(r"\[[ xX]\][ \t]+")
_BOLD = re.compile(r"\s{0,3}(?:\*\*|__)([^*_]{1,200})(?:\*\*|__):?\s*")
_RULE_MARKS = frozenset("-=*_ \t")
_HEAD_MARKS = frozenset("-:| \t+")
_TAB = 4
LONGEST_LINE = 60_000


class Kind(Enum):
    """What a line is."""

    BLANK = auto()
    HEADING = auto()
    BOLD = auto()  # a line in bold: a heading of its own sort
    ROW = auto()
    HEAD_RULE = auto()  # "|---|:---:|"
    BULLET = auto()
    RULE = auto()
    CODE = auto()
    TEXT = auto()
    ENDLESS = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `level` is a heading's, 1-6, or a bullet's or text's indent in columns; `text` is without its mark."""

    number: int
    kind: Kind
    level: int
    text: str
    before: Kind = Kind.BLANK
    after: Kind = Kind.BLANK  # of the next line that is not blank


def lines_of(text: str) -> tuple[Line, ...]:
    """Every line that is not blank, with the kind of its neighbours (`before` may be blank)."""
    found = list(_classified(text.split("\n")))
    neighboured: list[Line] = []
    after = Kind.BLANK
    for index in range(len(found) - 1, -1, -1):
        line = found[index]
        if line.kind is Kind.BLANK:
            continue
        before = found[index - 1].kind if index else Kind.BLANK
        neighboured.append(Line(line.number, line.kind, line.level, line.text, before, after))
        after = line.kind
    return tuple(reversed(neighboured))


def _classified(raw: Sequence[str]) -> Iterator[Line]:
    fence = ""
    for number, line in enumerate(raw, start=1):
        bare = line.strip()
        if fence or bare.startswith(("```", "~~~")):
            yield Line(number, Kind.CODE if bare else Kind.BLANK, 0, bare)
            mark = bare[:3]
            fence = ("" if bare.startswith(fence) else fence) if fence else mark
            continue
        following = raw[number].strip() if number < len(raw) else ""
        yield _line(number, line, bare, following)


def _line(number: int, line: str, bare: str, following: str) -> Line:  # noqa: C901, PLR0911 - one case after the other
    if not bare:
        return Line(number, Kind.BLANK, 0, "")
    if len(line) > LONGEST_LINE:
        return Line(number, Kind.ENDLESS, 0, bare[:100])
    while bare.startswith(">"):
        bare = line = bare[1:].strip()
    if match := _HEADING.fullmatch(line):
        return Line(number, Kind.HEADING, len(match[1]), match[2])
    if match := _HTML_HEADING.fullmatch(line):
        return Line(number, Kind.HEADING, int(match[1]), match[2])
    if "-" in bare and "|" in bare and _HEAD_MARKS.issuperset(bare):
        return Line(number, Kind.HEAD_RULE, 0, bare)
    if bare.startswith("|") or (bare.count("|") >= 2 and "](" in bare and not _BULLET.fullmatch(line)):
        return Line(number, Kind.ROW, 0, bare)
    if len(bare) >= 3 and _RULE_MARKS.issuperset(bare):
        return Line(number, Kind.RULE, 0, bare)
    if match := _BULLET.fullmatch(line):
        text = _CHECKBOX.sub("", match[2] or "", count=1) if (match[2] or "")[:1] == "[" else match[2] or ""
        return Line(number, Kind.BULLET, _columns(match[1]), text.strip())
    level = _columns(line[: len(line) - len(line.lstrip())])
    if level < _TAB and len(following) >= 3 and (set(following) == {"="} or set(following) == {"-"}):
        return Line(number, Kind.HEADING, 1 if following[0] == "=" else 2, bare)
    if match := _BOLD.fullmatch(line):
        return Line(number, Kind.BOLD, level, match[1])
    return Line(number, Kind.TEXT, level, bare)


def _columns(white: str) -> int:
    columns = 0
    for char in white:
        columns = columns + _TAB - columns % _TAB if char == "\t" else columns + 1
    return columns
