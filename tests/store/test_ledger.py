"""The ledger: plans are all or nothing, intents move one way, and nothing is claimed twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import StoreError
from bot.models import DigestKind, Intent, Post, PostKey, PostRole, PostState
from bot.store import Store
from tests.builders import CHANNEL, NOON, THURSDAY, a_paper, a_plan, a_ranked, a_ref, paper_key, some_papers

FRIDAY = THURSDAY + timedelta(days=1)
HEADER = PostKey(CHANNEL, 1, PostRole.HEADER)
TABLES = ("digests", "digest_days", "candidates", "posts", "impressions")


@pytest.fixture
def counts(rows):
    return lambda: {table: rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


async def planned(store, n=2, **changes):
    papers = some_papers(n)
    await store.papers.add(papers, NOON)
    assert await store.ledger.plan(a_plan(papers, **changes))
    return papers


async def state_of(store, key):
    return {intent.key: intent.state for intent in await store.ledger.intents(key.channel, key.digest)}[key]


async def test_a_plan_writes_everything_down_at_once(store, counts):
    papers = await planned(store, 7)
    assert counts() == {"digests": 1, "digest_days": 1, "candidates": 7, "posts": 8, "impressions": 7}
    intents = await store.ledger.intents(CHANNEL, 1)
    assert [intent.sequence for intent in intents] == list(range(8))
    assert {intent.state for intent in intents} == {PostState.PLANNED}
    assert [intent.in_thread for intent in intents] == [False] * 6 + [True] * 2
    assert intents == a_plan(papers).intents
    assert await store.ledger.open_intents() == intents


async def test_a_digest_record_comes_back_as_it_was_planned(store):
    plan = a_plan(await planned(store))
    assert await store.ledger.digests(CHANNEL) == (plan.record,)
    assert await store.ledger.digest_of_day(CHANNEL, THURSDAY) == plan.record
    assert await store.ledger.digest_for(CHANNEL, plan.record.occasion) == plan.record
    assert await store.ledger.digest_of_day(CHANNEL, FRIDAY) is None
    assert await store.ledger.digest_for(CHANNEL, "another") is None
    assert await store.ledger.digest_of_day("another", THURSDAY) is None


async def test_numbers_marks_and_first_days_follow_the_mornings(store):
    ledger = store.ledger
    assert (await ledger.last_day(CHANNEL), await ledger.first_day(CHANNEL)) == (None, None)
    assert await ledger.next_number(CHANNEL) == 1
    assert await ledger.plan(a_plan(day=THURSDAY))
    assert await ledger.plan(a_plan(number=2, day=None, after=THURSDAY))
    assert await ledger.plan(a_plan(number=3, day=FRIDAY, after=THURSDAY))
    early = THURSDAY - timedelta(days=9)
    assert await ledger.plan(a_plan(number=4, day=early, kind=DigestKind.REMEDIAL))
    assert (await ledger.last_day(CHANNEL), await ledger.first_day(CHANNEL)) == (FRIDAY, THURSDAY)
    assert await ledger.next_number(CHANNEL) == 5
    assert await ledger.next_number("another") == 1
    assert [record.number for record in await ledger.digests(CHANNEL)] == [4, 3, 2, 1]
    assert [record.number for record in await ledger.digests(CHANNEL, limit=2)] == [4, 3]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"number": 1, "day": FRIDAY, "after": THURSDAY}, "its number is taken"),
        ({"number": 3, "day": FRIDAY, "after": THURSDAY}, "it skips a number"),
        ({"number": 2, "day": FRIDAY, "after": None}, "the mark has moved"),
        ({"number": 2, "day": FRIDAY, "after": FRIDAY}, "the mark is elsewhere"),
        ({"number": 2, "day": FRIDAY, "after": THURSDAY, "occasion": "morning 2025-05-08"}, "its occasion is taken"),
        ({"number": 2, "day": FRIDAY, "after": THURSDAY, "papers": some_papers(2)}, "a candidate was offered"),
        ({"number": 2, "kind": DigestKind.REMEDIAL, "papers": some_papers(3)[1:]}, "a candidate was offered"),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
async def test_a_plan_is_refused_wholly_if(store, counts, changes, why):
    await planned(store)
    before = counts()
    assert await store.ledger.plan(a_plan(**changes)) is False, why
    assert counts() == before


async def test_a_plan_with_an_intent_twice_in_it_leaves_nothing(store, counts):
    """A broken plan is an error, not a refusal, and is rolled back the same."""
    papers = some_papers(2)
    plan = a_plan(papers)
    twice = (*plan.shown, a_ranked(papers[0], 3))
    with pytest.raises(StoreError):
        await store.ledger.plan(replace(plan, shown=twice))
    assert set(counts().values()) == {0}


async def test_offered_papers_are_those_of_the_channel(store):
    await planned(store)
    ids = ["2505.03001", "2505.03002", "2505.03003"]
    assert await store.ledger.offered(CHANNEL, ids) == {"2505.03001", "2505.03002"}
    assert await store.ledger.offered("another", ids) == frozenset()
    assert await store.ledger.offered(CHANNEL, []) == frozenset()


async def test_two_channels_may_show_the_same_papers(store):
    papers = await planned(store)
    assert await store.ledger.plan(a_plan(papers, channel="another"))
    assert len(await store.ledger.open_intents()) == 6
    assert len(await store.ledger.open_intents("another")) == 3


async def test_only_a_planned_message_can_be_claimed_and_only_once(store):
    await planned(store)
    assert await store.ledger.claim(HEADER, NOON) is True
    assert await store.ledger.claim(HEADER, NOON) is False
    (intent, *_) = await store.ledger.intents(CHANNEL, 1)
    assert (intent.state, intent.attempts, intent.attempted_at) == (PostState.SENDING, 1, NOON)
    await store.ledger.complete(HEADER, a_ref("1"), NOON)
    assert await store.ledger.claim(HEADER, NOON) is False
    assert await store.ledger.claim(PostKey(CHANNEL, 9, PostRole.HEADER), NOON) is False


async def test_a_released_message_can_be_claimed_again_and_remembers_its_attempts(store):
    await planned(store)
    assert await store.ledger.release(HEADER, "never claimed") is False
    await store.ledger.claim(HEADER, NOON)
    assert await store.ledger.release(HEADER, "slow down") is True
    assert await store.ledger.release(HEADER, "again") is False
    later = NOON + timedelta(minutes=1)
    assert await store.ledger.claim(HEADER, later) is True
    (intent, *_) = await store.ledger.intents(CHANNEL, 1)
    assert (intent.attempts, intent.attempted_at, intent.note) == (2, later, "slow down")


async def test_completing_is_idempotent_and_the_first_reference_stays(store):
    await planned(store)
    await store.ledger.claim(HEADER, NOON)
    await store.ledger.complete(HEADER, a_ref("1"), NOON)
    await store.ledger.complete(HEADER, a_ref("2"), NOON + timedelta(hours=1))
    (intent, *_) = await store.ledger.intents(CHANNEL, 1)
    assert (intent.state, intent.ref) == (PostState.SENT, a_ref("1"))
    assert await store.ledger.release(HEADER, "too late") is False
    await store.ledger.drop(HEADER, "too late")
    assert await state_of(store, HEADER) is PostState.SENT


async def test_an_impression_appears_with_its_paper_post_and_not_before(store):
    papers = await planned(store, 2)
    key = paper_key(papers[0].arxiv_id)
    await store.ledger.claim(HEADER, NOON)
    await store.ledger.complete(HEADER, a_ref("1"), NOON)
    await store.ledger.claim(key, NOON)
    assert await store.feedback.impressions(CHANNEL) == ()
    assert await store.ledger.shown(CHANNEL, papers[0].arxiv_id) is None
    await store.ledger.complete(key, a_ref("2"), NOON)
    await store.ledger.complete(key, a_ref("2"), NOON + timedelta(hours=1))
    (impression,) = await store.feedback.impressions(CHANNEL)
    assert (impression.arxiv_id, impression.position, impression.shown_at) == (papers[0].arxiv_id, 1, NOON)
    assert (impression.utility, impression.in_thread, impression.propensity) == (1.5, False, 1.0)
    assert await store.ledger.shown(CHANNEL, papers[0].arxiv_id) == a_ranked(papers[0])
    assert await store.ledger.shown(CHANNEL, papers[1].arxiv_id) is None


async def test_impressions_can_be_asked_for_since_a_moment(store, posted):
    assert [one.position for one in await store.feedback.impressions(CHANNEL)] == [1, 2, 3]
    assert len(await store.feedback.impressions(CHANNEL, NOON)) == 3
    assert await store.feedback.impressions(CHANNEL, NOON + timedelta(seconds=1)) == ()


async def test_the_ranked_papers_of_a_digest_come_back_by_position(store):
    papers = await planned(store, 3)
    assert await store.ledger.ranked(CHANNEL, 1) == a_plan(papers).shown
    assert await store.ledger.ranked(CHANNEL, 2) == ()


async def test_a_dropped_message_is_open_no_more_and_says_why(store):
    await planned(store, 1)
    await store.ledger.drop(HEADER, "not in this channel")
    (intent, *_) = await store.ledger.intents(CHANNEL, 1)
    assert (intent.state, intent.note) == (PostState.DROPPED, "not in this channel")
    assert HEADER not in {intent.key for intent in await store.ledger.open_intents()}
    assert await store.ledger.claim(HEADER, NOON) is False


async def test_a_digest_is_finished_only_when_no_message_is_open(store):
    papers = await planned(store, 1)
    key = paper_key(papers[0].arxiv_id)
    await store.ledger.claim(HEADER, NOON)
    await store.ledger.complete(HEADER, a_ref("1"), NOON)
    assert await store.ledger.finish(CHANNEL, 1, NOON) is False
    await store.ledger.claim(key, NOON)
    assert await store.ledger.finish(CHANNEL, 1, NOON) is False
    assert await store.ledger.unfinished(CHANNEL) == (1,)
    await store.ledger.drop(key, "refused")
    assert await store.ledger.finish(CHANNEL, 1, NOON) is True
    assert await store.ledger.finish(CHANNEL, 1, NOON + timedelta(hours=1)) is True
    assert await store.ledger.unfinished(CHANNEL) == ()
    (record,) = await store.ledger.digests(CHANNEL)
    assert record.completed_at == NOON


async def test_further_messages_are_written_down_once(store):
    notice = Intent(
        PostKey(CHANNEL, 0, PostRole.NOTICE, "topics-2"),
        2, PostState.PLANNED, "console", CHANNEL, Post(PostRole.NOTICE, "text"), False,
    )  # fmt: skip
    assert await store.ledger.add_intents([notice]) == 1
    await store.ledger.claim(notice.key, NOON)
    assert await store.ledger.add_intents([notice]) == 0
    assert await state_of(store, notice.key) is PostState.SENDING


async def test_a_healed_duplicate_moves_the_reference(store, posted):
    await store.ledger.move_ref(paper_key(posted[0]), a_ref("77"))
    refs = {intent.key: intent.ref for intent in await store.ledger.intents(CHANNEL, 1)}
    assert refs[paper_key(posted[0])] == a_ref("77")
    assert refs[paper_key(posted[1])] == a_ref("2")


async def test_old_ids_with_a_slash_are_subjects_like_others(store):
    paper = a_paper("cs/0112017")
    await store.papers.add([paper], NOON)
    assert await store.ledger.plan(a_plan([paper]))
    (_, intent) = await store.ledger.intents(CHANNEL, 1)
    assert PostKey.parse(str(intent.key)) == intent.key == paper_key("cs/0112017")


# Two processes on one file: two stores stand for them, each with its own writer thread and connections.


@pytest.fixture
def other(path, store):
    other = Store(path, busy_timeout_s=5)
    yield other
    other.close()


async def test_of_two_processes_that_plan_together_exactly_one_wins(path, other, counts):
    papers = some_papers(3)
    await other.papers.add(papers, NOON)
    stores = [other, *(Store(path, busy_timeout_s=5) for _ in range(3))]
    plans = [a_plan(papers, occasion=f"by process {n}") for n in range(4)]
    outcomes = await asyncio.gather(*(one.ledger.plan(plan) for one, plan in zip(stores, plans, strict=True)))
    assert sorted(outcomes) == [False, False, False, True]
    assert counts() == {"digests": 1, "digest_days": 1, "candidates": 3, "posts": 4, "impressions": 3}
    for one in stores[1:]:
        one.close()


async def test_of_two_processes_that_claim_together_exactly_one_wins(store, other):
    papers = await planned(store, 20)
    for key in [HEADER, *(paper_key(paper.arxiv_id) for paper in papers)]:
        outcomes = await asyncio.gather(store.ledger.claim(key, NOON), other.ledger.claim(key, NOON))
        assert sorted(outcomes) == [False, True]


async def test_what_one_process_wrote_the_other_sees(store, other):
    await planned(store)
    assert await other.ledger.last_day(CHANNEL) == THURSDAY
    assert len(await other.ledger.open_intents()) == 3


async def test_a_digest_of_which_nothing_was_sent_gives_its_days_and_papers_back(store, counts):
    await planned(store, 1)
    for intent in await store.ledger.intents(CHANNEL, 1):
        assert not await store.ledger.give_back(CHANNEL, 1)
        await store.ledger.drop(intent.key, "too old")
    assert await store.ledger.give_back(CHANNEL, 1)
    assert await store.ledger.digest_of_day(CHANNEL, THURSDAY) is None
    assert counts() == {"digests": 1, "digest_days": 0, "candidates": 0, "posts": 2, "impressions": 1}
    assert (await store.ledger.last_day(CHANNEL), await store.ledger.next_number(CHANNEL)) == (THURSDAY, 2)


async def test_a_digest_that_was_seen_in_part_keeps_its_days_and_papers(store, counts):
    await planned(store, 1)
    header, paper = await store.ledger.intents(CHANNEL, 1)
    await store.ledger.claim(header.key, NOON)
    await store.ledger.complete(header.key, a_ref("7"), NOON)
    await store.ledger.drop(paper.key, "too old")
    assert not await store.ledger.give_back(CHANNEL, 1)
    assert counts()["candidates"] == 1
