"""What the doctor is told of arXiv, with one request."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.models import Severity
from bot.ports import KnowsItself
from bot.sources.arxiv.calendar import Calendar
from bot.sources.arxiv.examination import calendar_finding
from bot.sources.arxiv.holidays import bundled_calendar
from tests.loopback.arxiv import LoopbackArxiv
from tests.sources.arxiv.conftest import MakeSource

FRIDAY, SATURDAY = datetime(2025, 5, 9, 6, tzinfo=UTC), datetime(2025, 5, 10, 12, tzinfo=UTC)


async def test_the_newest_listing_is_told_with_one_request_and_arxivs_time(server, make_source: MakeSource, throttle):
    source = make_source()
    assert isinstance(source, KnowsItself)
    state = await source.examine(["cs.CL", "cs.LG"])
    (finding,) = state.findings
    assert (finding.severity, finding.message) == (
        Severity.OK,
        "the newest listing is that of Thu 8 May 2025: 8 papers in cs.CL",
    )
    assert abs(state.their_time - datetime.now(UTC)) < timedelta(minutes=1)
    assert len(server.journal.requests) == throttle.turns == 1


async def test_a_late_listing_is_a_warning(make_source: MakeSource, clock):
    clock.advance(86_400)
    (finding,) = (await make_source().examine(["cs.CL"])).findings
    assert finding.severity is Severity.WARNING
    assert "Thu 8 May 2025; that of Fri 9 May 2025 is not there yet" in finding.message


async def test_a_weekend_is_no_trouble(server: LoopbackArxiv, make_source: MakeSource, clock):
    server.set_now(SATURDAY)
    clock.advance((SATURDAY - clock.now()).total_seconds())
    (finding,) = (await make_source().examine(["cs.CL"])).findings
    assert finding.severity is Severity.OK
    assert "(weekend); the newest listing is Fri 9 May 2025's" in finding.message


@pytest.mark.parametrize("kind", ["503", "html", "silent", "dropped", "empty"])
async def test_trouble_is_a_finding_with_a_remedy(server: LoopbackArxiv, make_source: MakeSource, kind: str):
    server.fault(kind, times=None)
    state = await make_source(attempts=1).examine(["cs.CL"])
    (finding,) = state.findings
    assert finding.severity is (Severity.WARNING if kind == "empty" else Severity.PROBLEM)
    assert finding.remedy
    assert (state.their_time is None) == (kind in {"silent", "dropped"}), "a refusal tells the time as well"


@pytest.mark.parametrize(
    ("today", "is_told"),
    [("2026-10-31", False), ("2026-11-01", True), ("2026-12-31", True), ("2027-02-01", True), ("2025-12-24", False)],
)
def test_the_end_of_the_published_holidays_is_told_in_time(today: str, is_told: bool):
    finding = calendar_finding(bundled_calendar(), date.fromisoformat(today))
    assert (finding is not None) == is_told
    if finding:
        assert finding.severity is Severity.WARNING
        assert "known to the end of 2026" in finding.message


async def test_the_doctor_is_told_of_the_calendar_beside_the_feed(make_source: MakeSource):
    findings = (await make_source(calendar=Calendar({date(2025, 1, 1): "New Year"})).examine(["cs.CL"])).findings
    assert len(findings) == 1  # it is May
    findings = (await make_source(calendar=Calendar({date(2024, 1, 1): "New Year"})).examine(["cs.CL"])).findings
    assert "known to the end of 2024" in findings[1].message
