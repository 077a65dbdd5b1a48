"""What every chat platform promises, tested on each of them."""

from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest
import pytest_asyncio

from bot.errors import PlatformError
from bot.models import Finding, MessageRef, PaperCard, Post, PostKey, PostRole, Vote
from bot.platforms import PLATFORMS
from bot.rendering import card_text
from tests.fakes import START
from tests.platforms.harnesses import HARNESSES

SOON = timedelta(minutes=5)
HOSTILE = (
    "<!channel> <@U123> @everyone [red]x[/] [/] *b* _i_ `c` \x1b[31mred\x1b]0;title\x07 \u202eexe\u202c\r\n| # end"
)


def test_every_platform_of_the_registry_has_a_harness():
    assert set(HARNESSES) == set(PLATFORMS)


@pytest_asyncio.fixture(params=sorted(PLATFORMS))
async def harness(request, tmp_path):
    async with HARNESSES[request.param](tmp_path) as harness:
        assert harness.platform.name == request.param
        yield harness


def a_key(arxiv_id="2505.03801", digest=1, role=PostRole.PAPER):
    return PostKey("reading-group", digest, role, arxiv_id)


def a_paper_post(title="Global Rank and Sparsity", comment="Prunes and factorises.", why="topic 1 +2.1"):
    card = PaperCard(
        arxiv_id="2505.03801",
        position=1,
        title=title,
        url="https://arxiv.org/abs/2505.03801",
        pdf_url="https://arxiv.org/pdf/2505.03801",
        authors="C. Zhou",
        categories="cs.LG",
        verdict="relevance 10 · novelty 8",
        comment=comment,
        why=why,
        marks=("late",),
    )
    return Post(PostRole.PAPER, card_text(card), title=title, card=card, votable=True)


A_HEADER = Post(PostRole.HEADER, "Papers of today · 1 scanned", "Papers of today", ("1 scanned", "quiet"))


async def posted(harness, post=None, key=None, thread=None):
    return await harness.platform.post(harness.channel_id, post or a_paper_post(), key or a_key(), thread)


async def found(harness, key=None, since=START - SOON, thread=None):
    return await harness.platform.find(harness.channel_id, key or a_key(), since, thread)


async def recent(harness, since=START - SOON):
    return await harness.platform.recent(harness.channel_id, since)


async def test_a_post_shows_what_a_reader_needs(harness):
    await posted(harness)
    sent = harness.sent()
    for part in ("Global Rank and Sparsity", "C. Zhou", "cs.LG", "relevance 10", "Prunes", "topic 1 +2.1", "late"):
        assert part in sent
    assert "https://arxiv.org/abs/2505.03801" in sent


async def test_a_header_shows_its_title_and_every_line(harness):
    ref = await posted(harness, A_HEADER, a_key("", role=PostRole.HEADER))
    assert all(part in harness.sent() for part in ("Papers of today", "1 scanned", "quiet"))
    assert (ref.platform, ref.channel_id) == (harness.platform.name, harness.channel_id)


async def test_a_post_is_found_by_its_key_and_by_no_other(harness):
    ref = await posted(harness)
    assert await found(harness) == (ref,)
    assert await found(harness, a_key("2505.03802")) == ()
    assert await found(harness, a_key(digest=2)) == ()
    assert await found(harness, a_key(role=PostRole.NOTE)) == ()


async def test_a_post_is_not_found_elsewhere_or_before_its_time(harness):
    await posted(harness)
    with suppress(PlatformError):  # nobody can look into a channel that is not there
        assert await harness.platform.find("another-place", a_key(), START - SOON) == ()
    assert await found(harness, since=START + SOON) == ()


async def test_a_repeated_post_is_found_twice_oldest_first(harness):
    first = await posted(harness)
    harness.clock.advance(1)
    second = await posted(harness)
    assert first != second
    assert await found(harness) == (first, second)


async def test_a_post_in_a_thread_is_found_there(harness):
    header = await posted(harness, A_HEADER, a_key("", role=PostRole.HEADER))
    other = await posted(harness, A_HEADER, a_key("", digest=2, role=PostRole.HEADER))
    ref = await posted(harness, thread=header)
    assert await found(harness, thread=header) == (ref,)
    assert await found(harness, thread=other) == ()
    assert await found(harness) == (), "without a thread only the channel itself is looked at"


