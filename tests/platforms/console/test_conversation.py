"""Votes and questions typed into a running terminal."""

import pytest

from bot.errors import StoreBusy
from bot.models import Attachment, Button, MessageRef, Reply, VoteOutcome
from bot.platforms.console._commands import HELP
from tests.fakes import START
from tests.platforms.console.samples import a_card
from tests.platforms.harnesses import ConsoleHarness


async def said(harness: ConsoleHarness, line):
    """What the terminal prints in answer to a line, without its echo."""
    before = len(harness.sent())
    await harness.lines.type(line)
    return harness.sent()[before:].partition("\n")[2].strip()


async def test_a_vote_is_confirmed_with_the_papers_title(talk):
    assert await said(talk, "+1 3") == "👍 counted for 3: Paper number 3 about quantization"
    (vote,) = talk.inbox.votes
    assert (vote.ref, vote.person, vote.emoji, vote.added) == (
        MessageRef("console", "terminal", "3"),
        "you",
        "👍",
        True,
    )


async def test_several_papers_can_be_voted_on_at_once(talk):
    await said(talk, "+1 1 3 5")
    assert [vote.ref.message for vote in talk.inbox.votes] == ["1", "3", "5"]


async def test_a_number_out_of_range_counts_nothing_and_says_so(talk):
    answer = await said(talk, "+1 3 9")
    assert "there is no paper 9: the papers here are 1 to 5" in answer
    assert "no vote was counted" in answer
    assert talk.inbox.votes == []


async def test_a_paper_can_be_named_by_its_arxiv_id(talk):
    await said(talk, "+1 2505.00002")
    assert [vote.ref.message for vote in talk.inbox.votes] == ["2"]


async def test_undo_takes_votes_back_one_by_one_newest_first(talk):
    await said(talk, "+1 1 2")
    assert "👍 for 2" in await said(talk, "undo")
    assert "👍 for 1" in await said(talk, "undo")
    assert await said(talk, "undo") == "there is no vote of yours to take back"
    assert [(vote.ref.message, vote.added) for vote in talk.inbox.votes] == [
        ("1", True),
        ("2", True),
        ("2", False),
        ("1", False),
    ]


async def test_the_same_vote_twice_is_told_and_sent_once(talk):
    await said(talk, "+1 1")
    assert "stands already" in await said(talk, "👍🏽 1")
    assert len(talk.inbox.votes) == 1


async def test_both_thumbs_on_one_paper_are_pointed_out(talk):
    await said(talk, "+1 1")
    assert "your 👍 stands too" in await said(talk, "-1 1")


async def test_a_vote_that_could_not_be_stored_does_not_stand(talk):
    talk.inbox.outcome = StoreBusy("the database is busy: try again")
    assert await said(talk, "+1 1") == "that did not work: the database is busy: try again"
    assert [dict(message.reactions) for message in await talk.platform.recent("terminal", START)] == [{}] * 5
    talk.inbox.outcome = VoteOutcome.COUNTED
    assert "counted" in await said(talk, "+1 1")


async def test_a_vote_on_a_paper_unknown_to_the_bot_is_not_called_counted(talk):
    talk.inbox.outcome = VoteOutcome.FOREIGN
    assert "not counted" in await said(talk, "+1 1")


async def test_votes_of_one_instant_keep_their_order(talk):
    for line in ("+1 1", "undo", "+1 1", "undo"):
        await said(talk, line)
    orders = [vote.order for vote in talk.inbox.votes]
    assert orders == sorted(set(orders))
    assert orders[0] == pytest.approx(START.timestamp())


async def test_a_question_carries_the_paper_and_its_answer_is_shown(talk):
    talk.inbox.replies = {
        "why": [Reply("Why: Paper 3", ("topic 1 +2.1", "  indented")), Reply("More", (), (a_card(7),))]
    }
    answer = await said(talk, "why 3")
    (request,) = talk.inbox.requests
    assert (request.name, request.arxiv_id, request.channel_id, request.person) == (
        "why",
        "2505.00003",
        "terminal",
        "you",
    )
    assert all(part in answer for part in ("Why: Paper 3", "topic 1 +2.1", "     indented", "· Paper number 7"))


async def test_a_question_about_several_papers_asks_for_each(talk):
    await said(talk, "abstract 1 2")
    assert [request.arxiv_id for request in talk.inbox.requests] == ["2505.00001", "2505.00002"]


async def test_a_question_without_answer_says_so(talk):
    assert await said(talk, "similar 1") == "similar: no answer"


async def test_a_question_about_a_paper_not_posted_is_passed_on(talk):
    await said(talk, "why 1706.03762")
    assert [request.arxiv_id for request in talk.inbox.requests] == ["1706.03762"]


async def test_next_is_asked_of_the_inbox(talk):
    assert await said(talk, "next") == ""
    assert [(request.name, request.arxiv_id) for request in talk.inbox.requests] == [("next", None)]


async def test_a_question_in_plain_words_is_passed_on_as_a_line(talk):
    talk.inbox.replies = {"papers": [Reply("1 paper", (), (a_card(7),))]}
    assert "Paper number 7" in await said(talk, "kv cache -vision")
    (request,) = talk.inbox.requests
    assert (request.name, request.argument, request.channel_id) == ("papers", "kv cache -vision", "terminal")


async def test_a_button_is_pressed_by_its_label(talk):
    more = Button("More", "ask", "kv cache", page=2)
    talk.inbox.replies = {"papers": [Reply("1-5 of 9", buttons=(more,))], "ask": [Reply("6-9 of 9")]}
    assert "go on with: more" in await said(talk, "kv cache")
    assert "6-9 of 9" in await said(talk, "MORE")
    request = talk.inbox.requests[-1]
    assert (request.name, request.argument, request.page) == ("ask", "kv cache", 2)
    await said(talk, "more")  # the newest answer has no such button
    assert talk.inbox.requests[-1].name == "papers"


async def test_what_replaces_an_answer_is_shown_without_the_list_again(talk):
    talk.inbox.replies = {
        "papers": [
            Reply("1 paper", (), (a_card(7),)),
            Reply("1 paper", ("So it is [1].",), (a_card(7),), replaces=True),
        ]
    }
    answer = await said(talk, "why is that so")
    assert answer.count("Paper number 7") == 1
    assert "So it is [1]." in answer


async def test_an_attached_file_is_written_beside(talk, tmp_path):
    talk.inbox.replies = {"papers": [Reply("Your list", attachment=Attachment("saved.bib", b"@misc{}"))]}
    assert "saved.bib" in await said(talk, "saved")
    assert [path.read_bytes() for path in tmp_path.rglob("saved*.bib")] == [b"@misc{}"]


async def test_help_lists_every_command_and_what_the_bot_adds(talk):
    talk.inbox.replies = {"help": [Reply("How this works", ("Votes count.",))]}
    answer = await said(talk, "help")
    assert all(command in answer for command in HELP)
    assert "Votes count." in answer


async def test_a_fault_in_the_bot_is_told_logged_and_survived(talk, caplog):
    talk.inbox.replies = {"why": ValueError("boom")}
    assert "a fault in the bot" in await said(talk, "why 1")
    assert "boom" in caplog.text
    assert "counted" in await said(talk, "+1 1")


async def test_hostile_lines_are_answered_harmlessly(talk):
    for line in ("\x1b[2J 3", "[red]x[/red]", "+1 \x1b]0;x\x07", "\x00", "x" * 100_000, "+1 " + "3 " * 10_000):
        await said(talk, line)
    assert not set(talk.sent()) & set("\x1b\x07\x00")
