"""One row or bullet of a curated list as a paper: which link is the title, who the authors are, where it appeared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from bot.arxiv_id import find_id, given_in
from bot.digest_file.escapes import split_authors
from bot.library.inline import Kind, Piece, badge_text, pieces, plain
from bot.library.parsed import Link, ListedPaper
from bot.text import cut

_DATED = re.compile(r"\[//\]:\s{0,5}#\s{0,5}\(?\s{0,5}(?P<date>[\d/.-]{3,12})")
_COMMENT = re.compile(r"\[//\]:\s{0,5}#")
_NUMBERS = re.compile(r"\d+")
# Labels of links that lead somewhere, as opposed to a title.
_LABEL = re.compile(
    "paper|papers|pdf|arxiv|abs|html|link|links|github|git|code|codes|official|repo|repository|implementation"
    "|project|projects|page|website|homepage|home|site|web|blog|post|blogpost|model|models|weights|checkpoint"
    "|checkpoints|data|dataset|datasets|benchmark|demo|video|talk|slides|poster|huggingface|hf|🤗|colab|notebook"
    "|tweet|twitter|x|notion|docs|documentation|openreview|acl|semantic|scholar|scholars|bibtex|cite|summary"
    "|review|doi|here|publisher|leaderboard|pytorch|tensorflow|jax|unofficial"
)
_VENUES = (
    "conference",
    "publish",
    "published",
    "publication",
    "journal",
    "venue",
    "workshop",
    "accepted",
    "proceedings",
)
_VENUE_HEADS = ("venue", "publication", "conference", "journal", "published", "pub.", "pub")
_WORDS = re.compile(r"[\w🤗]+")
_EMPTY_BRACKETS = re.compile(r"[\[(][\s,/|·]{0,20}[\])]")
_SEPARATORS = " ,;:·•–—-|{}"
_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")
_DOTTED = ("Jr.", "Sr.", "al.")
_LONGEST_TITLE = 400
_MOST_AUTHORS = 3000


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


def read_cells(cells: Sequence[str], heads: Sequence[str], date_text: str = "") -> Row:
    """A table's row. `heads` are the names of the columns in lower case, () if the table has no head."""
    row = Row(date_text=date_text)
    parts = [pieces(cell) for cell in cells]
    index = _title_place(parts, heads)
    for number, part in enumerate(parts):
        head = heads[number] if number < len(heads) else ""
        if number == index:
            _read_entry(row, part, break_means_authors=True)
        else:
            _read_cell(row, part, head)
    return row


def read_bullet(text: str, date_text: str = "") -> Row:
    """A bullet's text."""
    row = Row(date_text=date_text)
    _read_entry(row, pieces(text), break_means_authors="<" in text)
    return row


def read_further(row: Row, text: str) -> None:
    """A line that goes on with a bullet: authors, then links."""
    found = pieces(text)
    for piece in found:
        _take_link_or_badge(row, piece)
    words = " ".join(piece.text for piece in found if piece.kind is Kind.TEXT)
    if not row.authors and _looks_like_names(words):
        row.authors = names(words)
    elif words and not row.note:
        row.note = _stripped(words)


def names(text: str) -> tuple[str, ...]:
    """The names in a list of authors."""
    text = text.removeprefix("by ").replace(" and ", ", ").replace(" & ", ", ")
    return tuple(name for part in split_authors(text[:_MOST_AUTHORS]) if (name := _name(part)))


def _name(text: str) -> str:
    name = _stripped(text)
    return name if name.endswith(_DOTTED) else name.rstrip(".")


def is_label(text: str) -> bool:
    """Whether a link's text says where it leads, such as "[Code]" or "GitHub (PyTorch)", rather than what it is."""
    words = _WORDS.findall(text.casefold())
    return not words or (len(words) <= 3 and all(_LABEL.fullmatch(word) or word.isdigit() for word in words))


def is_outside(url: str) -> bool:
    """Whether an address leads out of the file and its repository."""
    return url.startswith(("http://", "https://"))


def _title_place(parts: Sequence[Sequence[Piece]], heads: Sequence[str]) -> int:
    """The cell with the title: the one under such a head, else the first with a link that is none of the labels."""
    for index, head in enumerate(heads[: len(parts)]):
        if head.startswith(("title", "paper", "name", "work", "article", "method")) and parts[index]:
            return index
    for index, part in enumerate(parts):
        if any(piece.kind is Kind.LINK and piece.text and not is_label(piece.text) for piece in part):
            return index
    return next((index for index, part in enumerate(parts) if _text_of(part)), 0)