async def test_recent_lists_own_messages_with_keys_threads_included(harness):
    header = await posted(harness, A_HEADER, a_key("", role=PostRole.HEADER))
    inside = await posted(harness, thread=header)
    messages = await recent(harness)
    assert [(message.ref, message.key) for message in messages] == [
        (header, str(a_key("", role=PostRole.HEADER))),
        (inside, str(a_key())),
    ]
    assert all(message.posted_at.utcoffset() == timedelta(0) for message in messages)
    assert all(not message.reactions for message in messages)
    assert await recent(harness, START + SOON) == ()


async def test_an_edited_message_shows_the_new_text_and_stays_what_it_was(harness):
    ref = await posted(harness)
    await harness.platform.edit(ref, a_paper_post("A corrected title"), a_key())
    assert "A corrected title" in harness.sent()
    assert await found(harness) == (ref,)


async def test_editing_what_is_not_there_is_an_error(harness):
    ref = await posted(harness)
    await harness.platform.delete(ref)
    with pytest.raises(PlatformError):
        await harness.platform.edit(ref, a_paper_post(), a_key())


async def test_a_deleted_message_is_gone_and_deleting_it_again_is_no_error(harness):
    ref = await posted(harness)
    await harness.platform.delete(ref)
    await harness.platform.delete(ref)
    assert await found(harness) == ()
    assert await recent(harness) == ()


@pytest.mark.parametrize("emoji", ["👍", "👎", "❤️"])
async def test_a_vote_and_its_removal_reach_the_inbox(harness, emoji):
    ref = await posted(harness)
    await harness.vote(ref, emoji, added=True)
    assert [dict(message.reactions) for message in await recent(harness)] == [{emoji: (harness.inbox.votes[0].person,)}]
    await harness.vote(ref, emoji, added=False)
    assert [dict(message.reactions) for message in await recent(harness)] == [{}]
    assert [(vote.ref, vote.emoji, vote.added) for vote in harness.inbox.votes] == [
        (ref, emoji, True),
        (ref, emoji, False),
    ]


async def test_votes_can_be_told_apart_and_ordered(harness):
    refs = [await posted(harness), await posted(harness, key=a_key("2505.03802"))]
    for ref in refs:
        await harness.vote(ref, "👍", added=True)
        await harness.vote(ref, "👍", added=False)
    votes: list[Vote] = harness.inbox.votes
    assert len({vote.event_id for vote in votes}) == len(votes) == 4
    assert all(earlier.order < later.order for earlier, later in pairwise(votes))
    assert all(vote.at.utcoffset() == timedelta(0) and vote.person for vote in votes)


async def test_hostile_text_is_shown_and_does_nothing(harness):
    key = a_key("hostile")
    ref = await posted(harness, a_paper_post(HOSTILE, HOSTILE, HOSTILE), key)
    await posted(harness, Post(PostRole.NOTE, HOSTILE, HOSTILE, (HOSTILE,)), a_key("note", role=PostRole.NOTE))
    await harness.platform.notify(harness.channel_id, HOSTILE)
    sent = harness.sent()
    assert [danger for danger in harness.dangers if danger in sent] == []
    assert "end" in sent
    assert await found(harness, key) == (ref,)


async def test_over_long_text_is_posted_all_the_same(harness):
    post = a_paper_post("title " * 400, "comment " * 1000, "why " * 1000)
    ref = await posted(harness, post)
    note = Post(PostRole.NOTE, "t" * 5000, "t" * 5000, tuple("line " * 200 for _ in range(100)))
    await posted(harness, note, a_key("note", role=PostRole.NOTE))
    assert await found(harness) == (ref,)
    assert "title title title" in harness.sent()


async def test_a_file_can_be_sent(harness):
    await harness.platform.upload(harness.channel_id, "plot.png", b"\x89PNG")
    assert "plot.png" in harness.sent()


async def test_the_doctor_gets_findings_and_the_status_tells_of_a_connection(harness):
    assert all(isinstance(finding, Finding) for finding in await harness.platform.check())
    assert harness.platform.status().connected


async def test_connecting_is_told_to_the_inbox(harness):
    assert harness.inbox.reconnections == [harness.platform.name]


async def test_a_foreign_message_can_be_deleted_without_error(harness):
    await harness.platform.delete(MessageRef(harness.platform.name, harness.channel_id, "999"))
