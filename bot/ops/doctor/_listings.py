"""Check what is remembered of the last week's listings."""

from __future__ import annotations

from collections.abc import Iterable

from bot.models import Finding, ListingRecord, ListingState, Severity
from bot.rendering import is_disagreement, long_date


def listing_findings(subject: str, records: Iterable[ListingRecord]) -> tuple[Finding, ...]:
    """The days whose listing the source's witnesses disagreed about, oldest first; nothing if there was none."""
    by_day = {one.day: one for one in sorted(records, key=lambda one: one.day) if is_disagreement(one.note)}
    return tuple(_finding(subject, record) for record in by_day.values())


def _finding(subject: str, record: ListingRecord) -> Finding:
    said = f"listing of {long_date(record.day)}: {record.note}"
    if record.state is ListingState.COMPLETE:
        return Finding(Severity.OK, subject, f"{said} (settled since)")
    remedy = "wait: mornings post what is sure of it, look again by themselves, and post the rest"
    return Finding(Severity.WARNING, subject, said, remedy)
