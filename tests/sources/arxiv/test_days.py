"""Listing days inferred from ids and submission times."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.models import Paper
from bot.sources.arxiv.calendar import Calendar, days_between
from bot.sources.arxiv.days import assign_days
from bot.sources.arxiv.holidays import bundled_calendar
from tests.loopback.arxiv.papers import StoredPaper, read_rows, store
from tests.sources.arxiv.rows import REPLAY

PLAIN = Calendar()
FRIDAY = date(2025, 5, 9)


def paper(arxiv_id: str, published_at: datetime) -> Paper:
    return Paper(
        arxiv_id=arxiv_id,
        title="",
        abstract="",
        authors=(),
        categories=("cs.CL",),
        primary_category="cs.CL",
        published_at=published_at,
        updated_at=published_at,
    )


def block(first_number: int, day: date, count: int = 30, calendar: Calendar = PLAIN) -> list[Paper]:
    """One listing, ids in the order of submission."""
    start, end = calendar.submission_window(day)
    step = (end - start) / count
    return [paper(f"2505.{first_number + index:05d}", start + step * index) for index in range(count)]


def shuffled(papers: list[Paper]) -> list[Paper]:
    """The same ids and times, but in no relation."""
    times = [member.published_at for member in papers]
    random.Random(5).shuffle(times)
    return [paper(member.arxiv_id, moment) for member, moment in zip(papers, times, strict=True)]


def week() -> list[Paper]:
    """The listings of 5 to 9 May 2025, 30 papers each, nothing held."""
    days = list(days_between(date(2025, 5, 5), FRIDAY))
    return [member for index, day in enumerate(days) for member in block(1000 + 100 * index, day)]


def truth(papers: list[Paper]) -> dict[str, date]:
    return {member.arxiv_id: date(2025, 5, 5) + timedelta(days=int(member.arxiv_id[-3])) for member in papers}


def test_papers_that_nothing_held_get_the_day_of_their_window() -> None:
    papers = week()
    assert assign_days(papers, PLAIN, newest=FRIDAY) == {
        m.arxiv_id: PLAIN.listing_day_of(m.published_at) for m in papers
    }


def test_a_held_paper_gets_the_day_of_the_block_its_id_lies_in() -> None:
    held = paper("2505.01315", PLAIN.submission_window(date(2025, 5, 6))[0])
    days = assign_days([m for m in week() if m.arxiv_id != held.arxiv_id] + [held], PLAIN, newest=FRIDAY)
    assert days["2505.01315"] == date(2025, 5, 8)


def test_held_papers_at_the_head_of_an_ordered_block_are_found_by_the_jump_back_in_time() -> None:
    """Three papers held for one to three days lead Thursday's block; the day before they would look like Wednesday's."""
    window = PLAIN.submission_window(date(2025, 5, 7))
    head = [
        paper("2505.01290", window[0] - timedelta(days=1)),
        paper("2505.01291", window[0] + timedelta(hours=2)),
        paper("2505.01292", window[0] + timedelta(hours=20)),
    ]
    days = assign_days(week() + head, PLAIN, newest=FRIDAY)
    assert {days[member.arxiv_id] for member in head} == {date(2025, 5, 8)}
    assert days["2505.01229"] == date(2025, 5, 7)


def test_a_paper_at_the_very_closing_does_not_move_its_block() -> None:
    """The server notes some papers a little after the closing they made."""
    closing = PLAIN.submission_window(date(2025, 5, 7))[1]
    late = paper("2505.01215", closing + timedelta(seconds=12))
    papers = [m for m in week() if m.arxiv_id != late.arxiv_id] + [late]
    days = assign_days(papers, PLAIN, newest=FRIDAY)
    assert days == truth(papers)


def test_an_unknown_holiday_moves_only_its_own_papers() -> None:
    """With shuffled ids the papers of a listing that was put off are found in the next one."""
    calendar = Calendar({date(2025, 5, 6): "unknown to the bot"})
    tuesday = shuffled(block(1000, date(2025, 5, 6)))
    thursday = shuffled(block(1200, date(2025, 5, 8), 60, calendar))
    friday = shuffled(block(1300, FRIDAY))
    days = assign_days(tuesday + thursday + friday, PLAIN, newest=FRIDAY)
    assert {days[member.arxiv_id] for member in tuesday} == {date(2025, 5, 6)}
    assert {days[member.arxiv_id] for member in thursday} == {date(2025, 5, 8)}
    assert {days[member.arxiv_id] for member in friday} == {FRIDAY}


def test_days_that_were_seen_overrule_and_draw_the_blocks_edge() -> None:
    """The feed saw the first papers of Thursday's block, which by their times would be Wednesday's."""
    early = PLAIN.submission_window(date(2025, 5, 7))[1] - timedelta(minutes=5)
    held = [paper(f"2505.0128{index}", early) for index in range(8)]
    seen = {"2505.01280": date(2025, 5, 8)}
    days = assign_days(week() + held, PLAIN, newest=FRIDAY, seen=seen, anchors=frozenset(seen))
    assert {days[member.arxiv_id] for member in held} == {date(2025, 5, 8)}


def test_a_late_cross_list_is_moved_alone() -> None:
    papers = week()
    seen = {"2505.01005": FRIDAY}
    days = assign_days(papers, PLAIN, newest=FRIDAY, seen=seen)
    assert days == truth(papers) | seen


def test_a_listing_seen_on_a_supposed_holiday_is_a_listing() -> None:
    calendar = Calendar({date(2025, 5, 6): "put into the file by mistake"})
    papers = week()
    seen = {f"2505.012{index:02d}": date(2025, 5, 7) for index in range(30)}
    days = assign_days(papers, calendar, newest=FRIDAY, seen=seen, anchors=frozenset(seen))
    assert days == truth(papers)


def test_no_paper_is_given_a_listing_that_does_not_exist_yet() -> None:
    days = assign_days(week(), PLAIN, newest=date(2025, 5, 8))
    assert max(days.values()) == date(2025, 5, 8)


def test_old_ids_get_the_day_of_their_submission() -> None:
    old = paper("cs/0112017", datetime(2001, 12, 10, 15, tzinfo=UTC))
    assert assign_days([old], PLAIN, newest=FRIDAY) == {"cs/0112017": date(2001, 12, 11)}


def test_no_papers_have_no_days() -> None:
    assert assign_days([], PLAIN, newest=FRIDAY) == {}


def test_a_single_paper_gets_the_day_of_its_window() -> None:
    alone = paper("2505.00001", datetime(2025, 5, 7, 15, tzinfo=UTC))
    assert assign_days([alone], PLAIN, newest=FRIDAY) == {"2505.00001": date(2025, 5, 8)}


@pytest.fixture(scope="module")
def replay() -> list[dict]:
    if not REPLAY.exists():
        pytest.skip("the replay data is not beside this checkout")
    return read_rows(REPLAY)


def agreement(stored: list[StoredPaper]) -> float:
    papers = [paper(member.arxiv_id, member.published_at) for member in stored]
    days = assign_days(papers, bundled_calendar(), newest=date(2025, 6, 30))
    return sum(days[member.arxiv_id] == member.listing_day for member in stored) / len(stored)


@pytest.mark.parametrize("order", ["sorted", "shuffled"])
@pytest.mark.parametrize("held", [0.02, 0.05, 0.1])
def test_real_listings_are_found_again_whatever_is_held(replay: list[dict], order: str, held: float) -> None:
    """The ids and days are real, the submission times derived; .9984 is what late cross-lists leave possible.

    The submission window alone reaches 1 - held at best.
    """
    assert agreement(store(replay, held=held, order=order, seed=7)) > 0.9955


def test_real_listings_are_found_again_when_their_order_is_only_roughly_that_of_submission(replay: list[dict]) -> None:
    chance = random.Random(3)
    stored = [
        StoredPaper(
            **{name: getattr(member, name) for name in StoredPaper.__slots__}
            | {"published_at": member.published_at + timedelta(minutes=chance.uniform(-60, 60))}
        )
        for member in store(replay, held=0.05, order="sorted", seed=7)
    ]
    assert agreement(stored) > 0.995
