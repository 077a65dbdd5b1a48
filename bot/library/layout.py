"""Tell the lines of a list by their kind: headings, table rows, bullets, text; HTML as if it were Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from bot.arxiv_id import ids_named
from bot.library.bibtex import citation_blocks
from bot.library.html_lines import END_OF_DETAILS, SUMMARY, markdown_lines

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*")
_TIGHT_HEADING = re.compile(r"(#{2,6})([^\s#].*?)[ \t#]*")
_BULLET = re.compile(r"([ \t]*)(?:[-*+•·‣◦–●○▪■►➤→]|\(?\d{1,4}[.)、])(?:[ \t]+(.*)|[ \t]*)")
_CHECKBOX = re.compile(r"\[[ xX]\][ \t]+")
_BOLD = re.compile(r"\s{0,3}(?:\*\*|__)([^*_]{1,200})(?:\*\*|__):?\s*")
_HARD_BREAK = re.compile(r"(?:\\|<br\s*/?>|  )\s*$", re.IGNORECASE)
_RULE_MARKS = frozenset("-=*_ \t")
_HEAD_MARKS = frozenset("-:| \t+")
_TAB = 4
_LONGEST_FRONT = 100
LONGEST_LINE = 60_000


class Kind(Enum):
    """What a line is."""

    BLANK = auto()
    HEADING = auto()
    BOLD = auto()  # a line in bold: a heading of its own sort
    SUMMARY = auto()  # what stands for a part that can be opened
    END = auto()  # of such a part
    ROW = auto()
    HEAD_RULE = auto()  # "|---|:---:|"
    BULLET = auto()
    RULE = auto()
    CODE = auto()
    CITATION = auto()  # BibTeX
    FRONT = auto()  # the properties that some editors keep before a text
    TEXT = auto()
    ENDLESS = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or several that are one. `number` is the first one's; `text` is without its mark, lines parted by <br>.

    `level` is a heading's, 1-6, or a bullet's or text's indent in columns.
    """

    number: int
    kind: Kind
    level: int
    text: str
    before: Kind = Kind.BLANK
    after: Kind = Kind.BLANK  # of the next line that is not blank


def lines_of(text: str) -> tuple[Line, ...]:
    """Every line that is not blank, with the kind of its neighbours (`before` may be blank)."""
    found = list(_joined(list(_classified(text))))
    neighboured: list[Line] = []
    after = Kind.BLANK
    for index in range(len(found) - 1, -1, -1):
        line = found[index]
        if line.kind is Kind.BLANK:
            continue
        before = found[index - 1].kind if index else Kind.BLANK
        neighboured.append(replace(line, before=before, after=after))
        after = line.kind
    return tuple(reversed(neighboured))


def _classified(text: str) -> Iterator[Line]:
    raw = text.split("\n")
    literal = _literal(text, raw)
    written = list(markdown_lines(raw, frozenset(literal)))
    for index, (number, line) in enumerate(written):
        bare = line.strip()
        if number in literal:
            yield Line(number, literal[number] if bare else Kind.BLANK, 0, bare)
        else:
            following = written[index + 1][1].strip() if index + 1 < len(written) else ""
            yield _line(number, line, bare, following)


def _literal(text: str, raw: Sequence[str]) -> dict[int, Kind]:
    """The lines that are no part of the list, whatever they look like: code, citations, properties before the text."""
    found: dict[int, Kind] = {}
    fence = ""
    for number, line in enumerate(raw, start=1):
        bare = line.strip()
        if fence or bare.startswith(("```", "~~~")):
            found[number] = Kind.CODE
            fence = ("" if bare.startswith(fence) else fence) if fence else bare[:3]
            if len(bare) > 5 and bare.endswith(fence or "```") and bare.startswith("```"):
                fence = ""
    for start, end in citation_blocks(text):
        first = text.count("\n", 0, start) + 1
        for number in range(first, first + text.count("\n", start, end) + 1):
            found[number] = Kind.CITATION
    if raw[0].strip() == "---":
        end = next((n for n, line in enumerate(raw[1:_LONGEST_FRONT], start=2) if line.strip() == "---"), 0)
        found.update(dict.fromkeys(range(1, end + 1), Kind.FRONT))
    return found


def _line(number: int, line: str, bare: str, following: str) -> Line:
    if not bare:
        return Line(number, Kind.BLANK, 0, "")
    if len(line) > LONGEST_LINE:
        return Line(number, Kind.ENDLESS, 0, bare[:100])
    while bare.startswith(">"):
        bare = line = bare[1:].strip()
    return (
        _part(number, bare)
        or _heading(number, line)
        or _of_a_table(number, line, bare)
        or _bullet(number, line)
        or _text(number, line, bare, following)
    )


