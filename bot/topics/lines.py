"""Tell what kind of line each line of a topics text is, whatever bullets, digits and emphasis it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from bot.text import one_line

_TAB = 4
# Full-width digits, brackets, colons and stops as East Asian keyboards type them.
_NARROW = str.maketrans("０１２３４５６７８９（）：．，；＃　", "0123456789():.,;# ")

_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_QUOTE = re.compile(r"\s*(?:>\s?)+")
_RULE = re.compile(r"[-=*_~`\s]{3,}|[=*_]+")
_FENCE = re.compile(r"(?:```|~~~)\w*")
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_BOLD_LINE = re.compile(r"(?:\*\*|__)([^*_].*?)(?:\*\*|__)\s*:?")
_BULLET = re.compile(r"[-*+•‣◦▪▸·–—]\s+(?:\[[ xX]\]\s+)?|[•‣◦▪▸·–—]|[-+](?=[A-Za-z*])|\[[ xX]\]\s+")
_NUMBER = re.compile(
    r"(?:\*\*|__)?(?:topic\s*)?(?:#\s?)?[(\[]?(?P<number>\d{1,4})(?P<mark>[.)\]:、]+|\s[-–—:](?=\s))(?!\d)\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_TOPIC_WORD = re.compile(r"(?:\*\*|__)?topic\s*(?P<number>\d{1,4})\b(?P<mark>\s*)(?P<rest>.*)", re.IGNORECASE)
_EMPHASIS = re.compile(r"\*\*|__|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|`")

_POSITIVE = (
    "highly relevant|relevant papers|relevant|keep|include|included|interested in|interested|interesting|want|wanted"
    "|looking for|positive|yes|match|matches"
)
_NEGATIVE = (
    "(?:not|non|less)[- ]relevant (?:papers|topics|areas|work)|(?:not|non|less)[- ]relevant|nonrelevant"
    "|irrelevant (?:papers|topics|areas|work)|irrelevant|filter(?:ed)? out|filter|excluded?|excluding|not interested in"
    "|not interested|not interesting|not wanted|unwanted|avoid|ignore|skip|reject"
    "|discard|drop|negative|not|no"
)
_LABEL = re.compile(
    rf"(?:(?P<no>{_NEGATIVE})|(?P<yes>{_POSITIVE}))\s*(?:\([^()]*\)\s*)?(?::|[-–—]\s|$)\s*", re.IGNORECASE
)
# Without a colon only words that cannot begin a sentence about something wanted.
_BARE_NEGATIVE = re.compile(r"(?P<no>not relevant|irrelevant)\b\s*[,.]?\s*(?:are\s+)?", re.IGNORECASE)
_INLINE_LABEL = re.compile(
    r"(?:(?<=[.;,|)])\s*|\s[-–—]\s*|(?<=\s))(?<!not )(?<!Not )(?<!NOT )"
    r"(?P<label>Not [Rr]elevant|not relevant|NOT RELEVANT|Irrelevant|IRRELEVANT"
    r"|[Nn]ot(?=:)|Relevant|RELEVANT|Keep|Filter(?: out)?|Exclude|Include)\s*:"
)
_NOTHING = re.compile(r"(?:n/?\.?a\.?|none|nothing|nil|null|[-–—.]*|\.\.\.|…|tbd|\?+)", re.IGNORECASE)


class Kind(Enum):
    """What a line is by its look alone."""

    BLANK = auto()
    COMMENT = auto()  # "#remark", or one inside an HTML comment
    HEADING = auto()  # "## Title", or a line that is bold as a whole (level 7)
    NUMBERED = auto()
    BULLET = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `indent` is in columns, `text` without bullet, number and quote marks but with its emphasis.

    `number` is the number written before it, `level` a heading's level; a heading may be numbered as well.
    """

    kind: Kind
    indent: int
    text: str
    number: int | None = None
    level: int = 0

    @property
    def plain(self) -> str:
        """The text without emphasis, as one line."""
        return plain(self.text)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a topic: wanted is True under "Relevant", False under "Not relevant", None without label."""

    wanted: bool | None
    text: str


def read_lines(text: str) -> Iterator[Line]:
    """The lines of a text, without rules and fences, HTML comments taken out."""
    for raw in _HTML_COMMENT.sub("", text).translate(_NARROW).splitlines():
        line = raw.expandtabs(_TAB)
        if line.lstrip().startswith(">"):
            line = _QUOTE.sub("", line, count=1)
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        if stripped and (_RULE.fullmatch(stripped) or _FENCE.fullmatch(stripped)):
            continue
        yield _line(indent, stripped)


def _line(indent: int, text: str) -> Line:
    if not one_line(text):
        return Line(Kind.BLANK, indent, "")
    if heading := _HEADING.fullmatch(text):
        return _numbered(Line(Kind.HEADING, indent, heading[2].rstrip("# "), level=len(heading[1])))
    if text.startswith("#"):
        return Line(Kind.COMMENT, indent, text.lstrip("# "))
    return _marked(indent, text)


def _marked(indent: int, text: str) -> Line:
    """A line that may begin with a bullet or a number or be bold as a whole."""
    bullet = _BULLET.match(text)
    if bullet and not text.startswith("**"):
        return _numbered(Line(Kind.BULLET, indent, text[bullet.end() :].strip()))
    if number := _NUMBER.fullmatch(text) or _TOPIC_WORD.fullmatch(text):
        return Line(Kind.NUMBERED, indent, _rest(text, number), int(number["number"]))
    bold = _BOLD_LINE.fullmatch(text)
    if bold and not is_label(bold[1]):
        return _numbered(Line(Kind.HEADING, indent, bold[1], level=7))
    return Line(Kind.TEXT, indent, text)


def _numbered(line: Line) -> Line:
    """A heading or bullet may carry a topic's number: "### 1. KV cache"."""
    number = _NUMBER.fullmatch(line.text) or _TOPIC_WORD.fullmatch(line.text)
    if not number:
        return line
    return Line(Kind.NUMBERED, line.indent, _rest(line.text, number), int(number["number"]), line.level)


