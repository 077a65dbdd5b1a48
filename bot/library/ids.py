"""arXiv ids in what people write: addresses of arXiv and of pages about its papers, DOIs, bare ids."""

from __future__ import annotations

import re

from bot.query.ids import find_id

_MIRROR = re.compile(
    r"https?://(?:www\.)?(?:alphaxiv\.org/(?:abs|pdf|html|overview)|ar5iv\.org/(?:abs|html|pdf)|scirate\.com/arxiv"
    r"|(?:www\.)?arxiv-vanity\.com/papers|arxiv\.org/ftp/arxiv/papers)/(?P<id>[^\s?#]{4,40}?)/?(?:[?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s?)?10\.48550/arxiv\.(?P<id>[^\s?#]{4,40})", re.IGNORECASE)
_BARE = re.compile(
    r"(?P<year>\d\d)(?P<month>\d\d)\.\d{4,5}|[a-z-]+/(?P<old_year>\d\d)(?P<old_month>\d\d)\d{3}", re.ASCII
)
_FIRST_YEAR = 91  # arXiv began in August 1991; ids of today's kind in April 2007
_NEW_KIND_SINCE = 7
_LONGEST = 400


def id_of(address: str) -> str:
    """The base id that an address, a DOI or a word names; "" if it names none.

    >>> id_of("https://doi.org/10.48550/arXiv.2404.02575")
    '2404.02575'
    """
    word = address.strip()[:_LONGEST]
    if match := _DOI.fullmatch(word) or _MIRROR.fullmatch(word):
        word = match["id"]
    found = find_id(word)
    return found if found and can_exist(found) else ""


def can_exist(arxiv_id: str) -> bool:
    """Whether arXiv can have given this base id: its month is one, and after arXiv's beginning.

    >>> can_exist("2024.12345")
    False
    """
    match = _BARE.fullmatch(arxiv_id)
    if not match:
        return False
    year, month = int(match["year"] or match["old_year"]), int(match["month"] or match["old_month"])
    return 1 <= month <= 12 and (
        year >= _NEW_KIND_SINCE if match["year"] else year >= _FIRST_YEAR or year <= _NEW_KIND_SINCE
    )


def year_and_month(arxiv_id: str) -> tuple[int, int]:
    """When an id that can exist was given.

    >>> year_and_month("2406.07017"), year_and_month("hep-th/9901001")
    ((2024, 6), (1999, 1))
    """
    number = arxiv_id.rpartition("/")[2]
    year, month = int(number[:2]), int(number[2:4])
    return (1900 + year if "/" in arxiv_id and year >= _FIRST_YEAR else 2000 + year), month
