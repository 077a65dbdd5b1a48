"""Votes: each delivery once, the platform's order and not that of arrival, and only about papers of ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import StoreError
from bot.models import DigestKind, FeedbackEvent, VoteOutcome, VoteSource
from bot.store import Store
from tests.builders import CHANNEL, NOON, THURSDAY, a_plan, a_ref, a_vote, paper_key, some_papers

COUNTED, REPEATED, FOREIGN = VoteOutcome.COUNTED, VoteOutcome.REPEATED, VoteOutcome.FOREIGN


async def record(store, *votes):
    return await store.feedback.record(votes, NOON)


async def standing(store, channel=CHANNEL):
    return [(vote.person, vote.emoji, vote.arxiv_id) for vote in await store.feedback.current(channel)]


async def test_a_vote_on_a_paper_counts(store, posted):
    vote = a_vote("2", "e1")
    assert await record(store, vote) == (COUNTED,)
    (current,) = await store.feedback.current(CHANNEL)
    assert (current.channel, current.arxiv_id, current.person, current.emoji) == (CHANNEL, posted[1], "ada", "👍")
    assert current.at == vote.at


async def test_a_redelivered_event_is_stored_once(store, posted, rows):
    vote = a_vote("1", "e1")
    assert await record(store, vote, vote) == (COUNTED, REPEATED)
    assert await record(store, vote) == (REPEATED,)
    assert rows("SELECT count(*) FROM feedback_events") == [(1,)]


async def test_a_late_redelivery_does_not_bring_a_removed_vote_back(store, posted):
    given_, taken = a_vote("1", "e1", order=1), a_vote("1", "e2", order=2, added=False)
    assert await record(store, given_, taken, given_) == (COUNTED, COUNTED, REPEATED)
    assert await standing(store) == []


async def test_the_platforms_order_decides_and_not_that_of_arrival(store, posted):
    await record(store, a_vote("1", "removed", order=5, added=False))
    await record(store, a_vote("1", "added", order=4))
    assert await standing(store) == []
    await record(store, a_vote("1", "added-again", order=6))
    assert await standing(store) == [("ada", "👍", posted[0])]


async def test_of_events_with_the_same_order_the_last_to_arrive_wins(store, posted):
    await record(store, a_vote("1", "e1", order=1), a_vote("1", "e2", order=1, added=False))
    assert await standing(store) == []


async def test_a_vote_added_and_removed_is_as_if_it_never_was(store, posted):
    await record(store, a_vote("1", "e1", order=1), a_vote("1", "e2", order=2, added=False))
    assert await store.feedback.current(CHANNEL) == ()
    (left,) = await store.feedback.on_messages("console", CHANNEL, ["1"])
    assert (left.added, left.order) == (False, 2)


async def test_people_and_emojis_stand_apart(store, posted):
    await record(
        store,
        a_vote("1", "e1", order=1),
        a_vote("1", "e2", order=2, person="grace"),
        a_vote("1", "e3", order=3, emoji="❤️"),
        a_vote("1", "e4", order=4, added=False),
    )
    assert await standing(store) == [("grace", "👍", posted[0]), ("ada", "❤️", posted[0])]


async def test_a_vote_on_a_header_is_foreign_and_leaves_nothing(store, posted, rows):
    assert await record(store, a_vote("0", "e1")) == (FOREIGN,)
    assert rows("SELECT count(*) FROM feedback_events") == [(0,)]


async def test_a_vote_on_a_message_of_somebody_else_is_foreign(store, posted, rows):
    assert await record(store, a_vote("99", "e1")) == (FOREIGN,)
    assert rows("SELECT count(*) FROM feedback_events") == [(0,)]


async def landing(store, digest=1):
    """A digest of one paper whose message is on its way."""
    papers = some_papers(1)
    await store.papers.add(papers, NOON)
    await store.ledger.plan(a_plan(papers))
    key = paper_key(papers[0].arxiv_id, digest)
    await store.ledger.claim(key, NOON)
    return key


async def test_a_vote_that_overtakes_its_message_counts_once_the_message_is_known(store):
    """A reader may click before the platform's answer to the post has come back."""
    key = await landing(store)
    assert await record(store, a_vote("1", "e1")) == (COUNTED,)
    assert await standing(store) == []
    await store.ledger.complete(key, a_ref("1"), NOON)
    assert await standing(store) == [("ada", "👍", key.subject)]


async def test_a_vote_that_overtook_a_header_never_counts(store):
    key = await landing(store)
    header = a_plan(some_papers(1)).intents[0].key
    await store.ledger.claim(header, NOON)
    await record(store, a_vote("0", "e1"))
    await store.ledger.complete(header, a_ref("0"), NOON)
    await store.ledger.complete(key, a_ref("1"), NOON)
    assert await standing(store) == []


async def test_a_vote_on_a_message_that_never_becomes_ours_never_counts(store):
    key = await landing(store)
    await record(store, a_vote("somebody-elses", "e1"))
    await store.ledger.complete(key, a_ref("1"), NOON)
    assert await standing(store) == []
    assert await standing(store, "another") == []


@pytest.mark.parametrize("ref", [a_ref("1", channel_id="another"), a_ref("1", platform="slack")])
async def test_a_vote_elsewhere_is_foreign_while_a_message_lands_here(store, ref):
    await landing(store)
    assert await record(store, replace(a_vote("1", "e1"), ref=ref)) == (FOREIGN,)


