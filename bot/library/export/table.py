"""Write a channel's votes as a table for spreadsheets and notebooks, without a name in it."""

from __future__ import annotations

import csv
import io

from bot.library.export.collected import Collected
from bot.text import readable

COLUMNS = ("day", "arxiv_id", "title", "categories", "reader", "emoji", "worth", "digest", "position", "listing_day")
# What a spreadsheet would take for a formula when it opens the file, the full-width forms among them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def feedback_table(collected: Collected) -> str:
    """One row for each vote that stands, oldest first (RFC 4180); readers are numbered, never named."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in collected.opinions:
        writer.writerow((
            one.day.isoformat(),
            f"arXiv:{one.paper.arxiv_id}",  # bare, a spreadsheet makes a number of it: 2505.10010 becomes 2505.1001
            _text(readable(one.paper.title)),
            _text(" ".join(one.paper.categories)),
            f"r{one.reader}",
            _text(one.emoji),
            f"{one.worth:g}",  # a number: its sign makes no formula
            "" if one.digest is None else one.digest,
            "" if one.position is None else one.position,
            one.paper.listing_day or "",
        ))  # fmt: skip
    return stream.getvalue()


def _text(text: str) -> str:
    """A cell that no spreadsheet reads as a formula: one that begins like it gets an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULA) else text
