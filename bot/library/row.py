"""Hold what was seen of one paper in a row or bullet, until it is a paper."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from bot.arxiv_id import find_id, given_in
from bot.library.parsed import Link, ListedPaper
from bot.text import cut

_DATED = re.compile(r"\[//\]:\s{0,5}#\s{0,5}\(?\s{0,5}(?P<date>[\d/.-]{3,12})")
_COMMENT = re.compile(r"\[//\]:\s{0,5}#")
_NUMBERS = re.compile(r"\d+")
_LONGEST_TITLE = 400


@dataclass
class Row:
    """What was seen of one paper so far."""

    title: str = ""
    address: str = ""
    authors: tuple[str, ...] = ()
    publication: str = ""
    tags: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    note: str = ""
    date_text: str = ""
    starred: str = ""  # where a badge that counts stars leads
    is_labelled: bool = False  # a link says "paper" rather than what it is called

    @property
    def arxiv_id(self) -> str:
        """The id of the first address that names one: the title's before those of the other links."""
        addresses = [self.address, *(link.url for link in self.links)]
        return next((found for url in addresses if (found := find_id(url))), "")

    @property
    def is_paper(self) -> bool:
        """Whether it is a paper at all: it has a title and an address outside of the file."""
        return bool(self.title and (self.address or self.links)) or bool(self.arxiv_id)

    def paper(self, line: int, section: tuple[str, ...]) -> ListedPaper:
        """The paper on this line."""
        arxiv_id = self.arxiv_id
        links = list(self.links)
        if self.starred and not any(link.label.casefold() == "github" for link in links):
            links.insert(0, Link("Github", self.starred))
        return ListedPaper(
            line=line,
            title=cut(self.title, _LONGEST_TITLE),
            arxiv_id=arxiv_id,
            authors=self.authors,
            sections=(section,) if section else (),
            publication=self.publication,
            tags=tuple(dict.fromkeys(self.tags)),
            links=tuple(dict.fromkeys(links)),
            listed_on=read_day(self.date_text, arxiv_id),
            note=self.note,
        )


def without_date(line: str) -> tuple[str, str]:
    """A line without its invisible comment `[//]: #06/12`, and the date in it, "" if there is none."""
    found = _COMMENT.search(line)
    if not found:
        return line, ""
    dated = _DATED.match(line, found.start())
    return line[: found.start()], dated["date"] if dated else ""


def read_day(text: str, arxiv_id: str) -> date | None:
    """The day that a comment names, `06/12` or `2024/06/12`; without a year, the first such day since the id was given.

    >>> read_day("01/05", "2312.01234")
    datetime.date(2024, 1, 5)
    """
    numbers = [int(number) for number in _NUMBERS.findall(text)]
    if len(numbers) == 2 and arxiv_id:
        year, month = given_in(arxiv_id)
        numbers = [year + (numbers[0] < month), *numbers]
    try:
        return date(*numbers) if len(numbers) == 3 else None
    except (ValueError, OverflowError):
        return None


def is_outside(url: str) -> bool:
    """Whether an address leads out of the file and its repository."""
    return url.startswith(("http://", "https://"))
