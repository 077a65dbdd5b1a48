"""The terminal platform: typed lines, looks, memory."""

import asyncio
import io
import json
import os
import re
import resource
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from bot.errors import PlatformError, PostDelayed, PostRefused, PostUncertain, StoreBusy
from bot.models import MessageRef, PaperCard, Post, PostKey, PostRole, Reply, Severity, VoteOutcome
from bot.platforms.console import ConsolePlatform, StdinLines
from bot.platforms.console._commands import HELP, Mistake, PaperCommand, PlainCommand, VoteCommand, parse
from bot.rendering import card_text
from tests.fakes import START, FakeClock, FakeInbox
from tests.platforms.harnesses import ConsoleHarness, TypedLines, console_harness

NASTY = st.text(
    st.one_of(st.characters(), st.sampled_from("\x1b\x00\x07\r\n\t\u202e\u2066\x9b\ud800[]/=\\;m")), max_size=80
)


def a_card(number=1, title=None):
    return PaperCard(
        arxiv_id=f"2505.{number:05}",
        position=number,
        title=title or f"Paper number {number} about quantization",
        url=f"https://arxiv.org/abs/2505.{number:05}",
        pdf_url=f"https://arxiv.org/pdf/2505.{number:05}",
        authors="C. Zhou, Q. Qiao",
        categories="cs.LG",
        verdict="relevance 10 · novelty 8 · topic 1 (quantization)",
        comment="Low-rank plus sparse, allocated globally; prunes and factorises in two stages.",
        why="topic 1 +2.1",
    )


def a_post(number=1, title=None):
    card = a_card(number, title)
    return Post(PostRole.PAPER, card_text(card), title=card.title, card=card, votable=True)


def a_key(number=1, digest=1):
    return PostKey("terminal", digest, PostRole.PAPER, f"2505.{number:05}")


HEADER = Post(PostRole.HEADER, "", "🐦 Papers of Thu 8 May 2025: 2 of 3 relevant", ("4 announced · scored locally",))
HEADER_KEY = PostKey("terminal", 1, PostRole.HEADER)


async def post_papers(platform, count=5, thread=None):
    return [await platform.post("terminal", a_post(n), a_key(n), thread) for n in range(1, count + 1)]


def printed(platform_output, since=0):
    return platform_output.getvalue()[since:]


@pytest_asyncio.fixture
async def talk(tmp_path):
    """A running terminal with five papers posted."""
    async with console_harness(tmp_path) as harness:
        await post_papers(harness.platform)
        yield harness


async def said(harness: ConsoleHarness, line):
    """What the terminal prints in answer to a line, without its echo."""
    before = len(harness.sent())
    await harness.lines.type(line)
    return harness.sent()[before:].partition("\n")[2].strip()


# Lines


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("", None),
        ("  \t ", None),
        ("+1 3", VoteCommand("👍", ("3",))),
        ("3 +1", VoteCommand("👍", ("3",))),
        ("-1 3", VoteCommand("👎", ("3",))),
        ("+1 1 3 5", VoteCommand("👍", ("1", "3", "5"))),
        ("+1 1, 3, 1", VoteCommand("👍", ("1", "3"))),
        ("+1 #3.", VoteCommand("👍", ("3",))),
        ("+1 003", VoteCommand("👍", ("3",))),
        ("❤️ 2", VoteCommand("❤️", ("2",))),
        ("❤ 2", VoteCommand("❤️", ("2",))),
        ("👍🏽 3", VoteCommand("👍", ("3",))),
        ("👍3", VoteCommand("👍", ("3",))),
        ("👍👍3", VoteCommand("👍👍", ("3",))),
        ("heart 2", VoteCommand("❤️", ("2",))),
        (":custom: 2", VoteCommand(":custom:", ("2",))),
        ("+1 100", VoteCommand("👍", ("100",))),
        ("+1 2505.03801v2", VoteCommand("👍", ("2505.03801",))),
        ("+1 cs/0112017", VoteCommand("👍", ("cs/0112017",))),
        ("abstract 3", PaperCommand("abstract", ("3",))),
        ("WHY 3", PaperCommand("why", ("3",))),
        ("3 why", PaperCommand("why", ("3",))),
        ("similar arXiv:2505.03801", PaperCommand("similar", ("2505.03801",))),
        ("undo", PlainCommand("undo")),
        ("Next", PlainCommand("next")),
        ("?", PlainCommand("help")),
        ("q", PlainCommand("quit")),
    ],
)
def test_a_line_is_understood(line, command):
    assert parse(line) == command


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("abstrct 3", 'did you mean "abstract 3"?'),
        ("hepl", 'did you mean "help"?'),
        ("haert 2", 'did you mean "heart 2"?'),
        ("simlar", 'did you mean "similar 3"?'),
        ("xyzzy", "help lists them all"),
        ("3", "+1 3 and -1 3 vote"),
        ("+1", "for which paper?"),
        ("why", "why of which paper?"),
        ("why do models hallucinate", '"do" is not the number of a paper'),
        ("+1 three", '"three" is not the number of a paper'),
        ("+1 -3", '"-3" is not the number of a paper'),
        ("+1 -1 3", "one emoji at a time"),
        ("+13", "+1 13 votes on paper 13"),
        ("-3", "-1 3 votes on paper 3"),
        ("undo 3", "undo stands alone"),
        ("quit now", "quit stands alone"),
    ],
)
def test_a_mistake_is_answered_with_a_hint(line, hint):
    mistake = parse(line)
    assert isinstance(mistake, Mistake)
    assert hint in mistake.message


