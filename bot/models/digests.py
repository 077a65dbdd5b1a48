"""One channel's morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.models.ranking import Ranked, TokenCost


@dataclass(frozen=True, slots=True)
class Totals:
    """A digest's three numbers, as DESIGN §3 defines them."""

    announced: int
    scanned: int
    relevant: int


@dataclass(frozen=True, slots=True)
class Digest:
    """One channel's morning, ready to be rendered or written to a file.

    `days` are the listing days covered, oldest first. `ranked` holds the posted papers in order (the first
    `shown` in the channel, the others in the header's thread). `remarks` are honest lines for the header: what
    failed, what is late, why it is quiet. `selected_by` is the text papers were selected by.
    """

    channel: str
    number: int
    days: tuple[date, ...]
    totals: Totals
    ranked: tuple[Ranked, ...]
    shown: int
    scored_by: str
    selected_by: str = ""
    cost: TokenCost | None = None
    remarks: tuple[str, ...] = ()
    remedial_on: date | None = None
