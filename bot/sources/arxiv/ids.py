"""arXiv's identifiers, old and new. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

_NEW = re.compile(r"(?P<month>\d{4})\.(?P<number>\d{4,5})(?:v(?P<version>\d{1,3}))?", re.ASCII)
_OLD = re.compile(
    r"(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[A-Za-z-]{2,8})?/(?P<month>\d{4})(?P<number>\d{3})(?:v(?P<version>\d{1,3}))?",
    re.ASCII,
)
_BEFORE_ID = re.compile(r"^(?:\S*arxiv\.org/[a-z]+/|(?:oai:)?arxiv(?:\.org)?:\s*)", re.IGNORECASE)
_OLDEST_MONTH = 9100


class ArxivId(NamedTuple):
    """A base id, and the version that was named with it, None if none was."""

    base: str
    version: int | None


def parse_id(text: str) -> ArxivId | None:
    """The id in a bare id, an `arXiv:` or `oai:arXiv.org:` name, or an address at arXiv; None if there is none.

    >>> parse_id("http://arxiv.org/abs/math.GT/0309136v2")
    ArxivId(base='math/0309136', version=2)
    """
    tail = _BEFORE_ID.sub("", text.strip())
    version: str | None
    if match := _NEW.fullmatch(tail):
        base = f"{match['month']}.{match['number']}"
    elif match := _OLD.fullmatch(tail):
        base = f"{match['archive']}/{match['month']}{match['number']}"
    else:
        return None
    version = match["version"]
    return ArxivId(base, int(version) if version else None)


def id_order(base: str) -> tuple[int, int]:
    """Sorts base ids as arXiv gave them: (months in order of time, number in the month).

    Old ids count per archive, so two of the same month only compare within one.

    Raises:
        ValueError: `base` is not an id.
    """
    match = _NEW.fullmatch(base) or _OLD.fullmatch(base)
    if not match:
        raise ValueError(f"{base!r} is not an arXiv id")
    month = int(match["month"])
    return (month - 10_000 if month >= _OLDEST_MONTH else month), int(match["number"])


def is_new_style(base: str) -> bool:
    """Whether the id counts over all of arXiv (since April 2007), so that a listing is a block of ids."""
    return _NEW.fullmatch(base) is not None
