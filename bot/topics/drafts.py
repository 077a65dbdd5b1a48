"""Collect topics and taste line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.models import Topic
from bot.text import cut
from bot.topics.layout import SLACK, Layout, Marks
from bot.topics.lines import Kind, Line, Part, is_label, parts, plain
from bot.topics.sections import Placed, Section, is_section_title
from bot.topics.taste import is_negative, sentences, sounds_like_taste

_BOLD_TITLE = re.compile(r"(?:\*\*|__)(?P<title>[^*_]{1,300}?)\s*:?(?:\*\*|__)\s*(?:[:–—-]\s*)?(?P<rest>.*)")
_REFUSAL = re.compile(
    r"(?:(?:but|also|and|however|please),? )*"
    r"(?:(?:i|we|he|she|they)(?: am| are| is)?(?: do| does)?(?: not|n['’]t)\b"
    r"|(?:do not|don['’]t) (?:show|include|send|want))",
    re.IGNORECASE,
)
_PROSE_END = re.compile(r"[.!?。！？][\"”)]?$")
_LONGEST_ONE_LINE_TOPIC = 300
_LONGEST_TITLE = 120


@dataclass(slots=True, eq=False)
class _Draft:
    """A topic while its lines are read. `wanted` is which part the last label opened, None before any."""

    number: int | None
    title: str
    relevant: list[str] = field(default_factory=list)
    not_relevant: list[str] = field(default_factory=list)
    wanted: bool | None = None
    label_indent: int = 0
    label_is_bare: bool = False
    bullet_indent: int | None = None

    def add(self, part: Part, line: Line) -> None:
        """Take a piece of a line into the part it belongs to."""
        if part.wanted is not None:
            self.wanted, self.label_indent, self.label_is_bare = part.wanted, line.indent, not part.text
        elif self._is_new_point(line):
            self.wanted = True
        if part.text:
            (self.not_relevant if self.wanted is False else self.relevant).append(part.text)

    def add_prose(self, text: str, line: Line) -> None:
        """Take sentences; "I do not want to see …" among them is not relevant, whatever part they stand in."""
        for sentence in sentences(text) or [text]:
            if _REFUSAL.match(sentence):
                self.not_relevant.append(sentence)
            else:
                self.add(Part(None, sentence), line)

    def _is_new_point(self, line: Line) -> bool:
        """An unlabelled bullet beside a "Not relevant: …" that has its text is a point of its own."""
        return line.kind is Kind.BULLET and line.indent <= self.label_indent and not self.label_is_bare

    @property
    def is_bare(self) -> bool:
        """Whether nothing but the title is known."""
        return not (self.relevant or self.not_relevant) and self.wanted is None and self.bullet_indent is None

    def topic(self, number: int) -> Topic:
        """The topic; one without title takes its beginning for one."""
        title, relevant = self.title, " ".join(self.relevant)
        if not title and relevant:
            title, relevant = cut(relevant, _LONGEST_TITLE), relevant if len(relevant) > _LONGEST_TITLE else ""
        return Topic(number, title, relevant, " ".join(self.not_relevant))


@dataclass(frozen=True, slots=True)
class Found:
    """What was read. `numbers` are those written in the file, `untitled` the topics whose title had to be made up.

    `n_empty` counts marks of topics with nothing wanted after them.
    """

    topics: tuple[Topic, ...]
    taste: tuple[str, ...]
    numbers: tuple[int, ...]
    untitled: tuple[int, ...]
    n_empty: int


class Drafts:
    """Collects topics and sentences of taste from lines in their order."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._drafts: list[_Draft] = []
        self._open = False  # whether a line may continue the last topic
        self._prose: list[list[str]] = []
        self._lead = ""  # "He does not want:", which each bullet below it goes on with
        self._after_blank = True
        self._loose: tuple[_Draft, str] | None = None

    def take(self, entry: Placed) -> None:
        """Read one line."""
        line = entry.line
        if line.kind is Kind.COMMENT:
            return
        if line.kind is Kind.BLANK:
            self._after_blank = True
            return
        match entry.section:
            case Section.BODY:
                self._take_body(line)
            case Section.TASTE | Section.UNWANTED:
                self._take_outside(line, entry.section)
            case _:
                self._open = False
        self._after_blank = line.kind is Kind.HEADING

    def _take_outside(self, line: Line, section: Section) -> None:
        """A line below a heading about taste; below one about the unwanted each line goes on with that heading."""
        self._open = False
        if line.kind is Kind.HEADING:
            self._lead = f"{line.plain.strip(' :.')}:" if section is Section.UNWANTED else ""
        elif section is Section.UNWANTED:
            self._prose.append([f"{self._lead} {line.plain}"])
        else:
            self._take_taste(line)

    def _take_body(self, line: Line) -> None:
        if self._is_commented_out(line):
            return
        if self._starts_topic(line):
            self._start(line)
        elif line.kind is Kind.HEADING:
            # A first-level heading between a topic's lines is a comment.
            self._open = self._open and line.level == 1 and not is_section_title(line)
            self._lead = ""
        elif self._open and not self._is_taste(line):
            self._continue(line)
        elif is_label(line.text) and not self._lead:
            self._label_without_title(line)
        else:
            self._take_taste(line)

    def _is_commented_out(self, line: Line) -> bool:
        return line.kind is Kind.NUMBERED and line.level == 1 and self._layout.level != 1

    def _starts_topic(self, line: Line) -> bool:
        if self._lead and (is_negative(self._lead) or (self._drafts and self._leads_to(line))):
            return False
        match self._layout.marks:
            case Marks.NUMBERS:
                return line.kind is Kind.NUMBERED and not is_label(line.text) and self._is_outermost(line)
            case Marks.HEADINGS:
                return line.level == self._layout.level and line.kind is Kind.HEADING and not is_section_title(line)
            case Marks.BULLETS:
                is_bullet = line.kind in (Kind.BULLET, Kind.NUMBERED) and not is_label(line.text)
                return is_bullet and line.indent < self._layout.indent + SLACK
            case Marks.LINES:
                return line.kind is Kind.TEXT and not is_label(line.text) and not self._is_prose(line)

    def _leads_to(self, line: Line) -> bool:
        """Whether a line is a point of what was begun with "…:" behind the topics, also one that is counted anew."""
        last = self._drafts[-1].number
        return sounds_like_taste(self._lead) or (line.number is not None and last is not None and line.number <= last)

    def _is_outermost(self, line: Line) -> bool:
        """Whether a numbered line is a topic rather than a step inside of one."""
        if line.indent <= self._layout.indent + SLACK or not self._drafts or not self._open:
            return True
        last = self._drafts[-1]
        if last.bullet_indent is not None:
            return line.indent <= last.bullet_indent
        return last.number is not None and line.number == last.number + 1

    def _is_prose(self, line: Line) -> bool:
        text = line.plain
        if line.indent >= self._layout.indent + SLACK or len(text) > _LONGEST_ONE_LINE_TOPIC or text.endswith(":"):
            return True
        return bool(_PROSE_END.search(text)) or sounds_like_taste(text)

    def _start(self, line: Line) -> None:
        self._settle_loose(is_last=False)
        bold = _BOLD_TITLE.fullmatch(line.text)
        pieces = [Part(None, plain(bold["title"])), *parts(bold["rest"])] if bold else parts(line.text)
        has_title = bool(pieces) and pieces[0].wanted is None
        draft = _Draft(line.number, pieces[0].text.rstrip(" .:;") if has_title else "")
        for part in pieces[has_title:]:
            draft.add(part, line)
        self._drafts.append(draft)
        self._open, self._lead = True, ""

    def _is_taste(self, line: Line) -> bool:
        """Whether a line after a topic's is about taste instead: prose at the margin."""
        if line.kind is not Kind.TEXT or is_label(line.text) or line.indent >= self._layout.indent + SLACK:
            return False
        draft = self._drafts[-1]
        if sounds_like_taste(line.plain):
            # "I am interested in …" right below a number is about that topic, after a blank line about everything.
            return self._after_blank or self._layout.marks is not Marks.NUMBERS or draft.wanted is not None
        if self._layout.marks is Marks.LINES:
            return draft.is_bare or self._after_blank
        if self._layout.marks is Marks.HEADINGS:
            return self._after_blank and draft.wanted is not None
        return self._after_blank and (not draft.is_bare or line.plain.endswith(":"))

    def _continue(self, line: Line) -> None:
        draft = self._drafts[-1]
        if draft.is_bare and self._after_blank and line.kind is Kind.TEXT and self._layout.marks is not Marks.HEADINGS:
            self._loose = (draft, line.plain)
        if line.kind is Kind.BULLET and draft.bullet_indent is None:
            draft.bullet_indent = line.indent
        for part in parts(line.text):
            if part.wanted is None and line.kind is Kind.TEXT and self._layout.marks is Marks.NUMBERS:
                draft.add_prose(part.text, line)
            else:
                draft.add(part, line)

    def _settle_loose(self, *, is_last: bool) -> None:
        """A paragraph below the last bare title is taste, unless earlier titles had theirs in the same way."""
        if self._loose and is_last and self._loose[0] is self._drafts[-1]:
            draft, text = self._loose
            others_bare = all(not earlier.relevant for earlier in self._drafts[:-1])
            if others_bare and len(self._drafts) > 1 and _PROSE_END.search(text):
                self._prose.insert(0, draft.relevant)
                draft.relevant = []
        self._loose = None

    def _label_without_title(self, line: Line) -> None:
        if self._drafts and not self._drafts[-1].title and self._layout.marks is Marks.LINES:
            self._continue(line)
            return
        self._drafts.append(_Draft(None, ""))
        self._open = True
        self._continue(line)

    def _take_taste(self, line: Line) -> None:
        self._open = False
        text = line.plain
        if line.kind in (Kind.BULLET, Kind.NUMBERED) or (self._lead and not self._after_blank):
            self._prose.append([f"{self._lead} {text}".strip()])
            return
        self._lead = text if text.endswith(":") else ""
        if self._lead:
            return
        if self._after_blank or not self._prose or _PROSE_END.search(self._prose[-1][-1]):
            self._prose.append([text])
        else:
            self._prose[-1].append(text)

    def found(self) -> Found:
        """What the lines said."""
        self._settle_loose(is_last=True)
        drafts = [draft for draft in self._drafts if draft.title or draft.relevant]
        unwanted = [
            ["Not relevant:", *draft.not_relevant]
            for draft in self._drafts
            if draft.not_relevant and not (draft.title or draft.relevant)
        ]
        return Found(
            topics=tuple(draft.topic(number) for number, draft in enumerate(drafts, start=1)),
            taste=tuple(sentence for lines in [*self._prose, *unwanted] for sentence in sentences(" ".join(lines))),
            numbers=tuple(draft.number for draft in drafts if draft.number is not None),
            untitled=tuple(number for number, draft in enumerate(drafts, start=1) if not draft.title),
            n_empty=len(self._drafts) - len(drafts),
        )
