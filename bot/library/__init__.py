"""The library: what others wrote down about papers, read; and what a channel knows, written down for others.

A format is a module here and a line in `LIBRARY`. Readers are pure and never fail: every line of a file is read, or
reported with the reason why it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.library.parsed import Branch, Fate, LineNote, Link, ListedPaper, Parsed

__all__ = ["LIBRARY", "Branch", "Fate", "Format", "LineNote", "Link", "ListedPaper", "Parsed", "read_library"]


@dataclass(frozen=True, slots=True)
class Format:
    """How to tell files of a format, and how to read them.

    `says` names the format to people. `is_liked` says whether somebody chose the papers of such a file, so that they
    teach what is liked; `was_posted` whether readers have seen them already.
    """

    says: str
    fits: Callable[[str], bool]
    read: Callable[[str], Parsed]
    is_liked: bool = True
    was_posted: bool = False


def _digest() -> Format:
    from bot.library.digests import digests_in, read_digest_file

    return Format("a digest", lambda text: bool(digests_in(text)), read_digest_file, is_liked=False, was_posted=True)


def _bibtex() -> Format:
    from bot.library.bibtex import is_bibtex, read_bibtex

    return Format("a BibTeX library", is_bibtex, read_bibtex)


def _awesome() -> Format:
    from bot.library.lists import is_curated, read_curated

    return Format("a curated list", is_curated, read_curated)


def _outline() -> Format:
    from bot.library.lists import is_outline, read_outline

    return Format("an outline", is_outline, read_outline)


def _ids() -> Format:
    from bot.library.plain_ids import read_plain_ids

    return Format("a list of ids", lambda _: True, read_plain_ids)


LIBRARY: Mapping[str, Callable[[], Format]] = MappingProxyType(
    {"digest": _digest, "bibtex": _bibtex, "awesome": _awesome, "outline": _outline, "ids": _ids}
)
"""Every format that can be read, in the order in which a file is tried; the last one takes everything."""


def read_library(content: bytes) -> Parsed:
    """A file's content as the first format that fits it; only the content counts, never a file's name."""
    from bot.library.characters import read_text

    text, warnings = read_text(content)
    fitting = next(one for make in LIBRARY.values() if (one := make()).fits(text))
    parsed = fitting.read(text)
    return replace(parsed, warnings=(*warnings, *parsed.warnings))
