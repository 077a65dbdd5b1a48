"""What doctor says of listings about which feed and index disagreed."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.models import ListingRecord, ListingState, Severity
from bot.ops.doctor import listing_findings
from bot.rendering import papers_missed, witnesses_disagree

NOW = datetime(2025, 5, 9, 8, tzinfo=UTC)


def record(day, state, note="", category="cs.CL"):
    return ListingRecord(category, date(2025, 5, day), ListingState(state), 49, NOW, "rss", note)


def test_disagreements_are_told_day_by_day_and_what_still_waits_is_a_warning():
    doubt = witnesses_disagree(24, 49)
    records = [
        record(9, "partial", doubt),
        record(9, "partial", doubt, "cs.LG"),
        record(8, "complete"),
        record(7, "complete", papers_missed(3)),
    ]
    settled, open_one = listing_findings("arxiv", records)
    assert (settled.severity, settled.message) == (
        Severity.OK,
        "listing of Wed 7 May 2025: arXiv's feed and index disagree: 3 papers found a day later (settled since)",
    )
    assert open_one.severity is Severity.WARNING
    assert open_one.message == "listing of Fri 9 May 2025: arXiv's feed and index disagree: 24 and 49"
    assert open_one.remedy


def test_a_week_without_disagreement_is_not_mentioned():
    assert listing_findings("arxiv", [record(8, "complete"), record(9, "pending", "not announced yet")]) == ()
