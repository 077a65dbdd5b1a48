"""Read arXiv's identifiers: bare, dressed in an address or a DOI, found among words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

_ID = re.compile(
    r"""(?: (?P<month>\d{4})\.(?P<number>\d{4,5})
          | (?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[a-z-]{2,8})?/(?P<old_month>\d{4})(?P<old_number>\d{3}))
        (?:v(?P<version>\d{1,3}))?""",
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
# What may stand before an id: arXiv's own pages and names, pages about its papers, a DOI.
_BEFORE = re.compile(
    r"""(?:https?://)?(?:[^\s/]*\barxiv\.org/(?:abs|pdf|html|format|src|ftp/arxiv/papers)
            |(?:www\.)?(?:alphaxiv\.org/(?:abs|pdf|html|overview)|ar5iv\.org/(?:abs|html|pdf)|scirate\.com/arxiv
            |arxiv-vanity\.com/papers))/
        |https?://[^\s/]+/papers/
        |(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s?)?10\.48550/arxiv\.
        |(?:oai:)?arxiv(?:\.org)?(?::\s*|\s+)
        |\#""",
    re.IGNORECASE | re.VERBOSE,
)
# Pages about arXiv's papers, and the segment of their addresses that is an id.
_ADDRESS = re.compile(
    r"<?(?:https?:)?//(?P<host>[^\s/?#]{1,100})(?P<path>/[^\s?#]{0,300})(?:\?[^\s#=]{1,40}=(?P<query>[^\s#&]{1,60}))?"
)
_ABOUT_ARXIV = re.compile(
    r"arxiv|alphaxiv|ar5iv|/corr/abs-|^(?:[^/]*\.)?(?:papers\.cool|hjfy\.top|scirate\.com|semanticscholar\.org|huggingface\.co"
    r"|dosf\.top|emergentmind\.com|gist\.science|catalyzex\.com|connectedpapers\.com|adsabs\.harvard\.edu)/",
    re.IGNORECASE,
)
_OTHER_DOI = re.compile(r"/10\.(?!48550/)\d{4,9}/")
_DASHED = re.compile(r"abs-(?P<month>\d{4})-(?P<number>\d{4,5})(?:\.bib)?", re.ASCII)
_BIBCODE = re.compile(r"\d{4}arxiv(?P<month>\d{4})(?P<number>\d{5})[a-z]", re.IGNORECASE | re.ASCII)
_NAMED = re.compile(
    r"(?<![\w.,:/-])(?P<bare>\d{4}\.\d{4,5})(?:v\d{1,3})?(?![\w/-]|\.\d)"
    r"|(?:arxiv[.:]\s{0,3}|(?:arxiv|abs|pdf|html|papers?|overview|format|src)/{1,2})"
    r"(?P<dressed>\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/\d{7})(?![\d/-])",
    re.IGNORECASE | re.ASCII,
)
_AFTER = re.compile(r"(?:\.pdf)?(?:[?#][^\s>]*)?/?>?[.,;]?", re.IGNORECASE)
_WORD = re.compile(r"[^\s,;|<>\"'`()\[\]{}]{7,400}")
_EDGES = ".:!?*_~=\\"
_LONGEST = 400
_FIRST_YEAR = 91  # arXiv began in August 1991; ids of today's kind in April 2007
_NEW_KIND_SINCE = 7
_FIVE_DIGITS_SINCE = 15
_OLDEST_MONTH = 100 * _FIRST_YEAR


class ArxivId(NamedTuple):
    """A base id, and the version that was named with it, None if none was."""

    base: str
    version: int | None


