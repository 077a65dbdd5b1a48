"""Who may share and vote, and how much of the bot one person may take."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.errors import PlatformError
from bot.models import PostRole
from bot.ports import KnowsMembers
from handlers.limits import Limits
from tests.builders import CHANNEL
from tests.fakes import FakePlatform
from tests.handlers.asking import CACHE, MAMBA, PRUNING, fill, request, say


class ChatWithMembers(FakePlatform):
    """A chat where `members` see the channel and `writers` may write there."""

    members: frozenset[str] = frozenset({"ada", "bob"})
    writers: frozenset[str] = frozenset({"ada"})
    is_down = False

    async def may_see(self, channel_id: str, person: str) -> bool:
        if self.is_down:
            raise PlatformError("no answer")
        return person in self.members

    async def may_write(self, channel_id: str, person: str) -> bool:
        if self.is_down:
            raise PlatformError("no answer")
        return person in self.writers

    async def called(self, channel_id: str, person: str) -> str:
        return f"{person.title()} <!channel>\n"


@pytest.fixture
async def chat(world):
    """A world whose platform knows its members."""
    platform = ChatWithMembers(world.clock, world.platform.name)
    world.platform = platform
    world.env = replace(world.env, platforms={platform.name: platform})
    assert isinstance(platform, KnowsMembers)
    await fill(world)
    return world


@pytest.mark.parametrize("person", ["bob", "stranger"])
async def test_nobody_makes_the_bot_write_where_they_may_not(chat, person):
    for channel_id in ("terminal", "a direct message"):
        (reply,) = await say(chat, f"share {CACHE.arxiv_id}", person=person, channel_id=channel_id)
        assert "You may not write" in reply.title
    assert chat.posts(PostRole.PAPER) == []


async def test_a_shared_paper_says_by_whom_on_one_line(chat):
    await say(chat, f"share {CACHE.arxiv_id}")
    (post,) = chat.posts(PostRole.PAPER)
    assert post.post.card.comment == "shared by Ada <!channel>"


async def test_a_day_has_only_so_many_shared_papers_of_one_person(chat):
    said = [await say(chat, f"share {CACHE.arxiv_id}") for _ in range(7)]
    assert len(said[4]) == 1
    assert "a lot" in said[5][0].title
    assert said[6] == [], "told once"
    chat.clock.advance(86_400)
    assert "already" in (await say(chat, f"share {CACHE.arxiv_id}"))[0].title


@pytest.mark.parametrize("vote", ["like", "dislike", "save"])
async def test_a_vote_from_outside_the_channel_is_answered_with_the_reason(chat, vote):
    (reply,) = await say(chat, f"{vote} {CACHE.arxiv_id}", person="stranger", channel_id="a direct message")
    assert "You are not in" in reply.title
    assert await chat.store.feedback.current(CHANNEL) == ()
    (reply,) = await say(chat, f"{vote} {CACHE.arxiv_id}", person="bob", channel_id="a direct message")
    assert "You are not in" not in reply.title
    assert len(await chat.store.feedback.current(CHANNEL)) == 1


async def test_where_the_chat_cannot_be_asked_nothing_is_done_for_anybody(chat):
    chat.platform.is_down = True
    for line in (f"share {CACHE.arxiv_id}", f"like {CACHE.arxiv_id}"):
        (reply,) = await say(chat, line, channel_id="a direct message")
        assert "could not find out" in reply.title
    assert chat.posts(PostRole.PAPER) == []
    assert await chat.store.feedback.current(CHANNEL) == ()


async def test_questions_are_bounded_by_the_minute_and_told_of_once(chat):
    said = [await say(chat, "cache compression") for _ in range(12)]
    assert all(len(replies) >= 1 for replies in said[:10])
    assert "a lot" in said[10][0].title
    assert said[11] == []
    assert len(await say(chat, "cache compression", person="bob")) >= 1, "others are asked nothing of"
    chat.clock.advance(60)
    assert "a lot" not in (await say(chat, "cache compression"))[0].title


async def test_one_question_of_a_person_is_answered_at_a_time(chat):
    found = await asyncio.gather(*(say(chat, "cache compression") for _ in range(5)))
    titles = [reply.title for replies in found for reply in replies]
    assert titles.count("I am still at your last question.") == 1
    assert len(await say(chat, "cache compression")) >= 1


async def test_votes_by_command_are_bounded(chat):
    papers = (CACHE, MAMBA, PRUNING)
    said = [await request(chat, "like", arxiv_id=papers[n % 3].arxiv_id) for n in range(32)]
    assert "Liked" in said[29][0].title
    assert "a lot" in said[30][0].title
    assert said[31] == []


async def test_zero_is_no_limit_and_a_terminal_has_none(world):
    await fill(world)
    for _ in range(35):
        assert await say(world, f"like {CACHE.arxiv_id}")
        assert await say(world, "cache compression")


def test_only_so_many_people_are_remembered():
    limits = Limits()
    for n in range(6_000):
        assert limits.allows(f"p{n}", "votes", float(n), (1, 60.0))
    assert len(limits._done) <= 5_000
    assert limits.allows("p5999", "votes", 5_999.0, (0, 60.0)), "0 is none"
    assert not limits.allows("p5999", "votes", 5_999.0, (1, 60.0))
