"""Posts, a terminal and what it shows, for the tests of the terminal platform."""

import asyncio
import io
import re

from hypothesis import strategies as st
from rich.console import Console

from bot.models import PaperCard, Post, PostKey, PostRole
from bot.platforms.console import ConsolePlatform
from bot.rendering import card_text
from tests.fakes import FakeClock, FakeInbox

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


def a_platform(lines=(), *, reader=None, terminal=False, width=80, file=None, **options):
    """A platform with an inbox and its output; `lines` are given one by one."""
    waiting = iter([*lines, None])

    async def next_line():
        return next(waiting)

    output = file or io.StringIO()
    console = Console(file=output, width=width, force_terminal=terminal, color_system="standard" if terminal else None)
    platform = ConsolePlatform(FakeClock(), screen=console, lines=reader or next_line, **options)
    return platform, FakeInbox(), output


def visible(output):
    """What a terminal shows of an output that holds only colours and hyperlinks."""
    text = re.sub(r"\x1b\[[\d;]*m|\x1b\]8;[^\x1b\x07]*\x1b\\", "", output)
    return "\n".join(line.rstrip() for line in text.splitlines())


async def turns(count=20):
    """Let everything that is ready run."""
    for _ in range(count):
        await asyncio.sleep(0)