def _part(number: int, bare: str) -> Line | None:
    if bare.startswith(SUMMARY):
        return Line(number, Kind.SUMMARY, 0, bare[1:])
    return Line(number, Kind.END, 0, "") if bare == END_OF_DETAILS else None


def _heading(number: int, line: str) -> Line | None:
    match = _HEADING.fullmatch(line) or _TIGHT_HEADING.fullmatch(line)
    return Line(number, Kind.HEADING, len(match[1]), match[2]) if match else None


def _of_a_table(number: int, line: str, bare: str) -> Line | None:
    if "-" in bare and "|" in bare and _HEAD_MARKS.issuperset(bare):
        return Line(number, Kind.HEAD_RULE, 0, bare)
    if bare.startswith("|") or (bare.count("|") >= 2 and "](" in bare and not _BULLET.fullmatch(line)):
        return Line(number, Kind.ROW, 0, bare)
    if len(bare) >= 3 and _RULE_MARKS.issuperset(bare):
        return Line(number, Kind.RULE, 0, bare)
    return None


def _bullet(number: int, line: str) -> Line | None:
    if not (match := _BULLET.fullmatch(line)):
        return None
    text = _CHECKBOX.sub("", match[2] or "", count=1) if (match[2] or "")[:1] == "[" else match[2] or ""
    if (heading := _heading(number, text)) and not _columns(match[1]):
        return heading  # "- ## Title", as outliners write it
    return Line(number, Kind.BULLET, _columns(match[1]), text.strip())


def _text(number: int, line: str, bare: str, following: str) -> Line:
    level = _columns(line[: len(line) - len(line.lstrip())])
    if level < _TAB and len(following) >= 3 and (set(following) == {"="} or set(following) == {"-"}):
        return Line(number, Kind.HEADING, 1 if following[0] == "=" else 2, bare)
    if match := _BOLD.fullmatch(line):
        return Line(number, Kind.BOLD, level, match[1])
    hard = "<br>" if _HARD_BREAK.search(line) else ""
    return Line(number, Kind.TEXT, level, _HARD_BREAK.sub("", line).strip() + hard)


def _joined(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines with those of one paragraph, or of one bullet, joined."""
    index = 0
    while index < len(lines):
        line, end = lines[index], index + 1
        if line.kind in (Kind.TEXT, Kind.BOLD, Kind.BULLET):
            while end < len(lines) and _goes_on(line, lines[end]):
                end += 1
        if line.kind is Kind.BULLET:
            yield _as_one(lines[index:end])
        else:
            yield from _paragraph(lines[index:end])
        index = end


def _goes_on(first: Line, line: Line) -> bool:
    if line.kind is not Kind.TEXT and not (line.kind is Kind.BOLD and first.kind is Kind.TEXT):
        return False
    return first.kind is not Kind.BULLET or line.level > first.level


def _as_one(lines: Sequence[Line]) -> Line:
    text = "<br>".join(line.text.removesuffix("<br>") for line in lines)
    if len(text) > LONGEST_LINE:
        return replace(lines[0], kind=Kind.ENDLESS, text=text[:100])
    return replace(lines[0], text=text)


def _paragraph(lines: Sequence[Line]) -> Iterator[Line]:
    """A paragraph as the entries it is made of: one, or as many as have a link, each with the lines around it."""
    named = [any(ids_named(line.text)) for line in lines]
    if len(lines) == 1 or not any(named):
        yield from lines
        return
    if lines[0].kind is Kind.BOLD and (named.count(True) > 1 or "](" in lines[0].text):
        yield lines[0]
        lines, named = lines[1:], named[1:]
    starts = _starts(lines, named)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        one = _as_one(lines[start:end])
        bold = f"**{lines[start].text}**" if lines[start].kind is Kind.BOLD else ""
        yield replace(one, kind=Kind.TEXT, text=one.text.replace(lines[start].text, bold, 1)) if bold else one


def _starts(lines: Sequence[Line], named: Sequence[bool]) -> list[int]:
    """Where each entry of a paragraph begins: with the line of its link, or after that of the one before."""
    if sum(named) < 2:
        return [0]
    begins = [named[index] if named[0] else named[index - 1] for index in range(1, len(lines))]
    loose = [not lines[index - 1].text.endswith("<br>") for index in range(1, len(lines))]
    return [0, *(index for index, (new, apart) in enumerate(zip(begins, loose, strict=True), start=1) if new and apart)]


def _columns(white: str) -> int:
    columns = 0
    for char in white:
        columns = columns + _TAB - columns % _TAB if char == "\t" else columns + 1
    return columns
