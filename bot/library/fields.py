"""Read a record of named fields, as reference managers and other tools write them, as a paper.

Whatever wrote it, the fields are told apart by what they are for. An abstract or a reader's note names other papers, so
that no id in it is the record's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from bot.arxiv_id import find_id
from bot.library.parsed import Branch, Fate, LineNote, Link, ListedPaper
from bot.models import ListUse
from bot.text import cut, one_line

_OWN = ("eprint", "arxivid", "arxiv", "arxivnumber", "identifier", "id", "paperid", "pid", "key")
_ADDRESSES = (
    "url", "abs", "absurl", "absurls", "arxivurl", "doi", "pdf", "pdfurl", "link", "links", "paper", "paperurl", "href",
    "source", "address", "urls", "howpublished", "ee", "bdskurl1", "biburl", "adsurl", "openaccesspdf", "entryid",
    "electronicresourcenum", "linkattachments", "guid",
)  # fmt: skip
_WORDED = (
    "journal", "journaltitle", "containertitle", "publicationtitle", "secondarytitle", "booktitle", "number", "volume",
    "issue", "publisher", "series", "reportnumber", "archivelocation", "extra", "type", "typeofwork", "custom1",
    "callnumber", "accessionnumber", "accessionnum", "description", "note", "notes", "annote", "externalids",
)  # fmt: skip
_FREE = frozenset({"note", "notes", "annote", "description", "extra"})
_TITLES = ("title", "papertitle", "primarytitle", "name", "headline", "标题", "题目", "论文")
_AUTHORS = ("authors", "author", "creators", "firstauthors", "作者")
_DATES = ("listedon", "date", "day", "published", "publishedat", "publicationdate", "issued", "year", "publicationyear")
_VENUES = ("booktitle", "journal", "journaltitle", "containertitle", "publicationtitle", "secondarytitle", "venue")
_ARXIV_WORD = re.compile(
    r"(?:arxiv[\s:./}]{1,4}|abs/)(?P<id>\d{4}\.\d{4,5}|[\w.-]{1,20}/\d{7})(?:v\d{1,3})?", re.IGNORECASE
)
_LEADING_WORD = re.compile(r"\W{0,3}(?:arxiv)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s{},\\;<>\"']{1,500}|10\.48550/[^\s{},\\;<>\"']{1,60}", re.IGNORECASE)
_NAME = re.compile(r"[\s_.:-]+")
_SHORT = re.compile(r"(?P<before>\d{3,4})\.(?P<after>\d{1,5})")
_DAY = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)")
_FAMILY_FIRST = re.compile(r"[^,;]{1,80},[^,;]{1,80}")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_LONGEST_FIELD = 20_000
_LONGEST_TITLE = 400
LONGEST_NOTE = 100
_MOST_AUTHORS = 500

Fields = Mapping[str, str]


def named(name: str) -> str:
    """A field's name without case, spaces, dashes and underscores: "Publication Title" is `publicationtitle`."""
    return _NAME.sub("", name.strip().strip("*\ufeff").casefold())


def own_id(fields: Fields) -> str:
    """The arXiv id of the record itself: from the fields made for it, then addresses, then words about the source."""
    return _from_id_fields(fields) or _from_addresses(fields) or _from_words(fields)


def _from_id_fields(fields: Fields) -> str:
    archive = _bare(fields.get("archiveprefix", "") or fields.get("eprinttype", ""))
    category = _bare(fields.get("primaryclass", "") or fields.get("eprintclass", ""))
    for name in _OWN:
        word = _bare(fields.get(name, ""))
        if not word or (name == "eprint" and archive.casefold() not in ("", "arxiv") and not _is_archive(archive)):
            continue
        if found := find_id(word) or _old_id(word, archive, category):
            return found
    return ""


def _is_archive(prefix: str) -> bool:
    """Whether the prefix of an eprint is an archive of arXiv's such as "hep-th", rather than another server."""
    return find_id(f"{prefix}/9901001") != "" and "-" in prefix


def _old_id(word: str, archive: str, category: str) -> str:
    return next((found for prefix in (category, archive) if prefix and (found := find_id(f"{prefix}/{word}"))), "")


def _from_addresses(fields: Fields) -> str:
    for value in _given(fields, _ADDRESSES):
        for address in addresses_in(value):
            if found := find_id(address):
                return found
    return ""


def _given(fields: Fields, names: Iterable[str]) -> Iterator[str]:
    return (value for name in names if (value := fields.get(name)))


def addresses_in(value: str) -> Iterator[str]:
    """The addresses and DOIs in a field."""
    for match in _ADDRESS.finditer(value[:_LONGEST_FIELD]):
        yield match[0].rstrip(").]:")


def _from_words(fields: Fields) -> str:
    """From "arXiv:2401.00001 [cs]" or "arXiv preprint arXiv:…": in free notes only where it comes first."""
    for name in _WORDED:
        value = fields.get(name, "")[:_LONGEST_FIELD]
        if not value:
            continue
        if name in _FREE:
            value = next((line for line in re.split(r"[\n;]", value) if _LEADING_WORD.match(line)), "")
        for match in _ARXIV_WORD.finditer(value):
            if found := find_id(match["id"]):
                return found
    return ""


