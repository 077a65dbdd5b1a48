"""Find which part of the file each line is of: topics, keywords, taste, or a prompt that is not the reader's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.topics.lines import Kind, Line


class Section(Enum):
    """What a line may contribute to."""

    BODY = auto()  # topics, and prose around them
    KEYWORDS = auto()
    TASTE = auto()
    UNWANTED = auto()  # under a heading such as "Topics to avoid"
    FOREIGN = auto()  # instructions to a model, a rubric, papers


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with its section. `opens` marks the first line of a keyword section, its heading or "Keywords: …"."""

    line: Line
    section: Section
    opens: bool = False


_FOREIGN_TITLE = re.compile(
    r"paper selection prompt|instructions?|(?:.* )?scor(?:ing|es?)(?: .*)?|(?:output|response|answer) format|papers"
    r"|rubric",
    re.IGNORECASE,
)
_TOPICS_TITLE = re.compile(
    r"(?:(?:my|our|relevant|research|the|all) )*(?:topics?|criteria|criterion|interests?|areas?)"
    r"(?: (?:of|we) .*| criteria| file| list)?",
    re.IGNORECASE,
)
_TASTE_TITLE = re.compile(
    r"(?:.* )?(?:taste|preferences?|notes?|about (?:me|us|the reader)|general|remarks?)", re.IGNORECASE
)
_UNWANTED_TITLE = re.compile(
    r"(?:not|non)[- ]?(?:relevant|interest(?:ed|ing)|wanted)(?: .*)?"
    r"|(?:irrelevant|unwanted|excluded?|negative|disliked?s?|avoid)(?: .*)?"
    r"|(?:topics?|papers?|things?|areas?|what)(?: i)? "
    r"(?:(?:am |is |are |do |does )?not|to (?:avoid|skip|ignore|exclude))(?: .*)?"
    r"|out of scope|dislikes?|(?:i|we|he|she|they) (?:do not|does not|don't|doesn't) .*",
    re.IGNORECASE,
)
_KEYWORDS_TITLE = re.compile(r"(?:(?P<name>[\w -]{1,30}?)[ -])?key ?words?(?: (?:lists?|to .*))?", re.IGNORECASE)
_KEYWORDS_LINE = re.compile(r"(?P<title>(?:[\w-]{1,20} )?key ?words?)\s*:\s*(?P<rest>.*)", re.IGNORECASE)
_NAMED_LIST = re.compile(r"[^:.!?]{1,40}:")


def index(lines: Sequence[Line]) -> list[Placed]:
    """Each line with its section, headings of sections included.

    A whole prompt is reduced to what it says about topics.
    """
    titles = [_title(line) for line in lines if line.kind is Kind.HEADING]
    is_prompt = any(_FOREIGN_TITLE.fullmatch(title) for title in titles)
    section = Section.FOREIGN if is_prompt and any(map(_TOPICS_TITLE.fullmatch, titles)) else Section.BODY
    placed: list[Placed] = []
    after_blank = True
    topic: Line | None = None  # the numbered line that this one may belong to
    for line in lines:
        if line.kind in (Kind.NUMBERED, Kind.HEADING):
            topic = line if line.kind is Kind.NUMBERED else None
        is_inside = topic is not None and line.indent > topic.indent
        opened = None if is_inside and _is_keywords_line(line) else _opened(line, section, after_blank=after_blank)
        section = section if opened is None else opened
        placed.append(Placed(line, section, opens=opened is Section.KEYWORDS))
        after_blank = line.kind is Kind.BLANK
    return placed


def has_prompt(placed: Sequence[Placed]) -> bool:
    """Whether a part of the file speaks to a model and was left out."""
    return any(entry.section is Section.FOREIGN and entry.line.kind is not Kind.BLANK for entry in placed)


def _title(line: Line) -> str:
    return line.plain.strip(" :.")


def _opened(line: Line, current: Section, *, after_blank: bool) -> Section | None:
    """The section this line begins, None if it goes on with the current one."""
    if line.kind is Kind.HEADING:
        return _headed(_title(line), current)
    if current is Section.FOREIGN:
        return None
    if _is_keywords_line(line):
        return Section.KEYWORDS
    if current is Section.KEYWORDS and _leaves_keywords(line, after_blank=after_blank):
        return Section.BODY
    return None


def _is_keywords_line(line: Line) -> bool:
    return line.kind is Kind.TEXT and bool(_KEYWORDS_LINE.fullmatch(line.plain))


def _headed(title: str, current: Section) -> Section:
    if _KEYWORDS_TITLE.fullmatch(title):
        return Section.KEYWORDS
    if _UNWANTED_TITLE.fullmatch(title):
        return Section.UNWANTED
    if _FOREIGN_TITLE.fullmatch(title):
        return Section.FOREIGN
    if _TOPICS_TITLE.fullmatch(title):
        return Section.BODY
    if _TASTE_TITLE.fullmatch(title):
        return Section.TASTE
    return Section.FOREIGN if current is Section.FOREIGN else Section.BODY


def _leaves_keywords(line: Line, *, after_blank: bool) -> bool:
    if line.kind is Kind.NUMBERED:
        return True
    return after_blank and line.kind is Kind.TEXT and not _NAMED_LIST.match(line.plain)


def is_section_title(line: Line) -> bool:
    """Whether a heading names a part of the file rather than a topic."""
    title = _title(line)
    return any(
        pattern.fullmatch(title)
        for pattern in (_KEYWORDS_TITLE, _FOREIGN_TITLE, _TOPICS_TITLE, _TASTE_TITLE, _UNWANTED_TITLE)
    )


def keyword_heading(line: Line) -> tuple[str, str]:
    """The list's name in a keyword section's first line ("" if it names none) and what follows on it."""
    text = line.plain
    if whole := _KEYWORDS_LINE.fullmatch(text):
        text, rest = whole["title"], whole["rest"]
    else:
        rest = ""
    title = _KEYWORDS_TITLE.fullmatch(text.strip(" :."))
    return (title["name"] or "").strip().lower() if title else "", rest
