"""Forgetting: nothing of a person is left, nothing comes back, and the others lose nothing."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from bot.models import FeedbackEvent, Holdings, Pause, StandingRule, VoteOutcome, VoteSource
from bot.store import Store
from tests.builders import CHANNEL, NOON, a_vote

PERSON = "U0PLANTED7QX"


def by_command(person=PERSON, arxiv_id="2505.03001", emoji="🔖", channel=CHANNEL, at=NOON):
    return FeedbackEvent(
        event_id=f"command:{channel}:{person}:{arxiv_id}:{emoji}:True:{at.timestamp()}",
        channel=channel,
        arxiv_id=arxiv_id,
        person=person,
        emoji=emoji,
        added=True,
        at=at,
        order=at.timestamp(),
        source=VoteSource.COMMAND,
    )


@pytest.fixture
async def known(store, posted):
    """A person who voted by reaction and command, ordered a mute and a pause, and another one who voted as well."""
    await store.feedback.record(
        [
            a_vote("1", "e1", person=PERSON),
            a_vote("2", "e2", person=PERSON),
            a_vote("2", "e3", person=PERSON, order=2.0, added=False),
            a_vote("1", "e4", person="bob"),
        ],
        NOON,
    )
    await store.feedback.record_events([by_command(), by_command(channel="other", emoji="👍")], NOON)
    await store.rules.add(CHANNEL, StandingRule("mute author", "Ada Lovelace", PERSON, NOON))
    await store.rules.add(CHANNEL, StandingRule("mute author", "Bob", "bob", NOON))
    await store.channels.set_pause(CHANNEL, Pause(NOON, None, PERSON))
    for channel in (CHANNEL, "other", "third"):
        await store.weights.add(channel, NOON, {"basis": "x"}, b"learned from everybody")


def bytes_on_disk(path):
    return b"".join(one.read_bytes() for one in path.parent.iterdir() if one.is_file())


async def test_what_is_held_of_a_person_is_counted(store, known):
    assert await store.privacy.holdings(PERSON) == Holdings(3, 1, 5, 1, ("other", CHANNEL))
    assert await store.privacy.holdings("nobody") == Holdings()
    assert Holdings().is_empty


async def test_nothing_of_a_forgotten_person_is_in_any_table(store, known, rows):
    held = await store.privacy.forget(PERSON, NOON)
    assert held.events == 5
    for (table,) in rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
        for row in rows(f'SELECT * FROM "{table}"'):
            assert PERSON not in str(row), table
    assert [vote.person for vote in await store.feedback.current(CHANNEL)] == ["bob"]
    assert [rule.person for rule in await store.rules.all(CHANNEL)] == ["bob"]
    pause = await store.channels.pause(CHANNEL)
    assert pause is not None, "a pause is the channel's, whoever ordered it"
    assert pause.person == ""


async def test_the_bytes_are_gone_from_the_file_once_it_is_rebuilt(store, known, path):
    assert PERSON.encode() in bytes_on_disk(path)
    await store.privacy.forget(PERSON, NOON)
    assert await store.privacy.rebuild_owed()
    assert await store.privacy.rebuild()
    assert not await store.privacy.rebuild_owed()
    assert PERSON.encode() not in bytes_on_disk(path)
    assert b"learned from everybody" in bytes_on_disk(path), "the channel they never voted in keeps what it learned"


async def test_what_was_learned_goes_where_they_voted_and_nowhere_else(store, known):
    await store.privacy.forget(PERSON, NOON)
    assert await store.weights.newest(CHANNEL) is None
    assert await store.weights.newest("other") is None
    assert await store.weights.newest("third") is not None


async def test_a_model_learned_before_somebody_was_forgotten_is_not_stored_after_it(store, known):
    before = await store.privacy.forgettings()
    await store.privacy.forget(PERSON, NOON)
    assert await store.weights.add(CHANNEL, NOON, {}, b"stale", before) is None
    assert await store.weights.newest(CHANNEL) is None
    assert await store.weights.add(CHANNEL, NOON, {}, b"fresh", await store.privacy.forgettings()) == 1


async def test_whoever_opted_out_is_not_stored_again_by_any_way(store, known, rows):
    await store.privacy.forget(PERSON, NOON)
    votes = [a_vote("1", "e9", person=PERSON), a_vote("1", "e10", person="cem")]
    assert await store.feedback.record(votes, NOON) == (VoteOutcome.OPTED_OUT, VoteOutcome.COUNTED)
    assert await store.feedback.record_events([by_command(), by_command("cem")], NOON) == 1
    await store.rules.add(CHANNEL, StandingRule("mute author", "Eve", PERSON, NOON))
    await store.channels.set_pause(CHANNEL, Pause(NOON, None, PERSON))
    assert await store.privacy.holdings(PERSON) == Holdings()
    assert "Eve" in [rule.text for rule in await store.rules.all(CHANNEL)], "an order is for everybody: it stands"


async def test_an_opt_out_is_seen_at_once_by_another_process(store, known, path):
    other = Store(path)
    try:
        await other.privacy.forget(PERSON, NOON)
    finally:
        other.close()
    assert await store.feedback.record([a_vote("3", "e9", person=PERSON)], NOON) == (VoteOutcome.OPTED_OUT,)
    assert await store.privacy.opted_out([PERSON, "bob"]) == {PERSON}


async def test_remembering_lets_votes_count_again(store, known):
    await store.privacy.forget(PERSON, NOON)
    assert await store.privacy.remember(PERSON)
    assert not await store.privacy.remember(PERSON)
    assert await store.feedback.record([a_vote("1", "e9", person=PERSON)], NOON) == (VoteOutcome.COUNTED,)


async def test_forgetting_twice_changes_nothing(store, known):
    await store.privacy.forget(PERSON, NOON)
    await store.privacy.rebuild()
    count = await store.privacy.forgettings()
    assert await store.privacy.forget(PERSON, NOON) == Holdings()
    assert await store.privacy.forgettings() == count
    assert not await store.privacy.rebuild_owed()


async def test_a_stranger_can_opt_out_before_anything_is_stored(store, posted):
    await store.privacy.forget("U0STRANGER", NOON)
    assert await store.feedback.record([a_vote("1", "e9", person="U0STRANGER")], NOON) == (VoteOutcome.OPTED_OUT,)


async def test_marks_differ_between_databases_and_hold_no_id(store, known, rows, tmp_path):
    other = Store(tmp_path / "other" / "paperlark.db")
    try:
        await other.privacy.forget(PERSON, NOON)
    finally:
        other.close()
    await store.privacy.forget(PERSON, NOON)
    ((mark,),) = rows("SELECT mark FROM opt_outs")
    with sqlite3.connect(tmp_path / "other" / "paperlark.db") as connection:
        ((others,),) = connection.execute("SELECT mark FROM opt_outs").fetchall()
    assert mark != others
    assert len(mark) == 64


async def forget_wholly(store):
    await store.privacy.forget(PERSON, NOON)
    await store.privacy.rebuild()


async def test_a_kill_at_any_moment_leaves_a_person_wholly_there_or_wholly_gone(path, store, known):
    class Killed(BaseException):
        pass

    def dies_at(moment):
        def tap(when, write):
            if (when, write) == moment:
                raise Killed

        return tap

    for moment in (("before", "privacy.forget"), ("after", "privacy.forget"), ("before", "database.rebuild")):
        dying = Store(path, tap=dies_at(moment))
        try:
            held = await dying.privacy.holdings(PERSON)
            with pytest.raises(Killed):
                await forget_wholly(dying)
        finally:
            dying.close()
        if moment[0] == "before" and held.events:
            assert await store.privacy.holdings(PERSON) == held
        else:
            assert await store.privacy.holdings(PERSON) == Holdings()
            assert await store.privacy.rebuild_owed(), "what a kill left undone is known"
    assert await store.privacy.rebuild()
    assert PERSON.encode() not in bytes_on_disk(path)


async def test_a_reader_in_another_process_puts_the_rebuild_off(store, known, path):
    await store.privacy.forget(PERSON, NOON)
    reader = sqlite3.connect(path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM papers").fetchall()
    assert not await store.privacy.rebuild()
    assert await store.privacy.rebuild_owed()
    reader.close()
    assert await store.privacy.rebuild()


async def test_old_votes_expire_but_for_saved_papers_and_the_ledger(store, known, rows):
    posts, impressions = rows("SELECT count(*) FROM posts"), rows("SELECT count(*) FROM impressions")
    late = NOON + timedelta(days=100)
    await store.feedback.record([a_vote("3", "late", person=PERSON)], late)
    await store.feedback.record([a_vote("2", "late too", person=PERSON, order=3.0)], late)
    assert await store.privacy.expire(NOON + timedelta(days=1)) > 0
    votes = await store.feedback.of_person(PERSON)
    assert sorted((vote.arxiv_id, vote.emoji) for vote in votes) == [
        ("2505.03001", "🔖"),
        ("2505.03002", "👍"),
        ("2505.03003", "👍"),
    ]
    assert [rule.person for rule in await store.rules.all(CHANNEL)] == ["", ""]
    assert rows("SELECT count(*) FROM posts") == posts
    assert rows("SELECT count(*) FROM impressions") == impressions
    assert await store.privacy.expire(NOON + timedelta(days=1)) == 0


async def test_a_saved_paper_taken_off_the_list_expires_like_any_vote(store, posted):
    from dataclasses import replace

    saved = by_command()
    gone = replace(saved, event_id="gone", added=False, order=saved.order + 1)
    await store.feedback.record_events([saved, gone], NOON)
    await store.privacy.expire(NOON + timedelta(days=1))
    assert await store.privacy.holdings(PERSON) == Holdings()


async def test_what_expired_is_overwritten_in_the_file(store, posted, path):
    await store.feedback.record([a_vote("1", "e1", person=PERSON)], NOON)
    await store.privacy.expire(NOON + timedelta(days=1))
    assert await store.privacy.rebuild()
    assert PERSON.encode() not in bytes_on_disk(path)
