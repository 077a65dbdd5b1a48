"""A channel's mornings, as docs/design.md defines them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.errors import BadSourceAnswer, ScorerError, SourceUnavailable
from bot.models import AnnounceType, PostRole
from bot.settings import ChannelSettings
from handlers.listing import ingest_due
from handlers.morning import has_begun, post_by_hand, post_morning
from handlers.morning.edition import score_ahead
from tests.builders import CHANNEL, a_paper, some_papers
from tests.handlers.conftest import at

MON, TUE, WED, THU, FRI = (date(2025, 5, 5) + timedelta(days=n) for n in range(5))
NEXT_MON = date(2025, 5, 12)
NEW, CROSS, REPLACE = AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.REPLACE


async def test_a_morning_posts_a_header_and_a_message_for_each_paper_in_order(world, ids):
    papers = world.announce(MON, 3)
    world.scorer.relevance = {papers[0].arxiv_id: 7, papers[1].arxiv_id: 9, papers[2].arxiv_id: 8}
    await world.morning(MON)
    assert [one.key.role for one in world.posts()] == [PostRole.HEADER, *[PostRole.PAPER] * 3]
    assert world.papers() == ids([papers[1], papers[2], papers[0]])
    assert "Mon 5 May 2025" in world.header(1)
    assert "3 of 3 relevant" in world.header(1)
    assert [one.position for one in await world.store.feedback.impressions(CHANNEL)] == [1, 2, 3]
    assert await world.store.ledger.unfinished(CHANNEL) == ()


async def test_the_best_are_in_the_channel_more_in_the_thread_and_the_rest_nowhere(world):
    world.announce(MON, 9)
    world.channel(papers=2, more=3)
    await world.morning(MON)
    (header,) = world.posts(PostRole.HEADER)
    assert [one.ref.thread for one in world.posts(PostRole.PAPER)] == [None] * 2 + [header.ref.message] * 3
    assert "2 of 9 relevant, 3 more in the thread" in world.header(1)


async def test_with_no_papers_for_the_channel_all_go_into_the_thread(world):
    world.announce(MON, 3)
    world.channel(papers=0, more=2)
    await world.morning(MON)
    (header,) = world.posts(PostRole.HEADER)
    assert [one.ref.thread for one in world.posts(PostRole.PAPER)] == [header.ref.message] * 2


async def test_papers_below_the_threshold_are_not_posted_and_a_quiet_day_says_so(world):
    papers = world.announce(MON, 3)
    world.scorer.relevance = {paper.arxiv_id: 5 for paper in papers}
    await world.morning(MON)
    assert world.papers() == []
    assert "nothing above the threshold (relevance 6)" in world.header(1)
    assert "3 announced, 3 scanned" in world.header(1)


async def test_the_first_morning_takes_only_the_newest_listing(world, ids):
    old, new = world.announce(MON, 2), world.announce(TUE, 2)
    await world.morning(TUE)
    assert world.papers() == ids(new)
    assert await world.store.ledger.last_day(CHANNEL) == TUE
    await world.morning(WED)
    assert set(world.papers()).isdisjoint(ids(old))


async def test_each_morning_posts_only_what_is_new(world, ids):
    monday, tuesday = world.announce(MON, 2), world.announce(TUE, 3)
    await world.morning(MON)
    await world.morning(TUE)
    assert world.papers(1) == ids(monday)
    assert world.papers(2) == ids(tuesday)


async def test_repeating_anything_posts_nothing(world):
    world.announce(MON)
    await world.morning(MON)
    before = list(world.platform.attempts)
    for _ in range(3):
        await world.morning(MON)
        await ingest_due(world.env)
        await post_by_hand(world.env, CHANNEL, None)
        await post_by_hand(world.env, CHANNEL, MON)
    assert world.platform.attempts == before
    assert await world.store.papers.count() == 3
    assert len(world.scorer.jobs) == 1


async def test_whether_a_morning_has_begun_is_known(world):
    world.announce(MON)
    assert not await has_begun(world.env, CHANNEL, at(MON))
    await world.morning(MON)
    assert await has_begun(world.env, CHANNEL, at(MON))
    assert not await has_begun(world.env, CHANNEL, at(TUE))


async def test_figures_count_what_was_announced_and_what_the_settings_admit(world, ids):
    """Announced: distinct papers of every type. Scanned: those admitted. Relevant: those at the threshold."""
    new, cross, replaced = some_papers(3, day=1), some_papers(2, day=2), some_papers(4, day=3)
    world.channel(categories=("cs.CL", "cs.LG"), cross_lists=False)
    world.source.announce(MON, *new, types={"cs.CL": NEW, "cs.LG": CROSS})
    world.source.announce(MON, *cross, types={"cs.LG": CROSS})
    world.source.announce(MON, *replaced, types={"cs.CL": REPLACE})
    world.scorer.relevance = {new[0].arxiv_id: 3}
    await world.morning(MON)
    assert "9 announced, 3 scanned" in world.header(1)
    assert "2 of 2 relevant" in world.header(1)
    assert world.papers() == ids(new[1:])


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {"new", "cross"}),
        ({"cross_lists": False}, {"new"}),
        ({"replacements": True}, {"new", "cross", "replace", "replace-cross"}),
        ({"cross_lists": False, "replacements": True}, {"new", "replace"}),
    ],
)
async def test_the_settings_say_which_kinds_of_announcement_are_candidates(world, settings, expected):
    world.channel(**settings)
    for number, kind in enumerate(AnnounceType, start=1):
        world.source.announce(MON, a_paper(f"2505.0000{number}"), types={"cs.CL": kind})
    await world.morning(MON)
    kinds = {f"2505.0000{number}": str(kind) for number, kind in enumerate(AnnounceType, start=1)}
    assert {kinds[one] for one in world.papers()} == expected


async def test_a_paper_new_in_one_of_our_categories_is_new_to_us(world):
    """A cross-list between two categories of the channel does not make it a cross-list to the channel."""
    world.channel(categories=("cs.CL", "cs.LG"), cross_lists=False)
    world.source.announce(MON, a_paper(categories=("cs.CL", "cs.LG")))
    await world.morning(MON)
    assert world.papers() == ["2505.03801"]


async def test_what_was_a_candidate_and_was_not_posted_does_not_return(world, ids):
    papers = world.announce(MON, 4)
    world.channel(papers=1, more=1)
    await world.morning(MON)
    world.source.announce(TUE, *papers, types={"cs.CL": CROSS})
    tuesday = world.announce(TUE, 1)
    await world.morning(TUE)
    assert world.papers(2) == ids(tuesday)


async def test_a_late_cross_list_of_an_old_paper_is_offered_once(world):
    """Listed weeks ago elsewhere, cross-listed here today: new to this channel."""
    world.announce(MON, 1)
    await world.morning(MON)
    old = a_paper("2401.00001", primary_category="math.PR", categories=("math.PR", "cs.CL"))
    world.source.announce(TUE, old, types={"cs.CL": CROSS})
    world.source.announce(WED, replace(old, version=2), types={"cs.CL": CROSS})
    await world.morning(TUE)
    await world.morning(WED)
    assert world.papers() == ["2505.05001", "2401.00001"]


async def late_line(world, day, paper):
    """A line of a listing already posted, stored only now."""
    listing = (await world.source.days(day, day, ("cs.CL",)))[0]
    entries = tuple(replace(listing.entries[0], arxiv_id=paper.arxiv_id) for _ in range(1))
    await world.store.listings.save(
        world.source.name,
        replace(listing, entries=entries, papers=(replace(paper, listing_day=day),)),
        world.clock.now(),
    )


async def test_a_late_arrival_never_offered_comes_with_the_next_digest_and_is_marked(world, ids):
    world.announce(MON, 2)
    await world.morning(MON)
    world.go_to(at(MON, 15))
    late = a_paper("2505.01999")
    await late_line(world, MON, late)
    tuesday = world.announce(TUE, 1)
    await world.morning(TUE)
    assert set(world.papers(2)) == {*ids(tuesday), "2505.01999"}
    assert "1 late paper of an earlier listing" in world.header(2)
    assert "2 announced, 2 scanned" in world.header(2)
    marks = {one.key.subject: one.post.card.marks for one in world.posts(PostRole.PAPER, 2)}
    assert marks == {"2505.01999": ("late",), "2505.06001": ()}
    await world.morning(WED)
    assert world.papers().count("2505.01999") == 1


async def test_a_late_line_of_a_paper_offered_before_is_no_late_arrival(world, ids):
    """Its cross-list into a second category of the channel is stored only after the morning."""
    world.channel(categories=("cs.CL", "cs.LG"))
    monday = world.announce(MON, 2)
    await world.morning(MON)
    world.go_to(at(MON, 15))
    listing = (await world.source.days(MON, MON, ("cs.CL",)))[0]
    entry = replace(listing.entries[0], category="cs.LG", announce_type=CROSS)
    await world.store.listings.save("fake", replace(listing, entries=(entry,), papers=()), world.clock.now())
    tuesday = world.announce(TUE, 1)
    await world.morning(TUE)
    assert world.papers() == ids([*monday, *tuesday])
    assert "late" not in world.header(2)
    assert "1 announced, 1 scanned" in world.header(2)


async def test_papers_older_than_the_first_morning_are_no_late_arrivals(world, ids):
    world.announce(FRI, 1)
    await world.morning(FRI)
    await late_line(world, FRI, a_paper("2505.00001"))
    world.source.announce(THU, a_paper("2505.00002"))
    await late_line(world, THU, a_paper("2505.00002"))
    world.announce(NEXT_MON, 1)
    await world.morning(NEXT_MON)
    assert "2505.00002" not in world.papers()


async def test_a_withdrawn_paper_is_no_candidate(world):
    world.source.announce(MON, a_paper("2505.00001", withdrawn=True), a_paper("2505.00002"))
    await world.morning(MON)
    assert world.papers() == ["2505.00002"]


async def test_tokyo_posts_the_previous_listing_at_nine_and_says_its_date(world, ids):
    """09:00 in Tokyo is midnight UTC: the listing of that day does not exist yet."""
    world.channel(timezone="Asia/Tokyo")
    monday, tuesday = world.announce(MON, 2), world.announce(TUE, 2)
    await world.morning(TUE, hour=0)
    assert "Mon 5 May 2025" in world.header(1)
    assert world.papers() == ids(monday)
    world.go_to(at(TUE, 6))
    await ingest_due(world.env)
    await post_morning(world.env, CHANNEL, at(TUE, 0))
    assert world.papers() == ids(monday)
    await world.morning(WED, hour=0)
    assert world.papers(2) == ids(tuesday)


async def test_a_weekend_morning_says_that_it_is_weekend(world):
    world.announce(FRI, 1)
    await world.morning(FRI)
    for day in (FRI + timedelta(days=1), FRI + timedelta(days=2)):
        await world.morning(day)
    assert len(world.papers()) == 1
    assert "no announcement: weekend" in world.header(2)
    assert "no announcement: weekend" in world.header(3)


async def test_a_holiday_morning_names_the_holiday(world):
    world.source.holidays[TUE] = "holiday: Juneteenth"
    world.announce(MON, 1)
    await world.morning(MON)
    await world.morning(TUE)
    assert "no announcement: holiday: Juneteenth" in world.header(2)


async def test_a_listing_that_does_not_come_is_told_apart_from_a_fault(world):
    world.announce(MON, 1)
    await world.morning(MON)
    await world.morning(TUE)
    assert "no announcement yet" in world.header(2)
    assert "could not" not in world.header(2)


@pytest.mark.parametrize("error", [SourceUnavailable("503"), BadSourceAnswer("HTML")])
async def test_arxiv_down_at_posting_time_is_said_once_and_the_papers_follow_as_a_new_message(world, ids, error):
    monday, tuesday = world.announce(MON, 2), world.announce(TUE, 2)
    await world.morning(MON)
    world.source.down = error
    await world.morning(TUE)
    await world.morning(TUE)
    assert "arXiv could not be reached; next try at 09:30" in world.header(2)
    assert world.papers() == ids(monday)
    world.source.down = None
    world.go_to(at(TUE, 9.5))
    await world.morning(TUE)
    assert world.papers(3) == ids(tuesday)
    assert "Late" in world.header(3)
    assert len(world.posts(PostRole.HEADER)) == 3


async def test_arxiv_down_on_the_very_first_morning_is_said_too(world, ids):
    monday = world.announce(MON, 2)
    world.source.down = SourceUnavailable("503")
    await world.morning(MON)
    assert "arXiv could not be reached" in world.header(1)
    world.source.down = None
    await world.morning(MON)
    assert world.papers(2) == ids(monday)


async def test_a_listing_that_never_came_is_folded_into_the_next_morning(world, ids):
    monday = world.announce(MON, 1)
    await world.morning(MON)
    world.source.down = SourceUnavailable("503")
    await world.morning(TUE)
    world.source.down = None
    tuesday, wednesday = world.announce(TUE, 1), world.announce(WED, 1)
    await world.morning(WED)
    assert world.papers() == ids([*monday, *tuesday, *wednesday])
    assert "also from Tue" in world.header(3)


async def test_scoring_down_at_posting_time_is_said_once_and_the_papers_follow(world, ids):
    monday = world.announce(MON, 2)
    world.scorer.down = ScorerError("no vectors")
    await world.morning(MON)
    await world.morning(MON)
    assert "could not be scored" in world.header(1)
    assert world.papers() == []
    world.scorer.down = None
    await world.morning(MON)
    assert world.papers(2) == ids(monday)
    assert len(world.posts(PostRole.HEADER)) == 2


async def missed_days(world, first=TUE, last=FRI):
    """A morning on Monday, then silence; listings of the days from `first` to `last` came meanwhile."""
    world.announce(MON, 1)
    await world.morning(MON)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [paper for day in days if day.weekday() < 5 for paper in world.announce(day, 1)]


async def test_missed_days_are_folded_into_one_digest(world, ids):
    papers = await missed_days(world)
    await world.morning(FRI)
    assert sorted(world.papers(2)) == ids(papers)
    assert "Papers of Fri 9 May 2025 (also from Tue 6, Wed 7 and Thu 8 May)" in world.header(2)
    assert "remedial" not in world.header(2)


async def test_missed_days_are_posted_one_by_one_if_the_settings_say_so(world, ids):
    world.want(catch_up="singly")
    papers = await missed_days(world)
    await world.morning(FRI)
    assert [world.papers(number) for number in (2, 3, 4, 5)] == [[one] for one in ids(papers)]
    marked = ["remedial digest, made afterwards on Fri 9 May 2025" in world.header(number) for number in (2, 3, 4, 5)]
    assert marked == [True, True, True, False]
    await world.morning(FRI)
    assert len(world.posts(PostRole.HEADER)) == 5


async def test_days_too_old_are_not_posted_but_ingested_and_mentioned(world, ids):
    papers = await missed_days(world, TUE, date(2025, 5, 20))
    await world.morning(date(2025, 5, 20))
    fresh = [paper for paper in papers if int(paper.arxiv_id[5:7]) >= 13]
    assert sorted(world.papers(2)) == ids(fresh)
    assert "5 older listing days were missed and are not posted unasked" in world.header(2)
    assert "backfill" in world.header(2)
    assert await world.store.papers.count() == 1 + len(papers)
    world.announce(date(2025, 5, 21), 1)
    await world.morning(date(2025, 5, 21))
    assert "missed" not in world.header(3)


async def test_a_remedial_digest_by_hand_says_so_and_does_not_move_the_mark(world, ids):
    monday = world.announce(MON, 2)
    world.announce(WED, 1)
    await world.morning(WED)
    made = await post_by_hand(world.env, CHANNEL, MON)
    assert made.record is not None
    assert (made.record.kind, made.record.days, made.was_there) == ("remedial", (MON,), False)
    assert world.papers(2) == ids(monday)
    assert "remedial digest, made afterwards on Wed 7 May 2025" in world.header(2)
    assert await world.store.ledger.last_day(CHANNEL) == WED
    assert (await post_by_hand(world.env, CHANNEL, MON)).was_there


async def test_a_day_without_listing_or_not_announced_is_refused_with_the_reason(world):
    world.go_to(at(WED))
    saturday = await post_by_hand(world.env, CHANNEL, date(2025, 5, 3))
    assert "weekend" in saturday.message
    missing = await post_by_hand(world.env, CHANNEL, TUE)
    assert "has not announced the listing of 2025-05-06" in missing.message
    future = await post_by_hand(world.env, CHANNEL, THU)
    assert "has not announced" in future.message
    assert world.posts() == []


async def test_the_newest_day_by_hand_is_the_morning_itself(world, ids):
    monday = world.announce(MON, 1)
    made = await post_by_hand(world.env, CHANNEL, MON)
    assert made.record is not None
    assert made.record.kind == "morning"
    await world.morning(MON)
    assert world.papers() == ids(monday)


async def test_a_dry_run_shows_and_posts_and_plans_nothing(world, ids):
    monday = world.announce(MON, 2)
    made = await post_by_hand(world.env, CHANNEL, None, dry_run=True)
    assert made.prepared is not None
    assert ids([one.paper for one in made.prepared.digest.ranked]) == ids(monday)
    assert world.posts() == []
    assert await world.store.ledger.digests(CHANNEL) == ()
    assert all(job.rehearsal for job in world.scorer.jobs)
    await world.morning(MON)
    assert world.papers() == ids(monday)


async def test_scores_given_before_are_not_given_again_until_the_topics_change(world):
    world.announce(MON, 3)
    await ingest_due(world.env)
    await score_ahead(world.env, CHANNEL)
    await score_ahead(world.env, CHANNEL)
    assert [len(job.papers) for job in world.scorer.jobs] == [3]
    await world.store.topics.add(CHANNEL, "1. Pruning", "edit", world.clock.now())
    await world.morning(MON)
    assert [len(job.papers) for job in world.scorer.jobs] == [3, 3]


async def test_nothing_known_to_the_scorer_is_from_the_day_it_judges(world):
    for day in (MON, TUE, WED):
        world.announce(day, 2)
        await world.morning(day)
    seen = [(job.papers[0].listing_day, job.background.upto, job.archive) for job in world.scorer.jobs]
    assert [upto for _, upto, _ in seen] == [None, MON, TUE]
    assert all(old.listing_day < day for day, _, archive in seen for old in archive)
    assert [len(archive) for _, _, archive in seen] == [0, 2, 4]


async def test_two_channels_have_their_own_marks_and_candidates(world, ids):
    papers = world.announce(MON, 2)
    world.source.announce(MON, a_paper("2505.00009", primary_category="cs.CV", categories=("cs.CV",)))
    world.want({
        CHANNEL: ChannelSettings(categories=("cs.CL",), id=CHANNEL),
        "vision": ChannelSettings(categories=("cs.CV",), id="vision"),
    })  # fmt: skip
    await world.morning(MON)
    assert world.papers() == ids(papers)
    assert world.papers(key="vision") == []
    await world.morning(MON, key="vision")
    assert world.papers(key="vision") == ["2505.00009"]
    assert [asked[0] for asked in world.source.asked] == ["newest", "days"]


async def test_a_muted_paper_is_not_posted_and_a_followed_one_always(world):
    papers = world.announce(MON, 3)
    world.source.announce(MON, a_paper("2505.00009", authors=("Grace Hopper",)))
    world.scorer.relevance = {"2505.00009": 1}
    world.channel(mute_phrases=(f"matter of {papers[0].arxiv_id}",), follow_authors=("Grace Hopper",))
    await world.morning(MON)
    assert world.papers() == ["2505.00009", papers[1].arxiv_id, papers[2].arxiv_id]


async def test_few_channels_hold_their_papers_in_memory_at_once(world):
    """A hundred channels with their morning at the same minute do not need the archive in memory a hundred times."""
    world.announce(MON, 2)
    world.go_to(at(MON, 9))
    preparing = asyncio.Semaphore(1)
    async with preparing:
        waiting = asyncio.create_task(post_morning(replace(world.env, preparing=preparing), CHANNEL, world.clock.now()))
        done, _ = await asyncio.wait({waiting}, timeout=0.2)
        assert not done
        assert world.scorer.jobs == []
    await asyncio.wait_for(waiting, 60)
    assert len(world.papers()) == 2


async def test_a_digest_by_hand_of_an_earlier_day_does_not_silence_this_mornings_word(world):
    world.announce(MON, 1)
    world.go_to(at(MON))
    await post_by_hand(world.env, CHANNEL, None)
    world.source.holidays = {TUE: "holiday: one", WED: "holiday: two"}
    await world.morning(WED)
    assert "holiday: two" in world.header(2)