def _rest(text: str, number: re.Match[str]) -> str:
    """What follows the number, with the bold mark that stood before it put back."""
    mark = text[:2] if text.startswith(("**", "__")) else ""
    rest = number["rest"].strip().lstrip(":-–—. ")
    return mark + rest if mark and mark in rest else rest.removeprefix(mark) if mark else rest


def plain(text: str) -> str:
    """The text without Markdown emphasis, as one line."""
    return one_line(_EMPHASIS.sub("", text))


def parts(text: str) -> list[Part]:
    """The labelled pieces of a line's text: "Quantization. Relevant: low bits. Not relevant: surveys" has three."""
    text = plain(text)
    first = _LABEL.match(text)
    labels = [*_INLINE_LABEL.finditer(text, first.end() if first else 0)]
    starts = [0, *(label.start() for label in labels)]
    ends = [*starts[1:], len(text)]
    found = [
        _part(text[start:end].lstrip(" .;,|-–—" if start else " ")) for start, end in zip(starts, ends, strict=True)
    ]
    return [part for part in found if part.text or part.wanted is not None]


def _part(text: str) -> Part:
    label = _LABEL.match(text) or _BARE_NEGATIVE.match(text)
    if not label:
        return Part(None, text.strip())
    wanted = not label["no"]
    value = text[label.end() :].strip(" ;|")
    return Part(wanted, "" if _NOTHING.fullmatch(value) else value)


def is_label(text: str) -> bool:
    """Whether a line's text begins with "Relevant:", "Not relevant:" or one of their likes."""
    bare = plain(text)
    return bool(_LABEL.match(bare) or _BARE_NEGATIVE.match(bare))
