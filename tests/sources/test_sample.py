"""The bundled sample as a source."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import BadSourceAnswer
from bot.models import AnnounceType, ListingState
from bot.query import parse_question
from bot.sources.sample import SampleSource
from tests.fakes import FakeClock
from tests.sources.fakes import RecordedProgress

MONDAY, FRIDAY = date(2025, 5, 5), date(2025, 5, 9)
CATEGORIES = ["cs.CL", "cs.LG"]


def sample_at(day: date, path: Path | None = None) -> SampleSource:
    return SampleSource(clock=FakeClock(datetime(day.year, day.month, day.day, 7, tzinfo=UTC)), path=path)


async def test_five_mornings_have_a_listing_each() -> None:
    days = await sample_at(FRIDAY).days(MONDAY, FRIDAY, CATEGORIES)
    assert [listing.state for listing in days] == [ListingState.COMPLETE] * 5
    assert [listing.day for listing in days] == [MONDAY + timedelta(days=n) for n in range(5)]
    assert all(paper.listing_day == listing.day for listing in days for paper in listing.papers)
    assert all(listing.papers for listing in days)


async def test_only_papers_of_the_categories_come_new_in_their_primary_one() -> None:
    listing = await sample_at(FRIDAY).newest(CATEGORIES)
    papers = {paper.arxiv_id: paper for paper in listing.papers}
    assert papers
    for entry in listing.entries:
        paper = papers[entry.arxiv_id]
        assert entry.category in paper.categories
        assert (entry.announce_type is AnnounceType.NEW) == (entry.category == paper.primary_category)
    assert {entry.arxiv_id for entry in listing.entries} == set(papers)


async def test_the_newest_listing_is_the_last_one_the_clock_has_reached() -> None:
    assert (await sample_at(date(2025, 5, 7)).newest(CATEGORIES)).day == date(2025, 5, 7)
    assert (await sample_at(date(2026, 1, 1)).newest(CATEGORIES)).day == FRIDAY
    before = await sample_at(date(2025, 5, 1)).newest(CATEGORIES)
    assert (before.day, before.state) == (date(2025, 5, 1), ListingState.EMPTY)


async def test_tomorrow_is_pending_and_days_without_a_listing_are_empty() -> None:
    days = await sample_at(date(2025, 5, 8)).days(date(2025, 5, 8), date(2025, 5, 12), CATEGORIES)
    assert [listing.state.value for listing in days] == ["complete", "pending", "empty", "empty", "empty"]
    assert [listing.note for listing in days][2:] == ["weekend", "weekend", "the sample has no listing of this day"]
    assert sample_at(FRIDAY).quiet_reason(FRIDAY) == ""


async def test_a_search_finds_nothing_that_is_not_announced_yet() -> None:
    question = parse_question("quantization", FRIDAY)
    early = await sample_at(MONDAY).search(question, 50)
    assert {paper.listing_day for paper in early} == {MONDAY}
    assert len(early) < len(await sample_at(FRIDAY).search(question, 50))


async def test_papers_come_in_the_order_asked_with_progress() -> None:
    source, progress = sample_at(FRIDAY), RecordedProgress()
    first, second, *_ = (await source.newest(CATEGORIES)).papers
    found = await source.papers([second.arxiv_id, "2501.99999", first.arxiv_id], progress)
    assert found == (second, first)
    assert progress.calls == [("reading the sample", 3, 3)]


@pytest.mark.parametrize("line", ["{", "[]", '{"arxiv_id": "2505.00001"}', '"text"'])
async def test_a_damaged_file_names_the_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(BadSourceAnswer, match="line 2 of the sample is damaged"):
        await sample_at(FRIDAY, path).newest(CATEGORIES)
