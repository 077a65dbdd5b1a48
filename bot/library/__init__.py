"""Read what others wrote down about papers, and write down for others what a channel knows.

A format is a module here and a line in `LIBRARY`. Readers are pure and never fail: every line of a file is read, or
reported with the reason why it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType

from bot.errors import LibraryError
from bot.library.parsed import Branch, Fate, LineNote, Link, ListedPaper, Parsed

__all__ = ["LIBRARY", "Branch", "Fate", "Format", "LineNote", "Link", "ListedPaper", "Parsed", "read_library"]


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file: `says` names it to people, `read` gives None for a text that is of another kind."""

    says: str
    read: Callable[[str], Parsed | None]


def _digest() -> Format:
    from bot.library.digests import read_digest_file

    return Format("a digest", read_digest_file)


def _csl() -> Format:
    from bot.library.records import read_csl

    return Format("a CSL-JSON library", read_csl)


def _json() -> Format:
    from bot.library.records import read_records

    return Format("records in JSON", read_records)


def _opml() -> Format:
    from bot.library.xml_files import read_opml

    return Format("an outline in OPML", read_opml)


def _feed() -> Format:
    from bot.library.xml_files import read_feed

    return Format("a feed", read_feed)


def _rdf() -> Format:
    from bot.library.xml_files import read_rdf

    return Format("a Zotero library in RDF", read_rdf)


def _endnote() -> Format:
    from bot.library.xml_files import read_endnote

    return Format("an EndNote library in XML", read_endnote)


def _ris() -> Format:
    from bot.library.ris import read_ris

    return Format("a RIS library", read_ris)


def _csv() -> Format:
    from bot.library.tables import read_table

    return Format("a table (CSV)", read_table)


def _bibtex() -> Format:
    from bot.library.bibtex import read_bibtex

    return Format("a BibTeX library", read_bibtex)


def _awesome() -> Format:
    from bot.library.lists import read_curated

    return Format("a curated list", read_curated)


def _outline() -> Format:
    from bot.library.lists import read_outline

    return Format("an outline", read_outline)


def _ids() -> Format:
    from bot.library.plain_ids import read_plain_ids

    return Format("a list of ids", read_plain_ids)


LIBRARY: Mapping[str, Callable[[], Format]] = MappingProxyType(
    {
        "digest": _digest,
        "csl": _csl,
        "json": _json,
        "opml": _opml,
        "feed": _feed,
        "rdf": _rdf,
        "endnote": _endnote,
        "ris": _ris,
        "csv": _csv,
        "bibtex": _bibtex,
        "awesome": _awesome,
        "outline": _outline,
        "ids": _ids,
    }
)
"""Every format that can be read, in the order in which a file is tried; the last one takes everything."""


MOST_IDS = 25_000  # as often as they stand in a file; a list of so many takes about fifteen seconds
MOST_LINES = 150_000


def read_library(content: bytes, form: str | None = None) -> Parsed:
    """A file's content as the first format that fits it, or as `form`; only the content counts, never a file's name.

    Raises:
        LibraryError: it is not of the form `form`, or holds more than can be read at once.
    """
    from bot.arxiv_id import ids_named
    from bot.library.characters import read_text

    text, warnings = read_text(content)
    n_lines = text.count("\n")
    if n_lines > MOST_LINES or sum(1 for _ in islice(ids_named(text), MOST_IDS + 1)) > MOST_IDS:
        raise LibraryError(
            f"holds more than {MOST_IDS:,} ids or {MOST_LINES:,} lines, more than can be read at once; split it"
        )
    parsed = None
    for make in [LIBRARY[form]] if form else LIBRARY.values():
        if (parsed := make().read(text)) is not None:
            break
    if parsed is None:
        raise LibraryError(f"cannot be read as {LIBRARY[form or 'ids']().says}; leave out --as to have it recognised")
    n_ids = len({*ids_named(text), *(paper.arxiv_id for paper in parsed.importable)})
    return replace(parsed, warnings=(*warnings, *parsed.warnings, *_doubts(text, parsed)), n_ids=n_ids)


def _doubts(text: str, parsed: Parsed) -> tuple[str, ...]:
    """What a file seems to be and is not, because it is broken."""
    start = text.lstrip()[:200]
    if parsed.format in ("awesome", "outline", "ids") and start.startswith(('{"', "[{", "{\n", "[\n")):
        return ("it begins like JSON and cannot be read as such, perhaps it is cut off; only ids and links were read",)
    if parsed.format in ("awesome", "outline", "ids") and start.startswith("<?xml"):
        return ("it is XML of a kind that is not known, or broken; only ids and links were read",)
    return ()
