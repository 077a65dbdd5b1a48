"""Lists of papers in Markdown, line by line: sections, tables, bullets and what goes on below them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.library.inline import Kind as PieceKind
from bot.library.inline import pieces, split_cells
from bot.library.layout import LONGEST_LINE, Kind, Line, lines_of
from bot.library.parsed import Branch, Fate, LineNote, ListedPaper, Parsed
from bot.library.rows import Row, is_label, is_outside, read_bullet, read_cells, read_further, without_date
from bot.library.tree import BOLD_RANK, BULLET_RANK, Tree, kept, repetitions, without_papers
from bot.text import cut

_PERIOD = re.compile(
    r"(?:(?:new |recent |latest )?papers? )?(?:(?:from|since|in|of|released in) )?(?:the )?"
    r"(?:(?:past|last) \d{1,4} \w+|(?:past|last|this) (?:week|month|year)"
    r"|(?:recent|latest|new)(?: (?:papers?|additions?|updates?))?$"
    r"|\d{1,4}[/.-]\d{1,2}(?:[/.-]\d{1,4})?\b|(?:19|20)\d\d(?:$|\D))",
    re.IGNORECASE,
)
_LONGEST_TITLE = 200
_LONGEST_NOTE = 100
_LONGEST_LEAD = 60


def read_markdown_list(text: str, *, is_outline: bool) -> Parsed:
    """The papers, the topic tree and a note on every line.

    In an outline each bullet is a topic, a term or a paper of the tree; elsewhere only sections with papers are topics.
    """
    reader = _Reader(is_outline=is_outline)
    for line in lines_of(text):
        reader.take(line)
    return reader.parsed()


@dataclass
class _Entry:
    """A paper as it is being read."""

    row: Row
    line: int
    section: tuple[str, ...]
    level: int | None = None  # the indent of its bullet; None for a table's row


class _Reader:
    def __init__(self, *, is_outline: bool) -> None:
        self._is_outline = is_outline
        self._title = ""
        self._tree = Tree()
        self._entries: list[_Entry] = []
        self._notes: dict[int, LineNote] = {}
        self._heads: tuple[str, ...] = ()
        self._last: _Entry | None = None  # what an indented line goes on with

    def take(self, line: Line) -> None:  # noqa: C901 - one case for each kind
        """Read one line and note what became of it."""
        if line.kind not in (Kind.ROW, Kind.HEAD_RULE):
            self._heads = ()
        match line.kind:
            case Kind.HEADING:
                self._heading(line)
            case Kind.BOLD:
                self._section(line, BOLD_RANK)
            case Kind.ROW:
                self._row(line)
            case Kind.BULLET:
                self._bullet(line)
            case Kind.TEXT:
                self._text(line)
            case Kind.HEAD_RULE | Kind.RULE:
                self._note(line, Fate.DETAIL, "a rule")
            case Kind.CODE:
                self._note(line, Fate.SKIPPED, "code")
            case Kind.ENDLESS:
                self._note(line, Fate.SKIPPED, f"a line of more than {LONGEST_LINE:,} characters is no entry of a list")
            case Kind.BLANK:
                pass

    def _note(self, line: Line, fate: Fate, text: str) -> None:
        self._notes[line.number] = LineNote(line.number, fate, cut(text, _LONGEST_NOTE))

    def _heading(self, line: Line) -> None:
        title = _heading_text(line.text)
        if line.level == 1 and not (self._title or self._tree.branches or self._entries):
            self._title = title
            self._note(line, Fate.SECTION, f"the list's title: {title}")
            return
        self._section(line, line.level)

    def _section(self, line: Line, rank: int) -> None:
        self._last = None
        title = _heading_text(line.text)
        if not title or _PERIOD.match(title):
            self._tree.open(rank, None)
            self._note(line, Fate.SECTION, f"a time, not a topic: {title}" if title else "a heading without words")
            return
        self._tree.open(rank, Branch(title, line.number))
        self._note(line, Fate.SECTION, title)

    def _row(self, line: Line) -> None:
        text, date_text = without_date(line.text)
        cells = split_cells(text)
        if line.after is Kind.HEAD_RULE and not self._heads:
            self._heads = tuple(_heading_text(cell).casefold() for cell in cells) or ("",)
            self._note(line, Fate.DETAIL, "the head of a table")
            return
        row = read_cells(cells, self._heads, date_text)
        if row.is_paper:
            self._add(line, row, None)
        else:
            self._note(line, Fate.SKIPPED, f"a row without a paper's link: {row.title or line.text}")

    def _bullet(self, line: Line) -> None:
        text, date_text = without_date(line.text)
        row = read_bullet(text, date_text)
        if self._goes_on(line) and self._last is not None and not self._is_own(row):
            read_further(self._last.row, text)
            self._note(line, Fate.DETAIL, f"belongs to line {self._last.line}")
            return
        rank = BULLET_RANK + line.level
        self._tree.close(rank)
        if row.is_paper:
            self._add(line, row, line.level)
            if self._is_outline:
                address = row.address or (row.links[0].url if row.links else "")
                title = cut(row.title or row.arxiv_id, _LONGEST_TITLE)
                self._tree.open(rank, Branch(title, line.number, None, row.arxiv_id, address))
            return
        self._last = None
        if not text:
            self._note(line, Fate.SKIPPED, "an empty bullet")
        elif _leads_inside(text):
            self._note(line, Fate.SKIPPED, f"a link within the list's own pages: {text}")
        else:
            title = cut(_heading_text(text), _LONGEST_TITLE)
            self._tree.open(rank, Branch(title, line.number))
            self._note(line, Fate.SECTION, title)

    def _is_own(self, row: Row) -> bool:
        """Whether a bullet below a paper is a paper itself, or in an outline a term, rather than more about it."""
        if row.arxiv_id:
            return self._last is None or row.arxiv_id != self._last.row.arxiv_id
        return bool(row.address) or (self._is_outline and not row.links)

    def _goes_on(self, line: Line) -> bool:
        return self._last is not None and self._last.level is not None and line.level > self._last.level

    def _text(self, line: Line) -> None:
        text, date_text = without_date(line.text)
        if self._goes_on(line) and self._last is not None:
            read_further(self._last.row, text)
            self._note(line, Fate.DETAIL, f"belongs to line {self._last.line}")
            return
        row = read_bullet(text, date_text)
        if row.arxiv_id and self._is_entry(text):
            self._tree.close(BULLET_RANK)
            self._add(line, row, line.level)
        elif self._is_outline and line.after is Kind.BULLET and _could_be_heading(text):
            self._section(line, BOLD_RANK)
        else:
            self._last = None
            link = ", though it links to arXiv" if row.arxiv_id else ""
            self._note(line, Fate.SKIPPED, f"text that is no entry{link}" if text else "an invisible comment")

    @staticmethod
    def _is_entry(text: str) -> bool:
        """Whether a line outside of bullets and tables is about the paper it links to: hardly a word stands before."""
        first = next((piece for piece in pieces(text) if piece.kind is not PieceKind.BREAK), None)
        return first is not None and (first.kind is not PieceKind.TEXT or len(first.text) <= _LONGEST_LEAD)

    def _add(self, line: Line, row: Row, level: int | None) -> None:
        self._last = _Entry(row, line.number, self._tree.path, level)
        self._entries.append(self._last)

    def parsed(self) -> Parsed:
        """What was read, once all lines were taken."""
        branches = self._tree.branches
        dropped = self._repeated() if self._is_outline else frozenset[int]()
        papers = self._papers(frozenset(branches[index].line for index in dropped))
        if self._is_outline:
            dropped |= self._second_leaves()
        else:
            dropped = without_papers(branches, papers)
            for index in dropped:
                self._unlist(branches[index], self._tree.ranks[index])
        return Parsed(
            format="outline" if self._is_outline else "awesome",
            title=self._title,
            papers=papers,
            branches=kept(branches, dropped),
            lines=tuple(self._notes[number] for number in sorted(self._notes)),
        )

    def _papers(self, repeated: frozenset[int]) -> tuple[ListedPaper, ...]:
        """Each paper once; a second mention adds its section and what the first one left open.

        The lines of `repeated` belong to a part of the list that stands in it twice: their sections are no others.
        """
        found: dict[str, ListedPaper] = {}
        for entry in self._entries:
            paper = entry.row.paper(entry.line, () if entry.line in repeated else entry.section)
            key = paper.arxiv_id or entry.row.address or paper.title
            if key in found:
                found[key] = _merged(found[key], paper)
                note = LineNote(
                    entry.line, Fate.AGAIN, f"{paper.arxiv_id or paper.title}: line {found[key].line} has it"
                )
            else:
                found[key] = paper
                title = f"{paper.arxiv_id} {paper.title}".strip()
                note = LineNote(entry.line, Fate.PAPER if paper.arxiv_id else Fate.NO_ID, title)
            self._notes[entry.line] = replace(note, text=cut(note.text, _LONGEST_NOTE))
        return tuple(found.values())

    def _repeated(self) -> frozenset[int]:
        """The places of all that stands in the tree twice, noted as such."""
        branches = self._tree.branches
        repeated = repetitions(branches, self._tree.ranks)
        dropped = set(repeated)
        for index, branch in enumerate(branches):
            if branch.parent in dropped and self._tree.ranks[index] >= BULLET_RANK:
                dropped.add(index)
            noted = self._notes.get(branch.line)  # papers have their notes later
            if index in dropped and noted is not None and noted.fate is Fate.SECTION:
                self._notes[branch.line] = LineNote(branch.line, Fate.AGAIN, f"{branch.title}: the list has it before")
        return frozenset(dropped)

    def _second_leaves(self) -> frozenset[int]:
        """The places of leaves whose paper stands in the tree before: it has both sections, and one leaf."""
        branches = self._tree.branches
        parents = {branch.parent for branch in branches}
        return frozenset(
            index
            for index, branch in enumerate(branches)
            if branch.is_paper and index not in parents and self._notes[branch.line].fate is Fate.AGAIN
        )

    def _unlist(self, branch: Branch, rank: int) -> None:
        if rank < BULLET_RANK:
            self._notes[branch.line] = LineNote(
                branch.line, Fate.SECTION, f"no papers below it: {cut(branch.title, _LONGEST_NOTE)}"
            )
        else:
            self._notes[branch.line] = LineNote(
                branch.line, Fate.SKIPPED, cut(f"no link: {branch.title}", _LONGEST_NOTE)
            )


def _heading_text(text: str) -> str:
    """A heading's words; pictures and links that only lead back to the top are left out."""
    words = [
        piece.text
        for piece in pieces(text)
        if piece.kind is PieceKind.TEXT
        or (piece.kind is PieceKind.LINK and (is_outside(piece.url) or not is_label(piece.text)))
    ]
    return cut(" ".join(words).strip(" :-–—"), _LONGEST_TITLE)


def _leads_inside(text: str) -> bool:
    """Whether a bullet is nothing but a link within the repository: a line of a table of contents."""
    found = pieces(text)
    inside = [piece for piece in found if piece.kind is PieceKind.LINK and not is_outside(piece.url)]
    words = sum(len(piece.text) for piece in found if piece.kind is PieceKind.TEXT)
    return bool(inside) and words <= sum(len(piece.text) for piece in inside)


def _could_be_heading(text: str) -> bool:
    return len(text) <= _LONGEST_NOTE and not text.endswith((".", ",", ";", "!")) and not text.startswith("<")


def _merged(known: ListedPaper, again: ListedPaper) -> ListedPaper:
    return replace(
        known,
        title=known.title or again.title,
        authors=known.authors or again.authors,
        sections=tuple(dict.fromkeys((*known.sections, *again.sections))),
        publication=known.publication or again.publication,
        tags=tuple(dict.fromkeys((*known.tags, *again.tags))),
        links=tuple(dict.fromkeys((*known.links, *again.links))),
        listed_on=known.listed_on or again.listed_on,
        note=known.note or again.note,
    )
