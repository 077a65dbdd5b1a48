"""Forget me, remember me: what a reader is told, and what becomes of what they did."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest

from bot.models import Holdings, PostRole, VoteOutcome, VoteSource
from bot.settings import PrivacySettings
from handlers.commands import privacy
from handlers.learning import refit
from handlers.reaction import VoteQueue
from handlers.recovery import reconcile
from tests.builders import CHANNEL
from tests.handlers.asking import request, say

MONDAY = date(2025, 5, 5)


@pytest.fixture
async def posted(world):
    """Three papers were posted, two people voted on them, and the channel learned from it."""
    world.announce(MONDAY, 3)
    await world.morning(MONDAY)
    queue = VoteQueue(world.env)
    await queue.record(world.vote("2505.05001", "e1", person="ada"))
    await queue.record(world.vote("2505.05002", "e2", person="bob"))
    await say(world, "save 2505.05003")
    await refit(world.env, CHANNEL)
    return world


async def test_a_reader_is_asked_first_and_told_what_is_stored(posted):
    (reply,) = await say(posted, "forget me")
    assert reply.title == "Shall I forget you?"
    assert reply.lines[0] == "Stored of you: 2 votes (1 on the list of saved papers)."
    assert [(one.name, one.argument) for one in reply.buttons] == [("forget", "me now")]
    assert (await posted.store.privacy.holdings("ada")).votes == 2, "asking deletes nothing"


@pytest.mark.parametrize("way", ["button", "words"])
async def test_a_reader_is_forgotten_and_the_channel_learns_from_the_others_again(posted, way):
    (reply,) = await (request(posted, "forget", "me now") if way == "button" else say(posted, "Forget me NOW"))
    assert reply.title == "You are forgotten."
    assert reply.lines[0] == "Deleted: 2 votes, 1 of them saved papers. Nothing new is stored."
    assert await posted.store.privacy.holdings("ada") == Holdings()
    newest = await posted.store.weights.newest(CHANNEL)
    assert newest is not None
    assert newest.metrics["votes"] == 1
    assert len(await posted.store.weights.history(CHANNEL)) == 1, "no version taught by them is left"
    assert not await posted.store.privacy.rebuild_owed()
    (reply,) = await say(posted, "forget me")
    assert reply.title == "I have forgotten you already."


async def test_a_question_that_begins_with_forget_is_a_question(world):
    (reply, *_) = await say(world, "forget gates in recurrent networks")
    assert "forg" not in reply.title.lower() or "gates" in reply.title


@pytest.mark.parametrize("line", ["like 2505.05001", "dislike 2505.05001", "save 2505.05001", "saved"])
async def test_whoever_is_forgotten_is_told_so_by_every_command_that_would_store(posted, line):
    await say(posted, "forget me now")
    (reply,) = await say(posted, line)
    assert "forget" in reply.title
    assert "remember me" in reply.title
    assert await posted.store.privacy.holdings("ada") == Holdings()


async def test_whoever_is_forgotten_may_still_ask_anything(posted):
    await say(posted, "forget me now")
    (reply,) = await say(posted, "abstract 2505.05001")
    assert "2505.05001" in reply.title
    replies = await say(posted, "quantized matters")
    assert replies[0].cards
    assert await posted.store.privacy.holdings("ada") == Holdings()


async def test_a_pressed_button_of_somebody_forgotten_is_not_counted(posted):
    await say(posted, "forget me now")
    vote = dataclasses.replace(posted.vote("2505.05002", "press", person="ada"), source=VoteSource.BUTTON)
    assert await VoteQueue(posted.env).press(vote) is VoteOutcome.OPTED_OUT
    assert await posted.store.privacy.holdings("ada") == Holdings()


async def test_reactions_of_somebody_forgotten_are_no_difference_to_reconcile(posted):
    papers = posted.posts(PostRole.PAPER)
    papers[0].votes += [("ada", "👍")]
    papers[1].votes += [("bob", "👍"), ("ada", "👎")]
    await say(posted, "forget me now")
    posted.clock.advance(60)
    assert await reconcile(posted.env, CHANNEL) == 0
    assert await posted.store.privacy.holdings("ada") == Holdings()


async def test_remembering_brings_back_the_reactions_that_still_stand(posted):
    papers = posted.posts(PostRole.PAPER)
    papers[0].votes += [("ada", "👍")]
    papers[1].votes += [("bob", "👍")]
    await say(posted, "forget me now")
    (reply,) = await say(posted, "remember me")
    assert reply.title == "Welcome back: your votes count again."
    posted.clock.advance(60)
    assert await reconcile(posted.env, CHANNEL) == 1
    assert (await posted.store.privacy.holdings("ada")).votes == 1
    (reply,) = await say(posted, "remember me")
    assert reply.title == "I never stopped counting you."


async def test_a_refit_under_way_while_somebody_is_forgotten_is_made_again(posted, monkeypatch):
    """What was read before the deletion is not stored after it."""
    await VoteQueue(posted.env).record(posted.vote("2505.05003", "e9", person="bob"))
    add, done = posted.store.weights.add, []

    async def forgotten_meanwhile(*arguments):
        if not done:
            done.append(await posted.store.privacy.forget("ada", posted.clock.now()))
        return await add(*arguments)

    monkeypatch.setattr(posted.store.weights, "add", forgotten_meanwhile)
    await refit(posted.env, CHANNEL)
    (weights,) = await posted.store.weights.history(CHANNEL)
    assert weights.metrics["votes"] == 2, "only bob's"


async def test_old_votes_are_deleted_only_if_the_settings_want_it(posted):
    posted.clock.advance(timedelta(days=400).total_seconds())
    await privacy.tidy(posted.env)
    assert (await posted.store.privacy.holdings("bob")).votes == 1
    posted.want(privacy=PrivacySettings(keep_days=365))
    await privacy.tidy(posted.env)
    assert (await posted.store.privacy.holdings("bob")).votes == 0
    assert (await posted.store.privacy.holdings("ada")) == Holdings(1, 1, 1, 0, (CHANNEL,)), "the saved paper stays"


async def test_what_a_kill_left_in_the_file_is_removed_by_the_next_tidying(posted):
    await posted.store.privacy.forget("ada", posted.clock.now())
    assert await posted.store.privacy.rebuild_owed()
    await privacy.tidy(posted.env)
    assert not await posted.store.privacy.rebuild_owed()


async def test_whoever_shares_no_channel_is_shown_none_and_can_be_forgotten_all_the_same(posted):
    (reply,) = await request(posted, "papers", "topics", channel_id="elsewhere", beside=())
    assert reply.title == "I bring no papers here yet, so I have nothing to answer from."
    (reply,) = await request(posted, "papers", "forget me", channel_id="elsewhere", beside=())
    assert reply.title == "Shall I forget you?"
    (reply,) = await request(posted, "papers", "help", channel_id="elsewhere", beside=())
    assert "How this works" in reply.title
