"""Buttons and menus under posts and answers, pressed by people."""

import asyncio

from bot.errors import PlatformError
from bot.models import Button, PostRole, Reply, VoteOutcome, VoteSource
from bot.platforms.discord._client import ConnectionEvents
from tests.platforms.posts import A_HEADER, a_card, a_key


async def test_a_vote_button_votes_and_says_so_to_its_presser_alone(room):
    message = await room.posted()
    result = await room.ada.click(message, label="👍")
    (vote,) = room.inbox.votes
    assert (vote.emoji, vote.person, vote.source) == ("👍", str(room.ada.id), VoteSource.BUTTON)
    assert (vote.ref.channel_id, vote.ref.message, vote.ref.thread) == (room.channel_id, str(message.id), None)
    assert result.ephemeral
    assert "👍 counted for “Global Rank and Sparsity”" in result.response.content
    assert "Press it again to take it back" in result.response.content


async def test_a_vote_that_is_taken_back_is_told(room):
    room.inbox.outcome = VoteOutcome.WITHDRAWN
    result = await room.ada.click(await room.posted(), label="👎")
    assert "taken back" in result.response.content


async def test_a_vote_in_a_thread_names_channel_and_thread(room):
    header = await room.platform.post(room.channel_id, A_HEADER, a_key("", role=PostRole.HEADER))
    message = await room.posted(thread=header)
    await room.ada.click(message, label="👍")
    (vote,) = room.inbox.votes
    assert (vote.ref.channel_id, vote.ref.thread) == (room.channel_id, header.message)


async def test_every_press_is_a_delivery_of_its_own_and_in_order(room):
    message = await room.posted()
    await room.ada.click(message, label="👍")
    await room.ada.click(message, label="👍")
    first, second = room.inbox.votes
    assert first.event_id != second.event_id
    assert first.order < second.order


async def test_what_a_vote_fails_of_is_told_to_the_voter(room):
    room.inbox.outcome = PlatformError("the disk is full")
    result = await room.ada.click(await room.posted(), label="👍")
    assert "did not work" in result.response.content
    assert "the disk is full" in result.response.embeds[0].description


async def test_the_buttons_of_a_paper_ask_about_it(room):
    names = {"Abstract": "abstract", "Why": "why", "Similar": "similar"}
    room.inbox.replies = {name: [Reply(f"This is {name}")] for name in names.values()}
    message = await room.posted()
    for label, name in names.items():
        result = await room.ada.click(message, label=label)
        request = room.inbox.requests[-1]
        assert (request.name, request.arxiv_id, request.channel_id) == (name, "2505.03801", room.channel_id)
        assert result.ephemeral
        assert f"This is {name}" in result.response.content


async def test_buttons_work_after_a_restart(room):
    message = await room.posted()
    await room.env.restart_bot(room.platform.client(room.inbox, ConnectionEvents()))
    await room.ada.click(message, label="👍")
    assert len(room.inbox.votes) == 1


async def test_a_header_has_buttons_that_ask(room):
    room.inbox.replies = {"topics": [Reply("Topics")], "stats": [Reply("Stats")]}
    message = await room.posted(A_HEADER, a_key("", role=PostRole.HEADER))
    for label, name in {"Topics": "topics", "Stats": "stats"}.items():
        await room.ada.click(message, label=label)
        assert room.inbox.requests[-1].name == name


async def test_the_next_page_stands_in_place_of_the_first(room):
    more = Button("More", "ask", "kv cache", page=2)
    room.inbox.replies = {"ask": [Reply("Page", buttons=(more,))]}
    first = await room.ada.slash(room.channel, "papers ask", text="kv cache")
    room.inbox.replies = {"ask": [Reply("Page two")]}
    await room.ada.click(first.response.message, label="More")
    assert room.inbox.requests[-1].page == 2
    assert "Page two" in first.response.content


async def test_an_argument_that_no_button_can_hold_comes_along_all_the_same(room):
    question = "quantization " * 20
    room.inbox.replies = {"ask": [Reply("Page", buttons=(Button("More", "ask", question, page=3),))]}
    first = await room.ada.slash(room.channel, "papers ask", text="q")
    await room.ada.click(first.response.message, label="More")
    request = room.inbox.requests[-1]
    assert (request.argument, request.page) == (question.strip(), 3)


async def test_a_button_of_an_answer_adds_an_answer_and_leaves_the_first(room):
    cards = (a_card(),)
    room.inbox.replies = {"ask": [Reply("Found", cards=cards, card_buttons=(Button("Save", "save"),))]}
    room.inbox.replies |= {"save": [Reply("Saved")]}
    first = await room.ada.slash(room.channel, "papers ask", text="q")
    second = await room.ada.click(first.response.message, label="Save")
    assert room.inbox.requests[-1].arxiv_id == "2505.03801"
    assert "Found" in first.response.content
    assert "Saved" in second.response.content


async def test_a_paper_picked_from_an_answer_can_be_voted_on_and_read(room):
    cards = (a_card(), a_card(arxiv_id="2505.03802", position=2, title="Another one"))
    buttons = (Button("👍", "like"), Button("Save", "save"))
    room.inbox.replies = {"ask": [Reply("Found", cards=cards, card_buttons=buttons)], "like": [Reply("Liked")]}
    first = await room.ada.slash(room.channel, "papers ask", text="q")
    picked = await room.ada.select(first.response.message, ["2505.03802"])
    assert picked.ephemeral
    assert "Another one" in picked.response.content
    await room.ada.click(picked.response.message, label="👍")
    assert (room.inbox.requests[-1].name, room.inbox.requests[-1].arxiv_id) == ("like", "2505.03802")


async def test_replies_follow_each_other_and_a_better_one_replaces_the_first(room):
    room.inbox.replies = {"ask": [Reply("First"), Reply("Better", replaces=True), Reply("And more")]}
    result = await room.ada.slash(room.channel, "papers ask", text="q")
    assert "Better" in result.response.content
    assert ["And more" in one.content for one in result.followups] == [True]


async def test_what_takes_long_is_deferred_within_three_seconds(room):
    async def slow(request):
        room.inbox.requests.append(request)
        await asyncio.sleep(20.0)
        yield Reply("At last")

    room.inbox.request = slow
    result = await room.ada.slash(room.channel, "papers ask", text="q")
    assert result.deferred
    await room.env.advance_time(20)
    assert "At last" in result.response.content


async def test_a_fault_is_told_without_its_details(room, caplog):
    room.inbox.replies = {"ask": ValueError("secret detail")}
    result = await room.ada.slash(room.channel, "papers ask", text="q")
    assert "fault in the bot" in result.response.embeds[0].description
    assert "could not be answered" in caplog.text