def _read_cell(row: Row, part: Iterable[Piece], head: str) -> None:
    words = _text_of(part)
    for piece in part:
        _take_link_or_badge(row, piece)
    if head.startswith("author"):
        row.authors = row.authors or names(words)
    elif head.startswith(_VENUE_HEADS):
        row.publication = row.publication or _stripped(words)
    elif head.startswith(("date", "year", "time")):
        row.date_text = row.date_text or _stripped(words)
    elif words and not row.note and _stripped(words):
        row.note = _stripped(words)


def _read_entry(row: Row, part: Sequence[Piece], *, break_means_authors: bool) -> None:
    """The title with what stands around it in the same cell or bullet."""
    before: list[str] = []
    after: list[list[str]] = [[]]
    for piece in part:
        if piece.kind is Kind.BREAK:
            if row.title:
                after.append([])
        elif piece.kind is Kind.LINK and not row.title and not is_label(piece.text) and is_outside(piece.url):
            row.title, row.address = piece.text, piece.url
        elif piece.kind is Kind.TEXT:
            (after[-1] if row.title else before).append(piece.text)
        else:
            _take_link_or_badge(row, piece)
    same_line, *later = [_stripped(" ".join(words)) for words in after]
    before_text = _stripped(" ".join(before))
    if row.title:
        _around(row, before_text)
    else:
        _untitled(row, before)
    later = [text for text in later if text]
    if break_means_authors and later:
        row.authors = row.authors or names(later.pop(0))
    elif same_line and _looks_like_names(same_line) and not later:
        row.authors, same_line = row.authors or names(same_line), ""
    row.note = row.note or " ".join(text for text in (same_line, *later) if text)


def _untitled(row: Row, texts: Sequence[str]) -> None:
    """The title is plain text before the links; authors may follow it in the next piece."""
    words = [text for text in map(_stripped, texts) if text]
    if words:
        row.title, *rest = words
        row.note = row.note or " ".join(rest)


def _around(row: Row, before: str) -> None:
    """What stands before a title: a venue or a date in brackets, or a word of the list's own."""
    if not before:
        return
    if _YEAR.search(before) or "'" in before:
        row.publication = row.publication or before
    else:
        row.tags.append(before)


def _take_link_or_badge(row: Row, piece: Piece) -> None:
    if piece.kind is Kind.LINK:
        if is_outside(piece.url):
            row.links.append(Link(piece.text or _site(piece.url), piece.url))
        return
    if piece.kind is not Kind.BADGE:
        return
    left, right = badge_text(piece)
    if left.casefold() in _VENUES or (right and piece.text.casefold() in _VENUES):
        row.publication = row.publication or right
    elif right:
        row.tags.append(f"{left} {right}".strip())
    if is_outside(piece.url) and "github.com/" in piece.url:
        row.starred = row.starred or piece.url
    elif is_outside(piece.url):
        row.links.append(Link(right or piece.text or _site(piece.url), piece.url))


def _site(url: str) -> str:
    """What to call an address without a label."""
    if find_id(url):
        return "Paper"
    try:
        return urlsplit(url).netloc.removeprefix("www.") or "link"
    except ValueError:
        return "link"


def _text_of(part: Iterable[Piece]) -> str:
    return " ".join(piece.text for piece in part if piece.kind is Kind.TEXT)


def _stripped(text: str) -> str:
    """A text without what separated it from links: dashes, commas, brackets that have become empty or stand alone."""
    bare = _EMPTY_BRACKETS.sub(" ", _EMPTY_BRACKETS.sub(" ", plain(text))).strip(_SEPARATORS)
    for opening, closing in ("()", "[]"):
        if bare.startswith(opening) and bare.endswith(closing) and bare.count(opening) == 1:
            bare = bare[1:-1]
        if bare.count(opening) > bare.count(closing):
            bare = bare.rstrip(f"{opening} ").lstrip(opening) if bare[-1:] == opening else bare.lstrip(opening)
        if bare.count(closing) > bare.count(opening):
            bare = bare.lstrip(f"{closing} ").rstrip(closing)
    return bare.strip(_SEPARATORS) if _WORDS.search(bare) else ""


def _looks_like_names(text: str) -> bool:
    """Whether a text is a list of people rather than a sentence."""
    parts = [part.strip() for part in text.strip(" .").replace(" and ", ", ").split(",")]
    if len(parts) < 2 or len(text) > _MOST_AUTHORS:
        return False
    named = [part for part in parts if 1 <= len(part.split()) <= 5 and part[:1].isupper()]
    return len(named) >= len(parts) - 1 and any(len(part.split()) > 1 for part in named)