@given(st.text(max_size=200) | st.lists(st.sampled_from(["+1", "3", "❤", "why", "undo", ":x:", "-"])).map(" ".join))
def test_no_line_breaks_the_parser(line):
    command = parse(line)
    assert (command is None) == (not re.sub(r"[\s,;]", "", line))
    if isinstance(command, Mistake):
        assert 0 < len(command.message) < 300
    if isinstance(command, VoteCommand | PaperCommand):
        assert command.papers


def test_every_command_in_the_help_is_understood():
    for command in HELP:
        for line in command.split(", "):
            assert not isinstance(parse(line), Mistake | None), line


# Votes


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


# Questions


async def test_a_question_carries_the_paper_and_its_answer_is_shown(talk):
    talk.inbox.replies = {
        "why": [Reply("Why: Paper 3", ("topic 1 +2.1", "  indented")), Reply("More", (), (a_card(7),))]
    }
    answer = await said(talk, "why 3")
    (request,) = talk.inbox.requests
    assert (request.name, request.arxiv_id, request.place, request.person) == ("why", "2505.00003", "terminal", "you")
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


# The end


@pytest.mark.parametrize(("line", "detail"), [("quit", "left by quit"), (None, "the input ended")])
async def test_run_ends_with_quit_and_with_the_input(line, detail, tmp_path):
    platform, inbox, _ = a_platform(lines=[line])
    await platform.run(inbox)
    assert not platform.status().connected
    assert platform.status().detail == detail


async def test_cancelling_run_ends_it_cleanly():
    lines = TypedLines()
    platform, inbox, _ = a_platform(reader=lines)
    running = asyncio.create_task(platform.run(inbox))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert platform.status().detail == "cancelled"


def a_platform(lines=(), *, reader=None, terminal=False, width=80, file=None, **options):
    """A platform with an inbox and its output; `lines` are given one by one."""
    waiting = iter([*lines, None])

    async def next_line():
        return next(waiting)

    output = file or io.StringIO()
    console = Console(file=output, width=width, force_terminal=terminal, color_system="standard" if terminal else None)
    platform = ConsolePlatform(FakeClock(), screen=console, lines=reader or next_line, **options)
    return platform, FakeInbox(), output


# Looks


async def test_a_morning_in_a_pipe_is_plain_and_whole(golden):
    platform, _, output = a_platform()
    header = await platform.post("terminal", HEADER, HEADER_KEY)
    await post_papers(platform, 2)
    await platform.post("terminal", a_post(3), a_key(3), header)
    golden("console/morning_plain.txt", output.getvalue())
    assert "\x1b" not in output.getvalue()


@pytest.mark.parametrize("width", [80, 120])
async def test_a_morning_in_a_terminal_fits_its_width(golden, width):
    platform, _, output = a_platform(terminal=True, width=width)
    header = await platform.post("terminal", HEADER, HEADER_KEY)
    await post_papers(platform, 2)
    await platform.post("terminal", a_post(3, "A long title " * 12), a_key(3), header)
    text = visible(output.getvalue())
    golden(f"console/morning_{width}.txt", text)
    assert max(len(line) for line in text.splitlines()) <= min(width, 100)


async def test_titles_and_links_are_hyperlinks_in_a_terminal():
    platform, _, output = a_platform(terminal=True)
    await post_papers(platform, 1)
    linked = re.findall(r"\x1b\]8;id=\d+;(\S+?)\x1b\\(.*?)\x1b\]8;;\x1b\\", output.getvalue())
    assert [url for url, _ in linked] == [
        "https://arxiv.org/abs/2505.00001",
        "https://arxiv.org/abs/2505.00001",
        "https://arxiv.org/pdf/2505.00001",
    ]
    assert "Paper number 1" in linked[0][1]