def restored_id(cell: str) -> str:
    """The id of which a spreadsheet, taking it for a number, left 2505.1 or 704.001; "" if it can be none.

    >>> restored_id("2505.1001"), restored_id("704.001")
    ('2505.10010', '0704.0010')
    """
    match = _SHORT.fullmatch(cell.strip())
    if not match:
        return ""
    before = match["before"].zfill(4)
    cells = (f"{before}.{match['after'].ljust(digits, '0')}" for digits in (4, 5))
    return next(filter(None, map(find_id, cells)), "")


def paper_of(fields: Fields, line: int, section: tuple[str, ...] = (), use: ListUse = ListUse.LIKED) -> ListedPaper:
    """The record as a paper; one without an arXiv id keeps its links."""
    links = [url for value in _given(fields, _ADDRESSES) for url in addresses_in(value) if url.startswith("http")]
    venue = _bare(_first(fields, _VENUES))
    return ListedPaper(
        line=line,
        title=cut(one_line(_first(fields, _TITLES)), _LONGEST_TITLE),
        arxiv_id=own_id(fields),
        authors=authors_of(_first(fields, _AUTHORS)),
        sections=(section,) if section else (),
        publication="" if "arxiv" in venue.casefold() or venue.casefold() == "corr" else cut(one_line(venue), 200),
        links=tuple(dict.fromkeys(Link("link", one_line(url)) for url in links if not find_id(url))),
        listed_on=day_in(_first(fields, _DATES)),
        use=use,
    )


def authors_of(text: str) -> tuple[str, ...]:
    """The names in a field, separated by line ends or semicolons, else commas; "Lovelace, Ada" is turned round."""
    text = text[:_LONGEST_FIELD]
    if "\n" in text or ";" in text:
        parts = re.split(r"[\n;]", text)
    elif " and " in text:
        parts = re.split(r"\s+and\s+", text)
    else:
        parts = [text] if _FAMILY_FIRST.fullmatch(text) and len(text.split()) <= 4 else text.split(",")
    names = (_turned(one_line(part)) for part in parts[:_MOST_AUTHORS])
    return tuple(name for name in names if name and name.casefold() not in ("others", "et al", "et al."))


def _turned(name: str) -> str:
    family, comma, given = name.partition(",")
    is_turned = comma and "," not in given and given.strip() and not _SUFFIX.fullmatch(given.strip())
    return f"{given.strip()} {family.strip()}" if is_turned else name.strip(" ,")


def day_in(text: str) -> date | None:
    """The first whole date in a text, None if there is none that exists."""
    if not (match := _DAY.search(text[:200])):
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _first(fields: Fields, names: Iterable[str]) -> str:
    return next((value for name in names if (value := fields.get(name, "").strip())), "")


def _bare(value: str) -> str:
    return value.translate({ord("{"): None, ord("}"): None}).strip(" \n\t\"'")


def distinct(papers: Iterable[ListedPaper]) -> tuple[ListedPaper, ...]:
    """Each paper once, as it stands first."""
    found: dict[str, ListedPaper] = {}
    for paper in papers:
        key = paper.arxiv_id or f"{paper.title.casefold()} {paper.links[:1]}"
        if key not in found:
            found[key] = paper
    return tuple(found.values())


def notes_on(text: str, papers: Iterable[ListedPaper]) -> tuple[LineNote, ...]:
    """A note for each line that is not blank: the papers that begin on it, or that it belongs to one."""
    by_line: dict[int, list[ListedPaper]] = {}
    known: dict[str, int] = {}
    for paper in papers:
        by_line.setdefault(paper.line, []).append(paper)
    notes = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            notes.append(_note(number, by_line.get(number, ()), known))
    return tuple(notes)


def _note(number: int, papers: Sequence[ListedPaper], known: dict[str, int]) -> LineNote:
    if not papers:
        return LineNote(number, Fate.DETAIL)
    told = "; ".join(f"{one.arxiv_id} {one.title}".strip() for one in papers[:3])
    new = [one.arxiv_id for one in papers if one.arxiv_id and one.arxiv_id not in known]
    known.update(dict.fromkeys(new, number))
    fate = Fate.PAPER if new else Fate.AGAIN if any(one.arxiv_id for one in papers) else Fate.NO_ID
    return LineNote(number, fate, cut(told, LONGEST_NOTE))


def branches_of(papers: Iterable[ListedPaper]) -> tuple[Branch, ...]:
    """The sections of the papers as a tree, in order of their first paper."""
    found: dict[tuple[str, ...], int] = {}
    branches: list[Branch] = []
    for paper in papers:
        for section in paper.sections:
            for depth in range(1, len(section) + 1):
                path = section[:depth]
                if path not in found:
                    found[path] = len(branches)
                    branches.append(Branch(path[-1], paper.line, found.get(path[:-1])))
    return tuple(branches)


def lines_naming(text: str, words: Sequence[str]) -> list[int]:
    """The line on which each of these words stands, searched for in their order; the line before where it does not."""
    lines: list[int] = []
    position, line = 0, 1
    for word in words:
        found = text.find(word, position) if word else -1
        if found >= 0:
            line += text.count("\n", position, found)
            position = found
        lines.append(line)
    return lines
