"""A database put back from a copy: what the chat shows since is taken up, and nothing is posted twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.errors import PlatformError, SourceUnavailable
from bot.models import DigestKind, PostRole
from bot.settings import CatchUp, ChannelSettings
from bot.store import Store
from bot.store.backups.making import back_up
from bot.store.backups.restoring import restore_database
from handlers.morning import post_by_hand
from handlers.morning.delivery import DeliveryPaused
from handlers.recovery import recover_channel
from handlers.topics_file import take_up_topics
from tests.builders import CHANNEL
from tests.fakes import Fault
from tests.handlers.conftest import World, at

MON, TUE, WED, THU = (date(2025, 5, 5) + timedelta(days=n) for n in range(4))


@pytest.fixture
def copied(tmp_path):
    """A world, and how to copy and restore its database: `copy()`, `restore()`."""
    world = World(tmp_path / "data")
    database = tmp_path / "data" / "paperlark.db"

    def copy():
        back_up(database, tmp_path / "copy.db", made_at=world.clock.now())

    def restore():
        world.store.close()
        restore_database(tmp_path / "copy.db", database)
        world.store = Store(database)
        world.env = replace(world.env, store=world.store)

    yield world, copy, restore
    world.store.close()


def said(world):
    return [(str(one.key), one.post.text) for one in world.platform.messages]


async def a_day_later(world, copy):
    """Monday is posted and copied, Tuesday is posted; the chat as it is then."""
    world.announce(MON, 2)
    await world.morning(MON)
    world.go_to(at(MON, 12))
    copy()
    world.announce(TUE, 9)
    await world.morning(TUE)
    world.go_to(at(TUE, 12))
    return said(world)


async def start(world, day):
    """What a start does: settle what is open, then the morning that was due."""
    await take_up_topics(world.env, CHANNEL)
    await recover_channel(world.env, CHANNEL)
    await world.morning(day)


async def test_after_a_restore_from_a_copy_a_day_old_nothing_is_posted_twice(copied):
    world, copy, restore = copied
    before = await a_day_later(world, copy)
    restore()
    await start(world, TUE)
    await start(world, TUE)
    assert said(world) == before


async def test_the_next_morning_posts_its_own_papers_only(copied):
    """What was considered on Tuesday and left out does not come back as a late paper."""
    world, copy, restore = copied
    world.channel(papers=2, more=1)
    await a_day_later(world, copy)
    restore()
    await start(world, TUE)
    wednesday = world.announce(WED, 2)
    await world.morning(WED)
    assert world.papers(3) == [paper.arxiv_id for paper in wednesday]
    assert "late" not in world.header(3)
    assert "also from" not in world.header(3)


async def test_the_digests_taken_up_have_their_days_numbers_and_messages(copied):
    world, copy, restore = copied
    await a_day_later(world, copy)
    restore()
    await recover_channel(world.env, CHANNEL)
    newest = (await world.store.ledger.digests(CHANNEL))[0]
    assert (newest.number, newest.kind, newest.days) == (2, DigestKind.MORNING, (TUE,))
    assert newest.planned_at == at(TUE)
    intents = await world.store.ledger.intents(CHANNEL, 2)
    assert {intent.ref.message for intent in intents} == {one.ref.message for one in world.posts(digest=2)}
    assert await world.store.ledger.unfinished(CHANNEL) == ()


async def test_votes_on_messages_that_the_copy_does_not_know_count_again(copied):
    world, copy, restore = copied
    await a_day_later(world, copy)
    world.posts(PostRole.PAPER, 2)[0].votes.append(("ada", "👍"))
    restore()
    await recover_channel(world.env, CHANNEL)
    (vote,) = await world.store.feedback.current(CHANNEL)
    assert vote.arxiv_id == world.papers(2)[0]


async def test_messages_that_the_copy_holds_as_planned_or_in_doubt_are_found_and_not_sent_again(copied):
    """The copy was made in the middle of a digest."""
    world, copy, restore = copied
    world.announce(MON, 3)
    post = world.platform.post

    async def copying(channel_id, one, key, thread=None):
        if key.subject.endswith("002"):
            copy()
        return await post(channel_id, one, key, thread)

    world.platform.post = copying
    await world.morning(MON)
    world.platform.post = post
    before = said(world)
    world.go_to(at(MON, 12))
    restore()
    assert len(await world.store.ledger.open_intents(CHANNEL)) == 2
    await start(world, MON)
    assert said(world) == before
    assert await world.store.ledger.open_intents(CHANNEL) == ()


async def test_several_days_in_one_digest_are_all_taken_up(copied):
    world, copy, restore = copied
    world.announce(MON, 1)
    await world.morning(MON)
    copy()
    world.announce(TUE, 2)
    world.announce(WED, 2)
    await world.morning(WED)
    before = said(world)
    restore()
    await start(world, WED)
    assert said(world) == before
    assert (await world.store.ledger.digests(CHANNEL))[0].days == (TUE, WED)


async def test_a_day_posted_singly_does_not_swallow_the_one_after_it(copied):
    world, copy, restore = copied
    world.want(catch_up=CatchUp.SINGLY)
    world.announce(MON, 1)
    await world.morning(MON)
    copy()
    world.announce(TUE, 1)
    await world.morning(TUE)
    wednesday = world.announce(WED, 2)
    restore()
    await world.morning(WED)
    assert world.papers(3) == [paper.arxiv_id for paper in wednesday]
    assert len(world.papers(2)) == 1


async def test_a_morning_that_could_only_say_why_leaves_its_listing_to_be_posted(copied):
    world, copy, restore = copied
    world.announce(MON, 1)
    await world.morning(MON)
    copy()
    world.source.down = SourceUnavailable("503")
    await world.morning(TUE)
    assert "could not be reached" in world.header(2)
    world.source.down = None
    tuesday = world.announce(TUE, 2)
    restore()
    world.go_to(at(TUE, 12))
    await world.morning(TUE)
    assert world.papers(3) == [paper.arxiv_id for paper in tuesday]


async def test_a_quiet_morning_is_not_repeated(copied):
    world, copy, restore = copied
    world.announce(MON, 1)
    await world.morning(MON)
    copy()
    world.scorer.default = 1
    world.announce(TUE, 2)
    await world.morning(TUE)
    before = said(world)
    restore()
    world.go_to(at(TUE, 12))
    await start(world, TUE)
    assert said(world) == before


async def test_the_change_of_topics_is_not_told_twice(copied):
    world, copy, restore = copied
    await a_day_later(world, copy)
    world.env = replace(world.env, topics_texts={CHANNEL: "1. Pruning"})
    await take_up_topics(world.env, CHANNEL)
    assert len(world.posts(PostRole.NOTICE)) == 1
    restore()
    await start(world, TUE)
    assert len(world.posts(PostRole.NOTICE)) == 1


async def test_a_header_without_text_is_taken_for_the_listing_of_its_day(copied):
    """Not every chat gives the text back, and people delete messages."""
    world, copy, restore = copied
    await a_day_later(world, copy)
    (header,) = world.posts(PostRole.HEADER, 2)
    await world.platform.delete(header.ref)
    before = said(world)
    restore()
    await start(world, TUE)
    assert said(world) == before


@pytest.mark.parametrize("trouble", ["chat", "source"])
async def test_nothing_is_posted_while_chat_or_source_cannot_be_looked_at(copied, trouble):
    world, copy, restore = copied
    before = await a_day_later(world, copy)
    restore()
    world.platform.blind = PlatformError("no network") if trouble == "chat" else None
    world.source.down = world.source.past_down = SourceUnavailable("503") if trouble == "source" else None
    for attempt in (start(world, TUE), world.morning(TUE), post_by_hand(world.env, CHANNEL, None)):
        with pytest.raises(DeliveryPaused, match="may know nothing after 2025-05-05 12:00"):
            await attempt
    world.platform.blind = world.source.down = world.source.past_down = None
    await start(world, TUE)
    assert said(world) == before


async def test_one_channel_that_waits_for_its_chat_holds_up_no_other(copied):
    world, copy, restore = copied
    world.want({
        CHANNEL: ChannelSettings(categories=("cs.CL",), id=CHANNEL),
        "other": ChannelSettings(categories=("cs.CL",), id="other"),
    })  # fmt: skip
    world.announce(MON, 1)
    await world.morning(MON)
    await world.morning(MON, key="other")
    copy()
    world.announce(TUE, 1)
    await world.morning(TUE)
    restore()
    await recover_channel(world.env, CHANNEL)
    assert await world.store.restored.behind_since(CHANNEL) is None
    assert await world.store.restored.behind_since("other") == at(MON)
    await world.morning(TUE, key="other")
    assert (len(world.papers(key="other")), len(world.papers())) == (2, 2)


async def test_a_database_that_never_was_a_copy_is_not_looked_into(copied):
    world, _, _ = copied
    world.announce(MON, 1)
    world.platform.blind = PlatformError("nobody asked")
    await world.morning(MON)
    assert len(world.papers()) == 1


async def test_restoring_twice_takes_up_what_came_between(copied):
    world, copy, restore = copied
    await a_day_later(world, copy)
    restore()
    await start(world, TUE)
    world.announce(WED, 2)
    await world.morning(WED)
    before = said(world)
    restore()
    await start(world, WED)
    assert said(world) == before
    assert [one.days for one in await world.store.ledger.digests(CHANNEL)] == [(WED,), (TUE,), (MON,)]


async def test_a_duplicate_in_the_chat_is_healed_after_the_restore(copied):
    world, copy, restore = copied
    await a_day_later(world, copy)
    world.announce(WED, 1)
    world.platform.faults[f"{CHANNEL}/3/paper/2505.07001"] = [Fault.LATE]
    world.platform.late_s = 200.0
    await world.morning(WED)
    world.clock.advance(600)
    restore()
    await start(world, WED)
    assert len(world.papers(3)) == 1