def visible(output):
    """What a terminal shows of an output that holds only colours and hyperlinks."""
    text = re.sub(r"\x1b\[[\d;]*m|\x1b\]8;[^\x1b\x07]*\x1b\\", "", output)
    return "\n".join(line.rstrip() for line in text.splitlines())


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=NASTY, line=NASTY, url=NASTY, terminal=st.booleans())
async def test_nothing_in_a_post_can_steer_the_terminal(title, line, url, terminal):
    platform, _, output = a_platform(terminal=terminal)
    card = PaperCard("x", 1, title, f"https://arxiv.org/{url}", url, line, line, line, line, line, (line,))
    await platform.post("terminal", Post(PostRole.PAPER, title, title=title, card=card), a_key())
    await platform.post("terminal", Post(PostRole.NOTE, title, title=title, lines=(line,)), HEADER_KEY)
    text = visible(output.getvalue()) if terminal else output.getvalue()
    assert not set(text) & set("\x1b\x00\x07\r\t\u202e\u2066\x9b\ud800")
    text.encode()


async def test_markup_is_shown_as_it_is():
    for terminal in (False, True):
        platform, _, output = a_platform(terminal=terminal)
        await platform.post("terminal", a_post(title="[red]not red[/] [/] :smile: [link=x]y"), a_key())
        assert "[red]not red[/] [/] :smile: [link=x]y" in visible(output.getvalue())


async def test_an_output_without_unicode_loses_letters_and_nothing_else():
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding="ascii", errors="replace")
    platform, _, _ = a_platform(file=file)
    await platform.post("terminal", HEADER, HEADER_KEY)
    file.flush()
    assert b"Papers of Thu 8 May 2025" in raw.getvalue()
    assert Severity.WARNING in {finding.severity for finding in await platform.check()}


async def test_numbers_go_on_over_mornings():
    platform, _, output = a_platform()
    await post_papers(platform, 2)
    refs = await post_papers(platform, 2)
    assert [ref.message for ref in refs] == ["3", "4"]
    assert "4. Paper number 2" in output.getvalue()


async def test_lines_nobody_typed_are_echoed_and_no_prompt_is_shown():
    platform, inbox, output = a_platform(lines=["", "+1 9"], interactive=False)
    await platform.run(inbox)
    assert output.getvalue().startswith("> +1 9\n")
    assert output.getvalue().count(">") == 1


