"""Commands about one paper, and the list of what was saved."""

from datetime import date

import pytest

from bot.errors import SourceUnavailable
from bot.models import PostRole, Request
from handlers.commands import is_vote
from handlers.recovery import recover_channel
from tests.builders import CHANNEL, a_paper
from tests.fakes import Fault
from tests.handlers.asking import CACHE, MAMBA, fill, ids, request, say
from tests.handlers.conftest import at

MONDAY = date(2025, 5, 5)


async def standing(world, person="ada"):
    return [(vote.arxiv_id, vote.emoji) for vote in await world.store.feedback.of_person(person)]


async def test_a_posted_paper_is_explained_and_another_one_is_not(world):
    world.announce(MONDAY, 2)
    await world.morning(MONDAY)
    (reply,) = await say(world, f"why {world.papers(1)[0]}")
    assert reply.title.startswith("Why: ")
    await fill(world)
    assert "was not posted" in (await say(world, f"why {CACHE.arxiv_id}"))[0].title


async def test_an_abstract_is_shown_also_of_a_paper_only_arxiv_has(world):
    world.source.announce(MONDAY, a_paper("2505.09999", abstract="Far away."))
    (reply,) = await say(world, "abstract arXiv:2505.09999v1")
    assert "Far away." in reply.lines


async def test_similar_papers_can_be_voted_on_too(world):
    world.announce(MONDAY, 3)
    await world.morning(MONDAY)
    (reply,) = await say(world, f"similar {world.papers(1)[0]}")
    assert len(reply.cards) == 2
    assert reply.card_buttons


@pytest.mark.parametrize("name", ["why", "like", "save", "share", "abstract"])
async def test_a_button_without_a_paper_is_asked_which(world, name):
    (reply,) = await request(world, name)
    assert reply.title.startswith("Which paper?")


async def test_a_paper_that_is_nowhere_and_a_silent_arxiv_are_told_apart(world):
    assert "arXiv has no paper" in (await say(world, "like 2505.77777"))[0].title
    world.source.down = SourceUnavailable("down")
    assert "does not answer now" in (await say(world, "like 2505.77777"))[0].title


async def test_like_dislike_and_unvote_leave_one_opinion_or_none(world):
    await fill(world)
    await say(world, f"like {CACHE.arxiv_id}")
    await say(world, f"like {CACHE.arxiv_id}")
    assert await standing(world) == [(CACHE.arxiv_id, "👍")]
    world.clock.advance(1)
    await say(world, f"dislike {CACHE.arxiv_id}")
    assert await standing(world) == [(CACHE.arxiv_id, "👎")]
    world.clock.advance(1)
    assert "Taken back" in (await say(world, f"unvote {CACHE.arxiv_id}"))[0].title
    assert await standing(world) == []
    assert "no vote of yours" in (await say(world, f"unvote {CACHE.arxiv_id}"))[0].title


async def test_a_reaction_cannot_be_taken_back_by_command(world):
    world.announce(MONDAY, 1)
    await world.morning(MONDAY)
    (paper,) = world.papers(1)
    await world.store.feedback.record([world.vote(paper, "e1")], at(MONDAY))
    assert "take the reaction back there" in (await say(world, f"unvote {paper}"))[0].title
    assert await standing(world) == [(paper, "👍")]


async def test_a_vote_in_a_direct_message_says_which_channel_it_counts_for(world):
    await fill(world)
    (reply,) = await say(world, f"like {CACHE.arxiv_id}", channel_id="D1")
    assert reply.lines[-1] == f"This is about the channel {CHANNEL}."


@pytest.mark.parametrize(
    ("name", "argument", "votes"),
    [("like", "", True), ("papers", "like 2505.00001", True), ("papers", "SAVE 2505.00001", True), ("papers", "kv cache", False),
     ("why", "", False), ("papers", "", False)],
)  # fmt: skip
def test_a_request_that_votes_is_known_as_one(name, argument, votes):
    assert is_vote(Request("console", CHANNEL, "ada", name, argument)) is votes


async def test_saved_papers_are_the_persons_own_by_command_and_by_reaction(world):
    world.announce(MONDAY, 1)
    await world.morning(MONDAY)
    await fill(world)
    (posted,) = world.papers(1)
    await world.store.feedback.record([world.vote(posted, "e1", emoji="🔖")], at(MONDAY))
    world.clock.advance(60)
    await say(world, f"save {CACHE.arxiv_id}")
    await say(world, f"save {MAMBA.arxiv_id}", person="bob")
    (reply,) = await say(world, "saved")
    assert ids(reply) == [CACHE.arxiv_id, posted]
    assert reply.attachment.filename == "saved.bib"
    text = reply.attachment.content.decode()
    assert text.count("@misc{") == 2
    assert CACHE.title in text


async def test_a_saved_paper_can_be_taken_off_where_it_was_put_on(world):
    world.announce(MONDAY, 1)
    await world.morning(MONDAY)
    await fill(world)
    (posted,) = world.papers(1)
    await world.store.feedback.record([world.vote(posted, "e1", emoji="🔖")], at(MONDAY))
    await say(world, f"save {CACHE.arxiv_id}")
    assert "Taken off" in (await say(world, f"unsave {CACHE.arxiv_id}"))[0].title
    assert "take the reaction back" in (await say(world, f"unsave {posted}"))[0].title
    assert "Not on your list" in (await say(world, f"unsave {MAMBA.arxiv_id}"))[0].title
    assert ids((await say(world, "saved"))[0]) == [posted]


async def test_a_long_list_of_saved_papers_comes_in_pages_with_one_file(world):
    papers = [a_paper(f"2505.2{n:04d}") for n in range(12)]
    await fill(world, papers)
    for paper in papers:
        world.clock.advance(1)
        await say(world, f"save {paper.arxiv_id}")
    (first,) = await say(world, "saved")
    (more,) = first.buttons
    (second,) = await request(world, more.name, more.argument, page=more.page)
    assert len(first.cards) + len(second.cards) == 12
    assert first.attachment.content.count(b"@misc{") == 12
    assert second.attachment is None


async def test_an_empty_list_says_how_to_fill_it(world):
    (reply,) = await say(world, "saved")
    assert "🔖" in reply.lines[0]


async def test_a_shared_paper_is_posted_once_and_takes_votes(world):
    await fill(world)
    assert "Shared" in (await say(world, f"share {CACHE.arxiv_id}"))[0].title
    assert "already" in (await say(world, f"share {CACHE.arxiv_id}"))[0].title
    (post,) = world.posts(PostRole.PAPER)
    assert (post.key.subject, post.post.votable) == (CACHE.arxiv_id, True)
    await world.store.feedback.record([world.vote(CACHE.arxiv_id, "e1")], world.clock.now())
    assert await standing(world) == [(CACHE.arxiv_id, "👍")]
    assert await world.store.feedback.impressions(CHANNEL) == ()


async def test_what_the_morning_posted_is_not_shared_again(world):
    world.announce(MONDAY, 1)
    await world.morning(MONDAY)
    assert "posted" in (await say(world, f"share {world.papers(1)[0]}"))[0].title
    assert len(world.posts(PostRole.PAPER)) == 1


async def test_a_paper_that_cannot_be_shared_now_follows(world):
    await fill(world)
    world.platform.faults[""] = [Fault.DELAYED] * 5
    assert "follows" in (await say(world, f"share {CACHE.arxiv_id}"))[0].title
    await recover_channel(world.env, CHANNEL)
    assert [post.key.subject for post in world.posts(PostRole.PAPER)] == [CACHE.arxiv_id]
