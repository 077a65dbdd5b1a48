"""Write the tables, lists and headings that a list has in HTML as the lines that Markdown would have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

SUMMARY = "\x02"  # begins the line of a <summary>
END_OF_DETAILS = "\x03"  # the line of a </details>

_BLOCK = re.compile(
    r"<\s*(?P<end>/?)\s*(?P<tag>tr|td|th|li|ul|ol|h[1-6]|summary|details|dt|dd|dl|table|thead|tbody|p|div|center)"
    r"\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_STRONG = re.compile(r"<\s*/?\s*(?:b|strong)\s*>", re.IGNORECASE)
_SLANTED = re.compile(r"<\s*/?\s*(?:i|em)\s*>", re.IGNORECASE)
_MARKDOWN_BEGINS = re.compile(r"\s{0,3}(?:#{1,6}\s|\||[-*+]\s)")
_LONGEST = 50_000
_MOST_LINES = 400


@dataclass
class _Element:
    """A row, item or heading while it is read. `mark` is what its line begins with; `cells` are those of a row."""

    number: int
    mark: str
    text: str = ""
    cells: list[str] = field(default_factory=list)
    n_cells: int = 0
    is_head: bool = False

    @property
    def is_row(self) -> bool:
        return self.mark == "|"

    def written(self) -> Iterator[tuple[int, str]]:
        """The lines of Markdown that say the same; none for an element without words."""
        if self.is_row:
            cells = [*self.cells, self.text]
            if any(cell.strip() for cell in cells):
                yield self.number, "| " + " | ".join(cell.strip().replace("|", r"\|") for cell in cells) + " |"
                if self.is_head:
                    yield self.number, "|" + "---|" * len(cells)
        elif self.text.strip():
            yield self.number, f"{self.mark}{self.text.strip()}"


class _Writer:
    """Reads block elements in their order; what stands outside of them stays as it is."""

    def __init__(self) -> None:
        self._element: _Element | None = None
        self._depth = 0

    def take(self, number: int, line: str) -> Iterator[tuple[int, str]]:
        """The lines that are complete once this one is read."""
        if self._element and self._is_over(number, line):
            yield from self._closed()
        position = 0
        has_tags = False
        for tag in _BLOCK.finditer(line):
            has_tags = True
            yield from self._text(number, line[position : tag.start()])
            yield from self._tag(number, tag["tag"].casefold(), is_end=bool(tag["end"]))
            position = tag.end()
        rest = line[position:]
        if not has_tags and self._element is None:
            yield number, line
        else:
            yield from self._text(number, f"{rest} " if self._element else rest)

    def end(self) -> Iterator[tuple[int, str]]:
        """What is left at the end of the file."""
        yield from self._closed()

    def _is_over(self, number: int, line: str) -> bool:
        element = self._element
        if element is None:
            return False
        too_long = len(element.text) > _LONGEST or number - element.number > _MOST_LINES
        return too_long or (not element.is_row and bool(_MARKDOWN_BEGINS.match(line)))

    def _text(self, number: int, text: str) -> Iterator[tuple[int, str]]:
        if self._element is not None:
            self._element.text += text
        elif text.strip():
            yield number, text.strip()

    def _tag(self, number: int, tag: str, *, is_end: bool) -> Iterator[tuple[int, str]]:
        if tag in ("td", "th"):
            if not is_end:
                self._cell(tag)
        elif tag in ("p", "div", "center"):
            if self._element is not None and self._element.text.strip():
                self._element.text += "<br>"
        elif tag == "dd":
            pass
        else:
            yield from self._closed()
            if tag in ("ul", "ol", "dl"):
                self._depth = max(0, self._depth + (-1 if is_end else 1))
            elif tag == "details" and is_end:
                yield number, END_OF_DETAILS
            elif not is_end and (mark := self._mark(tag)):
                self._element = _Element(number, mark)

    def _cell(self, tag: str) -> None:
        row = self._element
        if row is None or not row.is_row:
            return
        if row.n_cells:
            row.cells.append(row.text)
        row.text = ""
        row.n_cells += 1
        row.is_head = row.is_head or tag == "th"

    def _mark(self, tag: str) -> str:
        """What the line of an element begins with; "" for one that only holds others."""
        if tag == "tr":
            return "|"
        if tag in ("li", "dt"):
            return "  " * max(0, self._depth - 1) + "- "
        if tag == "summary":
            return SUMMARY
        return f"{'#' * int(tag[1])} " if tag[0] == "h" else ""

    def _closed(self) -> Iterator[tuple[int, str]]:
        if self._element is not None:
            yield from self._element.written()
        self._element = None


def markdown_lines(raw: Sequence[str], skipped: frozenset[int]) -> Iterator[tuple[int, str]]:
    """The numbered lines of a text, its HTML as Markdown; those of the `skipped` numbers (code) stay as they are.

    A line of HTML may give several lines of the same number, and several lines of HTML one.
    """
    writer = _Writer()
    for number, line in enumerate(raw, start=1):
        if number in skipped or len(line) > _LONGEST:
            yield from writer.end()
            yield number, line
        else:
            bare = _SLANTED.sub("*", _STRONG.sub("**", line)) if "<" in line else line
            yield from writer.take(number, bare)
    yield from writer.end()