async def turns(count=20):
    """Let everything that is ready run."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_person_is_reminded_once_a_digest_and_prompted_after_posts():
    lines = TypedLines()
    platform, inbox, output = a_platform(reader=lines, terminal=True, interactive=True)
    running = asyncio.create_task(platform.run(inbox))
    await turns()
    assert visible(output.getvalue()) == ">"
    await platform.post("terminal", HEADER, HEADER_KEY)
    await post_papers(platform, 3)
    await turns()
    await lines.type("+1 1")
    await turns()
    text = visible(output.getvalue())
    assert text.count("vote: +1 3 or -1 3") == 1
    assert text.index("Paper number 3") < text.index("vote: +1 3") < text.index("counted for 1")
    assert text.endswith(">")
    assert "> > " not in text
    lines.end()
    await running


# Memory


async def test_a_restarted_terminal_knows_messages_votes_and_numbers(tmp_path):
    path = tmp_path / "data" / "terminal.jsonl"
    platform, inbox, _ = a_platform(["+1 1 2", "-1 1", "undo"], transcript=path)
    header = await platform.post("terminal", HEADER, HEADER_KEY)
    refs = await post_papers(platform, 2, header)
    await platform.run(inbox)
    before = await platform.recent("terminal", START)

    again, inbox, _ = a_platform(["undo"], transcript=path)
    assert await again.find("terminal", a_key(1), START) == (refs[0],)
    assert await again.recent("terminal", START) == before
    assert [dict(message.reactions) for message in before] == [{}, {"👍": ("you",)}, {"👍": ("you",)}]
    assert (await again.post("terminal", a_post(3), a_key(3))).message == "3"
    await again.run(inbox)
    assert [(vote.ref, vote.added) for vote in inbox.votes] == [(refs[1], False)]


async def test_edits_and_deletions_survive_a_restart(tmp_path):
    path = tmp_path / "terminal.jsonl"
    platform, _, _ = a_platform(transcript=path)
    refs = await post_papers(platform, 3)
    await platform.edit(refs[0], a_post(1, "New title"), a_key(1))
    await platform.delete(refs[2])
    again, inbox, output = a_platform(["+1 1", "+1 3"], transcript=path)
    await again.run(inbox)
    assert "counted for 1: New title" in output.getvalue()
    assert "there is no paper 3: the papers here are 1 to 2" in output.getvalue()
    assert (await again.post("terminal", a_post(4), a_key(4))).message == "4"


async def test_two_processes_on_one_transcript_share_numbers_and_messages(tmp_path):
    path = tmp_path / "terminal.jsonl"
    resident, inbox, _ = a_platform(["+1 2"], transcript=path)
    oneshot, _, _ = a_platform(transcript=path)
    first = await resident.post("terminal", a_post(1), a_key(1))
    second = await oneshot.post("terminal", a_post(2), a_key(2))
    third = await resident.post("terminal", a_post(3), a_key(3))
    assert [ref.message for ref in (first, second, third)] == ["1", "2", "3"]
    await resident.run(inbox)
    assert [vote.ref for vote in inbox.votes] == [second]
    assert [dict(message.reactions) for message in await oneshot.recent("terminal", START)] == [
        {},
        {"👍": ("you",)},
        {},
    ]


async def test_a_transcript_cut_off_by_a_crash_loses_only_its_last_line(tmp_path, caplog):
    path = tmp_path / "terminal.jsonl"
    platform, _, _ = a_platform(transcript=path)
    await post_papers(platform, 2)
    path.write_bytes(path.read_bytes()[:-40])
    again, _, _ = a_platform(transcript=path)
    assert await again.find("terminal", a_key(2), START) == ()
    assert "is skipped" in caplog.text
    await again.post("terminal", a_post(2), a_key(2))
    third, _, _ = a_platform(transcript=path)
    assert len(await third.recent("terminal", START)) == 2


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe not JSON",
        b"[]",
        b'"text"',
        b'{"event": "eaten", "message": "1"}',
        b'{"event": "posted", "message": "2"}',
        b'{"event": "voted", "message": "1", "person": "you", "emoji": "x", "added": true, "order": "soon"}',
    ],
)
async def test_a_strange_line_in_the_transcript_is_skipped(line, tmp_path, caplog):
    path = tmp_path / "terminal.jsonl"
    platform, _, _ = a_platform(transcript=path)
    await post_papers(platform, 1)
    with path.open("ab") as file:
        file.write(line + b"\n")
    again, _, _ = a_platform(transcript=path)
    assert len(await again.recent("terminal", START)) == 1
    assert "is skipped" in caplog.text


async def test_a_time_without_zone_in_the_transcript_is_skipped(tmp_path):
    path = tmp_path / "terminal.jsonl"
    platform, _, _ = a_platform(transcript=path)
    await post_papers(platform, 1)
    entry = json.loads(path.read_text())
    path.write_text(json.dumps({**entry, "at": "2025-05-08T07:00:00"}) + "\n")
    again, _, _ = a_platform(transcript=path)
    assert await again.recent("terminal", START - timedelta(days=1)) == ()


async def test_a_transcript_is_on_disk_before_a_post_returns(tmp_path):
    path = tmp_path / "terminal.jsonl"
    platform, _, _ = a_platform(transcript=path)
    ref = await platform.post("terminal", a_post(1), a_key(1))
    entry = json.loads(path.read_text())
    assert (entry["message"], entry["key"]) == (ref.message, "terminal/1/paper/2505.00001")


async def test_a_transcript_that_cannot_be_opened_delays_posts_and_is_a_finding(tmp_path):
    (tmp_path / "file").write_text("")
    platform, _, output = a_platform(transcript=tmp_path / "file" / "terminal.jsonl")
    with pytest.raises(PostDelayed, match=r"terminal\.jsonl cannot be used"):
        await platform.post("terminal", a_post(1), a_key(1))
    assert output.getvalue() == ""
    assert Severity.PROBLEM in {finding.severity for finding in await platform.check()}
    with pytest.raises(PlatformError):
        await platform.find("terminal", a_key(1), START)


@contextmanager
def a_full_disk():
    """No file of this process may grow beyond 10 bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_post_that_was_shown_and_not_remembered_is_uncertain(tmp_path):
    platform, _, output = a_platform(transcript=tmp_path / "terminal.jsonl")
    with a_full_disk(), pytest.raises(PostUncertain, match="cannot be used"):
        await platform.post("terminal", a_post(1), a_key(1))
    assert "Paper number 1" in output.getvalue()
    ref = await platform.post("terminal", a_post(1), a_key(1))
    again, _, _ = a_platform(transcript=tmp_path / "terminal.jsonl")
    assert await again.find("terminal", a_key(1), START) == (ref,)


