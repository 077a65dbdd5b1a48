"""The terminal platform: its end, its output, its files, its place in the registry."""

import asyncio
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import ChannelClosed, PlatformError
from bot.platforms import PLATFORMS
from bot.settings import Settings
from tests.fakes import START, FakeClock
from tests.platforms.console.samples import a_key, a_platform, a_post
from tests.platforms.harnesses import TypedLines


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


class FullDevice(io.StringIO):
    def write(self, text):
        raise OSError(28, "No space left on device")


async def test_an_output_that_takes_nothing_refuses_posts(tmp_path):
    platform, _, _ = a_platform(file=FullDevice(), transcript=tmp_path / "terminal.jsonl")
    with pytest.raises(ChannelClosed, match="No space left"):
        await platform.post("terminal", a_post(1), a_key(1))
    assert await platform.find("terminal", a_key(1), START) == ()


TALK_TO_NOBODY = """
import asyncio, sys
from bot.errors import ChannelClosed
from bot.models import Post, PostKey, PostRole
from bot.platforms.console import ConsolePlatform
from tests.fakes import FakeClock, FakeInbox

async def main():
    platform = ConsolePlatform(FakeClock())
    for _ in range(2):
        try:
            await platform.post("terminal", Post(PostRole.NOTE, "x", "x"), PostKey("terminal", 1, PostRole.NOTE))
        except ChannelClosed as error:
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
        cwd=Path(__file__).parents[3],
    )
    os.close(writing)
    refusal = "the terminal took no output for terminal/1/note/: Broken pipe"
    assert finished.stderr.splitlines() == [refusal, refusal, "nobody reads the output"]
    assert finished.returncode == 0


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


async def test_the_registry_makes_a_terminal_that_remembers_in_the_data_folder(tmp_path):
    platform = PLATFORMS["console"](Settings(data_dir=tmp_path / "data"), FakeClock())
    ref = await platform.post("terminal", a_post(1), a_key(1))
    assert json.loads((tmp_path / "data" / "terminal.jsonl").read_text())["message"] == ref.message
