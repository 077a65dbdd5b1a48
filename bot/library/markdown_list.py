"""Read lists of papers in Markdown: sections, tables, bullets, headings and what goes on below them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.arxiv_id import find_id
from bot.library.bibtex import citation_blocks
from bot.library.cells import read_cells
from bot.library.inline import split_cells
from bot.library.items import is_citing
from bot.library.layout import LONGEST_LINE, Kind, Line
from bot.library.listed import Entry, adopt_titles, papers_of, repeated_branches, second_leaves
from bot.library.parsed import Branch, Fate, LineNote, Parsed
from bot.library.row import Row, without_date
from bot.library.rows import read_bullet, read_further
from bot.library.tree import BOLD_RANK, BULLET_RANK, Tree, kept, without_papers
from bot.library.wording import could_be_heading, heading_text, ids_in, is_entry, leads_inside, levels_of_papers
from bot.text import counted, cut

_PERIOD = re.compile(
    r"(?:(?:new |recent |latest )?papers? )?(?:(?:from|since|in|of|released in) )?(?:the )?"
    r"(?:(?:past|last) \d{1,4} \w+|(?:past|last|this) (?:week|month|year)"
    r"|(?:recent|latest|new)(?: (?:papers?|additions?|updates?))?$"
    r"|(?:19|20)\d\d(?:$|\D)|\d{1,2}/\d{1,2}\b|\d{1,2}[.-]\d{1,2}[.-]\d{2,4}\b)",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"(?:click|tap|show|expand|details?|more|see|open|view|toggle|table of contents|toc|展开|点击|目录)\b.*",
    re.IGNORECASE,
)
_OWN_WORK = re.compile(r"\b(?:our|this) (?:\w+ )?(?:survey|paper|work|list|repo\w*|review)\b|\bcite\b", re.IGNORECASE)
_TAG = re.compile(r"(?<!\S)(?:#[^\W\d][\w/-]*|\^[\w-]{3,20})(?=\s|$)")  # of note-taking tools
_LONGEST_TITLE = 200
_LONGEST_NOTE = 100
_ANYTHING_BELOW = -1  # the level of a heading's or summary's paper: all that follows belongs to it


def read_markdown_list(text: str, lines: Sequence[Line], *, is_outline: bool) -> Parsed:
    """The papers, the topic tree and a note on every line.

    In an outline each bullet is a topic, a term or a paper of the tree; elsewhere only sections with papers are topics.
    """
    reader = _Reader(is_outline=is_outline, item_levels=levels_of_papers(lines))
    for line in lines:
        reader.take(line)
    return reader.parsed(text)


class _Reader:
    def __init__(self, *, is_outline: bool, item_levels: frozenset[int]) -> None:
        self._is_outline = is_outline
        self._item_levels = item_levels
        self._title = ""
        self._tree = Tree()
        self._entries: list[Entry] = []
        self._notes: dict[int, LineNote] = {}
        self._heads: tuple[str, ...] = ()
        self._last: Entry | None = None  # what an indented line goes on with
        self._parts: list[float] = []  # the ranks of the parts that are open, as <details> are
        self._cited: set[str] = set()
        self._n_prose = 0  # links to papers in sentences

    def take(self, line: Line) -> None:
        """Read one line and note what became of it."""
        if line.kind not in (Kind.ROW, Kind.HEAD_RULE):
            self._heads = ()
        skipped = _SKIPPED.get(line.kind)
        if skipped:
            self._note(line, *skipped)
            return
        {
            Kind.HEADING: self._heading,
            Kind.BOLD: self._bold,
            Kind.SUMMARY: self._summary,
            Kind.END: self._end,
            Kind.ROW: self._row,
            Kind.BULLET: self._bullet,
            Kind.TEXT: self._text,
        }[line.kind](line)

    def _note(self, line: Line, fate: Fate, text: str) -> None:
        if line.number not in self._notes or fate is not Fate.DETAIL:
            self._notes[line.number] = LineNote(line.number, fate, cut(text, _LONGEST_NOTE))

    def _heading(self, line: Line) -> None:
        rows, cited = read_bullet(line.text) if "://" in line.text else ([], ())
        papers = [row for row in rows if row.arxiv_id]
        title = heading_text(line.text)
        if line.level == 1 and not (self._title or self._tree.branches or self._entries):
            self._title = title
            self._cited.update(row.arxiv_id for row in papers)
            self._note(line, Fate.SECTION, f"the list's title: {title}")
        elif papers and (line.level in self._item_levels or find_id(papers[0].address)):
            self._tree.close(line.level)
            self._add_all(line, papers, cited, _ANYTHING_BELOW)
        else:
            self._section(line, line.level)
            self._add_all(line, papers, cited, None)

    def _bold(self, line: Line) -> None:
        rows, cited = read_bullet(line.text)
        if any(row.arxiv_id for row in rows):
            self._tree.close(BULLET_RANK)
            self._add_all(line, [row for row in rows if row.arxiv_id], cited, line.level)
        else:
            self._section(line, BOLD_RANK)

    def _section(self, line: Line, rank: float) -> None:
        self._last = None
        title = heading_text(line.text)
        if not title or _PERIOD.match(title):
            self._tree.open(rank, None)
            self._note(line, Fate.SECTION, f"a time, not a topic: {title}" if title else "a heading without words")
            return
        self._tree.open(rank, Branch(title, line.number))
        self._note(line, Fate.SECTION, title)

    def _summary(self, line: Line) -> None:
        rows, cited = read_bullet(line.text)
        rank = self._tree.rank_below(BOLD_RANK)
        self._parts.append(rank)
        if papers := [row for row in rows if row.arxiv_id]:
            self._add_all(line, papers, cited, _ANYTHING_BELOW)
        elif _CLOSED.fullmatch(heading_text(line.text)):
            self._last = None
            self._tree.open(rank, None)
            self._note(line, Fate.SECTION, "a part that can be opened")
        else:
            self._section(line, rank)

    def _end(self, line: Line) -> None:
        if self._parts:
            self._tree.close(self._parts.pop())
        self._last = None
        self._note(line, Fate.DETAIL, "the end of a part")

    def _row(self, line: Line) -> None:
        text, date_text = without_date(line.text)
        cells = split_cells(text)
        if line.after is Kind.HEAD_RULE and not self._heads:
            self._heads = tuple(heading_text(cell).casefold() for cell in cells) or ("",)
            self._note(line, Fate.DETAIL, "the head of a table")
            return
        rows, cited = read_cells(cells, self._heads, date_text)
        if papers := [row for row in rows if row.is_paper]:
            self._add_all(line, papers, cited, None)
        else:
            self._note(line, Fate.SKIPPED, f"a row without a paper's link: {rows[0].title or line.text}")

    def _bullet(self, line: Line) -> None:
        text, date_text = without_date(line.text)
        rows, cited = read_bullet(text, date_text)
        is_own = any(map(self._is_own, rows)) and not is_citing(text)
        if self._last is not None and self._goes_on(line, rows[0]) and not is_own:
            self._further(line, text)
            return
        rank = BULLET_RANK + line.level
        self._tree.close(rank)
        if papers := [row for row in rows if row.is_paper]:
            self._add_all(line, papers, cited, line.level)
            return
        self._last = None
        if not text:
            self._note(line, Fate.SKIPPED, "an empty bullet")
        elif leads_inside(text):
            self._note(line, Fate.SKIPPED, f"a link within the list's own pages: {text}")
        else:
            title = cut(_TAG.sub("", heading_text(text)).strip(), _LONGEST_TITLE) or heading_text(text)
            self._tree.open(rank, Branch(title, line.number))
            self._note(line, Fate.SECTION, title)

    def _is_own(self, row: Row) -> bool:
        """Whether a bullet below a paper is a paper itself, or in an outline a term, rather than more about it."""
        if row.arxiv_id:
            return self._last is None or row.arxiv_id != self._last.row.arxiv_id
        is_below_heading = self._last is not None and self._last.level == _ANYTHING_BELOW
        return (bool(row.address) and not is_below_heading) or (self._is_outline and not row.links)

    def _goes_on(self, line: Line, row: Row | None = None) -> bool:
        if self._last is None or self._last.level is None:
            return False
        is_label = row is not None and not row.title and row.is_labelled and line.level == self._last.level
        return line.level > self._last.level or (is_label and not self._last.row.title)

    def _further(self, line: Line, text: str) -> None:
        if self._last is not None:
            read_further(self._last.row, text)
            self._note(line, Fate.DETAIL, f"belongs to line {self._last.line}")
            self._cited.update(found for found in ids_in(text) if found != self._last.row.arxiv_id)

    def _text(self, line: Line) -> None:
        text, date_text = without_date(line.text)
        if self._goes_on(line):
            self._further(line, text)
            return
        rows, cited = read_bullet(text, date_text)
        papers = [row for row in rows if row.arxiv_id]
        if papers and is_entry(text) and not _OWN_WORK.search(text[:_LONGEST_NOTE]):
            self._tree.close(BULLET_RANK)
            self._add_all(line, papers, cited, line.level)
        elif self._is_outline and line.after is Kind.BULLET and could_be_heading(text):
            self._section(line, BOLD_RANK)
        else:
            self._last = None
            self._n_prose += len(papers)
            link = ", though it links to arXiv" if papers else ""
            self._note(line, Fate.SKIPPED, f"text that is no entry{link}" if text else "an invisible comment")

    def _add_all(self, line: Line, rows: Sequence[Row], cited: Sequence[str], level: int | None) -> None:
        for row in rows:
            self._last = Entry(row, line.number, self._tree.path, level, self._tree.here)
            self._entries.append(self._last)
            if self._is_outline and line.kind is Kind.BULLET:
                address = row.address or (row.links[0].url if row.links else "")
                title = cut(row.title or row.arxiv_id, _LONGEST_TITLE)
                self._tree.open(BULLET_RANK + line.level, Branch(title, line.number, None, row.arxiv_id, address))
                self._last.leaf = self._tree.here
        self._cited.update(cited)

    def parsed(self, text: str) -> Parsed:
        """What was read, once all lines were taken."""
        branches = self._tree.branches
        dropped = adopt_titles(self._entries, branches, self._tree.ranks)
        again = repeated_branches(branches, self._tree.ranks, self._notes) if self._is_outline else frozenset()
        dropped |= again
        papers = papers_of(self._entries, frozenset(branches[index].line for index in again), self._notes)
        if self._is_outline:
            dropped |= second_leaves(branches, self._notes)
        else:
            dropped |= without_papers(branches, papers)
            for index in dropped:
                self._unlist(branches[index], self._tree.ranks[index])
        for number, line in enumerate(text.split("\n"), start=1):
            if number not in self._notes and line.strip():
                self._notes[number] = LineNote(number, Fate.DETAIL, "goes on with what stands before")
        return Parsed(
            format="outline" if self._is_outline else "awesome",
            title=self._title,
            papers=papers,
            branches=kept(branches, dropped),
            lines=tuple(self._notes[number] for number in sorted(self._notes)),
            aside=tuple(self._aside(text, {paper.arxiv_id for paper in papers})),
        )

    def _aside(self, text: str, read: set[str]) -> Iterator[str]:
        if blocks := len(citation_blocks(text)):
            yield f"{counted(blocks, 'citation block')} not counted"
        if cited := self._cited - read:
            yield f"{counted(len(cited), 'id')} only cited beside a paper, such as {min(cited)}"
        if self._n_prose:
            yield f"{counted(self._n_prose, 'arXiv link')} in sentences, which are no entries"

    def _unlist(self, branch: Branch, rank: float) -> None:
        noted = self._notes.get(branch.line)
        if noted is not None and noted.fate is not Fate.SECTION:
            return
        if rank < BULLET_RANK:
            self._notes[branch.line] = LineNote(
                branch.line, Fate.SECTION, f"no papers below it: {cut(branch.title, _LONGEST_NOTE)}"
            )
        else:
            self._notes[branch.line] = LineNote(
                branch.line, Fate.SKIPPED, cut(f"no link: {branch.title}", _LONGEST_NOTE)
            )


_SKIPPED: Mapping[Kind, tuple[Fate, str]] = {
    Kind.HEAD_RULE: (Fate.DETAIL, "a rule"),
    Kind.RULE: (Fate.DETAIL, "a rule"),
    Kind.CODE: (Fate.SKIPPED, "code"),
    Kind.CITATION: (Fate.SKIPPED, "a citation"),
    Kind.FRONT: (Fate.SKIPPED, "properties of the page"),
    Kind.ENDLESS: (Fate.SKIPPED, f"a line of more than {LONGEST_LINE:,} characters is no entry of a list"),
}