async def test_an_overtaking_vote_that_was_taken_back_does_not_count(store):
    key = await landing(store)
    await record(store, a_vote("1", "e1", order=1), a_vote("1", "e2", order=2, added=False))
    await store.ledger.complete(key, a_ref("1"), NOON)
    assert await standing(store) == []


async def two_messages(store, posted):
    """The first paper again, in a second message 9 of a remedial digest."""
    paper = some_papers(1)[0]
    plan = a_plan([paper], number=2, day=THURSDAY - timedelta(days=3), kind=DigestKind.REMEDIAL)
    assert await store.ledger.plan(replace(plan, candidates=()))
    await store.ledger.claim(paper_key(paper.arxiv_id, 2), NOON)
    await store.ledger.complete(paper_key(paper.arxiv_id, 2), a_ref("9"), NOON)


async def test_the_same_vote_on_two_messages_of_one_paper_counts_once(store, posted):
    await two_messages(store, posted)
    first, second = a_vote("1", "e1", order=1), a_vote("9", "e2", order=2)
    assert await record(store, second, first) == (COUNTED, COUNTED)
    (current,) = await store.feedback.current(CHANNEL)
    assert (current.arxiv_id, current.at) == (posted[0], first.at)
    await record(store, a_vote("1", "e3", order=3, added=False))
    assert await standing(store) == [("ada", "👍", posted[0])]
    await record(store, a_vote("9", "e4", order=4, added=False))
    assert await standing(store) == []


async def test_a_votes_message_may_move_and_the_vote_stays(store, posted):
    await record(store, a_vote("1", "e1"))
    await store.ledger.move_ref(paper_key(posted[0]), a_ref("77"))
    assert await standing(store) == [("ada", "👍", posted[0])]


def an_event(event_id, *, order=1.0, added=True, ref=None, arxiv_id="2505.03001"):
    return FeedbackEvent(
        event_id,
        CHANNEL,
        arxiv_id,
        "ada",
        "👍",
        added,
        NOON + timedelta(seconds=order),
        order,
        VoteSource.COMMAND,
        1,
        ref,
    )


async def test_votes_by_command_need_no_message_and_can_be_taken_back(store, posted):
    assert await store.feedback.record_events([an_event("c1"), an_event("c1")], NOON) == 1
    assert await standing(store) == [("ada", "👍", "2505.03001")]
    assert await store.feedback.record_events([an_event("c2", order=2, added=False)], NOON) == 1
    assert await standing(store) == []


async def test_a_correction_on_a_message_replaces_what_stood_there(store, posted):
    await record(store, a_vote("1", "e1", order=1))
    await store.feedback.record_events([an_event("r1", order=2, added=False, ref=a_ref("1"))], NOON)
    assert await standing(store) == []


async def test_the_newest_state_on_messages_is_given_for_those_asked(store, posted):
    await record(store, a_vote("1", "e1", order=1), a_vote("1", "e2", order=2, added=False), a_vote("2", "e3", order=3))
    found = await store.feedback.on_messages("console", CHANNEL, ["1", "2", "3"])
    assert {(vote.message, vote.person, vote.emoji, vote.added, vote.order) for vote in found} == {
        ("1", "ada", "👍", False, 2.0),
        ("2", "ada", "👍", True, 3.0),
    }
    assert await store.feedback.on_messages("console", CHANNEL, []) == ()
    assert await store.feedback.on_messages("slack", CHANNEL, ["1"]) == ()


async def test_a_batch_of_votes_is_one_transaction(store, posted, rows):
    broken = a_vote("1", "e2", person=None)
    with pytest.raises(StoreError, match="NOT NULL"):
        await record(store, a_vote("1", "e1"), broken)
    assert rows("SELECT count(*) FROM feedback_events") == [(0,)]


async def test_votes_of_one_channel_are_not_those_of_another(store, posted):
    await record(store, a_vote("1", "e1"))
    assert await store.feedback.current("another") == ()


EVENTS = st.lists(
    st.tuples(st.sampled_from("123"), st.sampled_from(["ada", "bob"]), st.sampled_from("👍👎"), st.booleans()),
    min_size=1,
    max_size=12,
)


@settings(max_examples=30)
@given(events=EVENTS, seed=st.randoms(use_true_random=False))
async def test_any_arrival_order_and_any_repetition_leave_the_same_votes(tmp_path_factory, events, seed):
    """What stands is what a plain dictionary says after replaying the events in the platform's order."""
    votes = [
        a_vote(message, f"e{order}", order=order, added=added, person=person, emoji=emoji)
        for order, (message, person, emoji, added) in enumerate(events)
    ]
    expected = {(vote.ref.message, vote.person, vote.emoji): vote.added for vote in votes}
    deliveries = [*votes, *seed.sample(votes, len(votes) // 2)]
    seed.shuffle(deliveries)
    store = Store(tmp_path_factory.mktemp("votes") / "paperlark.db")
    try:
        papers = some_papers(3)
        await store.papers.add(papers, NOON)
        plan = a_plan(papers)
        await store.ledger.plan(plan)
        for intent in plan.intents:
            await store.ledger.claim(intent.key, NOON)
            await store.ledger.complete(intent.key, a_ref(str(intent.sequence)), NOON)
        await store.feedback.record(deliveries, NOON)
        ids = {str(position): paper.arxiv_id for position, paper in enumerate(papers, start=1)}
        assert {(vote.arxiv_id, vote.person, vote.emoji) for vote in await store.feedback.current(CHANNEL)} == {
            (ids[message], person, emoji) for (message, person, emoji), added in expected.items() if added
        }
    finally:
        store.close()