def parse_id(text: str) -> ArxivId | None:
    """Read the id that a text is: bare, named (`arXiv:`, `oai:arXiv.org:`), an address or a DOI; None if it is none.

    A subject class is no part of an old id. What arXiv cannot have given (a 24th month) is no id.

    >>> parse_id("http://arxiv.org/abs/math.GT/0309136v2")
    ArxivId(base='math/0309136', version=2)
    """
    word = text.strip()[:_LONGEST].removeprefix("<")
    before = _BEFORE.match(word)
    match = _ID.match(word, before.end() if before else 0)
    if not match or not _AFTER.fullmatch(word, match.end()) or not _can_exist(match):
        return _in_address(word)
    if archive := match["archive"]:
        base = f"{archive.lower()}/{match['old_month']}{match['old_number']}"
    else:
        base = f"{match['month']}.{match['number']}"
    return ArxivId(base, int(match["version"]) if match["version"] else None)


def _in_address(word: str) -> ArxivId | None:
    """Read the id in the address of a page about arXiv's papers, whatever its path."""
    url = _ADDRESS.match(word)
    if not url or not _ABOUT_ARXIV.search(f"{url['host']}{url['path']}") or _OTHER_DOI.search(url["path"]):
        return None
    parts = [part for part in url["path"].rstrip(">.,;").split("/") if part]
    olds = [f"{first}/{second}" for first, second in pairwise(parts)]
    for one in (*reversed(parts), *reversed(olds), url["query"] or ""):
        other = _DASHED.fullmatch(one) or _BIBCODE.fullmatch(one)
        bare = f"{other['month']}.{other['number']}" if other else re.sub(r"\.html?$", "", one)
        if "//" not in bare and (named := parse_id(bare)) is not None:
            return named
    return None


def ids_named(text: str) -> Iterator[str]:
    """Find every base id that stands in a text alone, after `arXiv:` or in an address, as often as it stands there."""
    for match in _NAMED.finditer(text):
        if found := find_id(match["bare"] or match["dressed"]):
            yield found


def find_id(word: str) -> str:
    """Name the base id that a word is, in whatever dress; "" if it is something else.

    >>> find_id("https://arxiv.org/pdf/2505.03801v2.pdf"), find_id("2024.12345")
    ('2505.03801', '')
    """
    named = parse_id(word)
    return named.base if named else ""


def words_of(line: str) -> Iterator[str]:
    """Split a line into words and addresses, without the brackets and stops around them."""
    for match in _WORD.finditer(line):
        yield match[0].strip(_EDGES)


def ids_in(line: str) -> Iterator[str]:
    """Find the base ids among the words of a line, in their order, as often as they stand there."""
    for word in words_of(line):
        if found := find_id(word):
            yield found


def given_in(base: str) -> tuple[int, int]:
    """Tell the year and month in which arXiv gave a base id.

    >>> given_in("2406.07017"), given_in("hep-th/9901001")
    ((2024, 6), (1999, 1))
    """
    month = id_order(base)[0] + 200_000
    return month // 100, month % 100


def id_order(base: str) -> tuple[int, int]:
    """Sort base ids as arXiv gave them: (months in order of time, number in the month).

    Old ids count per archive, so two of the same month only compare within one.

    Raises:
        ValueError: `base` is not an id.
    """
    match = _ID.fullmatch(base)
    if not match:
        raise ValueError(f"{base!r} is not an arXiv id")
    month = int(match["month"] or match["old_month"])
    number = int(match["number"] or match["old_number"])
    return (month - 10_000 if match["archive"] and month >= _OLDEST_MONTH else month), number


def is_new_style(base: str) -> bool:
    """Whether the id counts over all of arXiv (since April 2007), so that a listing is a block of ids."""
    match = _ID.fullmatch(base)
    return match is not None and not match["archive"]


def _can_exist(match: re.Match[str]) -> bool:
    year, month = divmod(int(match["month"] or match["old_month"]), 100)
    in_old_time = year >= _FIRST_YEAR or year <= _NEW_KIND_SINCE
    in_time = in_old_time if match["archive"] else year >= _NEW_KIND_SINCE
    has_digits = match["archive"] or len(match["number"]) == (5 if year >= _FIVE_DIGITS_SINCE else 4)
    return bool(in_time and has_digits and 1 <= month <= 12)
