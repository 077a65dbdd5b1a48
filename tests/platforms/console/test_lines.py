"""Lines from standard input."""

import asyncio
import os

import pytest

from bot.platforms.console import StdinLines
from tests.platforms.console.samples import turns


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
