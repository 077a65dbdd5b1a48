"""How posts look, and that nothing in them can steer the terminal."""

import asyncio
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.models import PaperCard, Post, PostRole, Severity
from tests.platforms.console.samples import (
    HEADER,
    HEADER_KEY,
    NASTY,
    a_key,
    a_platform,
    a_post,
    post_papers,
    turns,
    visible,
)
from tests.platforms.harnesses import TypedLines


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


@settings(max_examples=80)
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
