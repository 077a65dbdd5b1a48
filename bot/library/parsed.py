"""Hold what a file of papers says, apart from how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.digest_file import DigestFile
from bot.models import ListUse


class Fate(StrEnum):
    """What became of one line of a file."""

    PAPER = "paper"  # a paper that can be imported stands on it
    AGAIN = "again"  # only what was read before
    NO_ID = "no arXiv id"  # a paper, but none that arXiv is known to have
    SECTION = "section"
    DETAIL = "detail"  # belongs to a paper or to the file's head: read, nothing of its own
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class LineNote:
    """One line that is not blank, with what became of it; `text` says what was read, or why it was not."""

    number: int
    fate: Fate
    text: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a listed paper: `[Github](https://…)`."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ListedPaper:
    """A paper as a file lists it; what the file does not say is empty.

    `line` is 1-based. `arxiv_id` is the base id, "" if only other links are known. `sections` are all those it is
    listed in, each a path of titles from the outermost; a paper listed twice has two. `publication` is a badge's text
    ("ICML'24"), `tags` are other badges. `listed_on` is the day the list dates it. `relevance` and `novelty` are a
    digest's scores, 1-10. `use` says whether somebody chose the paper, refused it, or merely saw it posted.
    """

    line: int
    title: str = ""
    arxiv_id: str = ""
    authors: tuple[str, ...] = ()
    sections: tuple[tuple[str, ...], ...] = ()
    publication: str = ""
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    listed_on: date | None = None
    note: str = ""
    relevance: int | None = None
    novelty: int | None = None
    use: ListUse = ListUse.LIKED

    @property
    def section(self) -> tuple[str, ...]:
        """The path of the first section it is listed in, from the outermost; () outside of every section."""
        return self.sections[0] if self.sections else ()

    def link(self, label: str) -> str:
        """The address behind a label, whatever its case; "" if there is none."""
        return next((link.url for link in self.links if link.label.casefold() == label.casefold()), "")


@dataclass(frozen=True, slots=True)
class Branch:
    """One node of a file's topic tree, in the order of the file.

    `parent` is the index of its parent in the tuple of branches, None for a root; a parent stands before its children.
    A leaf that is a paper has its `arxiv_id` or at least its `url`.
    """

    title: str
    line: int
    parent: int | None = None
    arxiv_id: str = ""
    url: str = ""

    @property
    def is_paper(self) -> bool:
        """Whether it is a linked leaf rather than a topic."""
        return bool(self.arxiv_id or self.url)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file as one of the formats understood it.

    `format` is a key of LIBRARY, `title` the list's own name ("" if it has none). `papers` holds each arXiv id once, in
    the order of the file, and the papers known by other links only. `lines` has one note for each line that is not
    blank, in order. `digests` are the whole digests where the file holds some. `aside` says with numbers what was seen
    and left out on purpose, such as citation blocks; `n_ids` counts the arXiv ids that stand in the file, read or not.
    """

    format: str
    title: str = ""
    papers: tuple[ListedPaper, ...] = ()
    branches: tuple[Branch, ...] = ()
    lines: tuple[LineNote, ...] = ()
    warnings: tuple[str, ...] = ()
    digests: tuple[DigestFile, ...] = ()
    aside: tuple[str, ...] = ()
    n_ids: int = 0

    @property
    def importable(self) -> tuple[ListedPaper, ...]:
        """The papers with an arXiv id."""
        return tuple(paper for paper in self.papers if paper.arxiv_id)

    @property
    def is_empty_day(self) -> bool:
        """Whether it is a digest without papers: a morning on which nothing was found."""
        return self.format == "digest" and not self.papers

    def count(self, fate: Fate) -> int:
        """How many lines had this fate."""
        return sum(line.fate is fate for line in self.lines)
