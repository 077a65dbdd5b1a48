"""What a terminal remembers over a restart, a crash and a full disk."""

import json
import resource
from contextlib import contextmanager
from datetime import timedelta

import pytest

from bot.errors import PlatformError, PostDelayed, PostUncertain
from bot.models import Severity
from tests.fakes import START
from tests.platforms.console.samples import HEADER, HEADER_KEY, a_key, a_platform, a_post, post_papers


async def test_a_restarted_terminal_knows_messages_votes_and_numbers(tmp_path):
    path = tmp_path / "data" / "terminal.jsonl"
    platform, inbox, _ = a_platform(["+1 1 2", "-1 1", "undo"], transcript=path)
    header = await platform.post("terminal", HEADER, HEADER_KEY)
    refs = await post_papers(platform, 2, header)
    await platform.run(inbox)
    before = await platform.recent("terminal", START)

    again, inbox, _ = a_platform(["undo"], transcript=path)
    assert await again.find("terminal", a_key(1), START, header) == (refs[0],)
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


async def test_a_transcript_of_an_earlier_version_is_read(tmp_path):
    """A channel's id was called `place` in it."""
    path = tmp_path / "terminal.jsonl"
    platform, _, _ = a_platform(transcript=path)
    (ref,) = await post_papers(platform, 1)
    path.write_text(path.read_text().replace('"channel_id"', '"place"'))
    again, _, _ = a_platform(transcript=path)
    assert await again.find("terminal", a_key(1), START) == (ref,)


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
