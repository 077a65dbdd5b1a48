"""Write papers, digests and votes down for others: one writer for each format of `paperlark export`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.library.export.collected import (
    Collected,
    Format,
    Listed,
    Opinion,
    PostedPaper,
    Wants,
    date_of,
)

__all__ = ["EXPORTS", "Collected", "Format", "Listed", "Opinion", "PostedPaper", "Wants", "date_of"]


def _awesome() -> Format:
    from bot.library.export.awesome import awesome

    return Format(Wants.SECTIONS, awesome)


def _markdown() -> Format:
    from bot.digest_file import write_markdown_file

    return Format(Wants.DIGESTS, lambda collected: write_markdown_file(collected.digests))


def _json() -> Format:
    from bot.digest_file import write_json_file

    return Format(Wants.DIGESTS, lambda collected: write_json_file(collected.digests))


def _bibtex() -> Format:
    from bot.rendering import bibtex_file

    return Format(Wants.PAPERS, lambda collected: bibtex_file([one.paper for one in collected.listed]))


def _csv() -> Format:
    from bot.library.export.table import feedback_table

    return Format(Wants.OPINIONS, feedback_table)


def _atom() -> Format:
    from bot.library.export.feed import atom

    return Format(Wants.POSTED, atom)


EXPORTS: Mapping[str, Callable[[], Format]] = {
    "awesome": _awesome,
    "markdown": _markdown,
    "json": _json,
    "bibtex": _bibtex,
    "csv": _csv,
    "atom": _atom,
}
"""The formats of `paperlark export` by name."""