class FullDevice(io.StringIO):
    def write(self, text):
        raise OSError(28, "No space left on device")


async def test_an_output_that_takes_nothing_refuses_posts(tmp_path):
    platform, _, _ = a_platform(file=FullDevice(), transcript=tmp_path / "terminal.jsonl")
    with pytest.raises(PostRefused, match="No space left"):
        await platform.post("terminal", a_post(1), a_key(1))
    assert await platform.find("terminal", a_key(1), START) == ()


TALK_TO_NOBODY = """
import asyncio, sys
from bot.errors import PostRefused
from bot.models import Post, PostKey, PostRole
from bot.platforms.console import ConsolePlatform
from tests.fakes import FakeClock, FakeInbox

async def main():
    platform = ConsolePlatform(FakeClock())
    for _ in range(2):
        try:
            await platform.post("terminal", Post(PostRole.NOTE, "x", "x"), PostKey("terminal", 1, PostRole.NOTE))
        except PostRefused as error:
            print(error, file=sys.stderr)
    await platform.run(FakeInbox())
    print(platform.status().detail, file=sys.stderr)

asyncio.run(main())
"""


def test_a_pipe_nobody_reads_refuses_every_post_and_ends_the_conversation():
    reading, writing = os.pipe()
    os.close(reading)
    finished = subprocess.run(
        [sys.executable, "-c", TALK_TO_NOBODY],
        stdout=writing,
        stderr=subprocess.PIPE,
        input="help\nhelp\n",
        text=True,
        check=False,
        timeout=60,
        cwd=Path(__file__).parents[2],
    )
    os.close(writing)
    refusal = "the terminal took no output for terminal/1/note/: Broken pipe"
    assert finished.stderr.splitlines() == [refusal, refusal, "nobody reads the output"]
    assert finished.returncode == 0


# Files and standard input


@pytest.mark.parametrize("name", ["plot.png", "../../plot.png", "a\\b\\plot.png", "/etc/plot.png", ".plot.png"])
async def test_an_uploaded_file_lands_in_the_folder_and_replaces_nothing(name, tmp_path):
    platform, _, output = a_platform(folder=tmp_path / "files", width=500)
    await platform.upload("terminal", name, b"one")
    await platform.upload("terminal", name, b"two")
    contents = {path.name: path.read_bytes() for path in (tmp_path / "files").iterdir()}
    assert contents == {"plot.png": b"one", "plot-2.png": b"two"}
    assert "plot-2.png (3 bytes)" in output.getvalue()


async def test_an_upload_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    platform, _, _ = a_platform(folder=tmp_path / "file")
    with pytest.raises(PlatformError, match=r"plot\.png"):
        await platform.upload("terminal", "plot.png", b"")


async def all_lines(reader):
    lines = []
    while (line := await reader()) is not None:
        lines.append(line)
    return lines


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"one\ntwo\r\n\nlast", ["one", "two", "", "last"]),
        ("👍 3\n".encode(), ["👍 3"]),
        (b"\xff\xfe\n", ["\ufffd\ufffd"]),
    ],
)
async def test_lines_come_from_a_pipe_and_from_a_file(content, lines, tmp_path):
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    assert await all_lines(StdinLines(reading)) == lines
    os.close(reading)

    (tmp_path / "input").write_bytes(content)
    with (tmp_path / "input").open("rb") as file:
        assert await all_lines(StdinLines(file.fileno())) == lines


async def test_a_line_written_in_parts_is_read_whole():
    reading, writing = os.pipe()
    reader = StdinLines(reading)
    line = asyncio.create_task(reader())
    for part in (b"ab", b"stract ", b"3\nnext"):
        os.write(writing, part)
        await turns(3)
    assert await line == "abstract 3"
    os.close(writing)
    assert await all_lines(reader) == ["next"]
    os.close(reading)


async def test_a_cancelled_reader_leaves_nothing_behind_and_loses_no_line():
    reading, writing = os.pipe()
    reader = StdinLines(reading)
    line = asyncio.create_task(reader())
    await turns(3)
    line.cancel()
    with pytest.raises(asyncio.CancelledError):
        await line
    os.write(writing, b"+1 3\n")
    assert await reader() == "+1 3"
    os.close(writing)
    os.close(reading)


async def test_an_endless_line_comes_in_pieces(tmp_path):
    (tmp_path / "input").write_bytes(b"x" * 200_000 + b"\n")
    with (tmp_path / "input").open("rb") as file:
        lines = await all_lines(StdinLines(file.fileno()))
    assert len(lines) > 1
    assert "".join(lines) == "x" * 200_000
