"""Hostile text in every post and every reply, on every platform: shown as it stands, and doing nothing.

A whole channel is made of it: titles, abstracts, authors, comments, scores' comments, topics, names of emoji, and what
people type. What Paperlark then posts and answers is rendered by each platform and read as that chat displays it.
"""

from __future__ import annotations

import dataclasses
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

import pytest
from rich.console import Console

from bot.emoji import normalise
from bot.errors import SourceUnavailable
from bot.models import Form, Post, PostKey, PostRole, Reply, VoteOutcome
from bot.platforms import PLATFORMS
from bot.platforms.console._screen import Screen
from bot.platforms.discord import _messages as discord_messages
from bot.platforms.discord import _replies as discord_replies
from bot.platforms.discord._text import linked
from bot.platforms.slack import _blocks as slack_blocks
from bot.platforms.slack import _replies as slack_replies
from bot.query import COMMANDS
from bot.rendering import alarm_text, notice_post, relief_text, vote_confirmation
from bot.text import whole
from bot.topics import parse_topics
from handlers.commands.dispatch import _ANSWERS
from handlers.learning import refit
from handlers.reaction import VoteQueue
from handlers.topics_file import take_up_topics
from tests.builders import CHANNEL, a_paper
from tests.fakes import FakeScorer
from tests.handlers.asking import request, say
from tests.handlers.conftest import World, at, world
from tests.loopback.discord.markdown import markdown
from tests.loopback.slack.transcript import mrkdwn, read_blocks
from tests.loopback.slack.workspace import Workspace

__all__ = ["world"]  # a fixture

MONDAY = date(2025, 5, 5)
HOSTILE = (
    "<!channel> <!here|here> <@U024BE7LH> <#C024BE7LH|x> <!subteam^S1> @everyone @here <@80351110224678912> <@&7> <#9>",
    "<https://evil.example|arxiv.org> [arxiv.org](https://evil.example) <https://evil.example> [a]: https://evil.example",
    "*bold* **bold** _it_ __under__ ~s~ ~~s~~ ||spoiler|| `code` ```block``` :tada: <:x:1> <a:x:1> <t:1:R> </papers:1>",
    "# Heading\n## Heading\n-# small\n> quote\n>>> quote\n- bullet\n1. number\n```\nfence",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\ \x9b2J \x07\x08\x08\r over",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200b\u200d\ufeff e\u0301\u0301\u0301 \ud800 \x00 \u2028next\u2029",
    "\\*a\\* \\<@1> \\` \\\\ \\textbf{*x*} $\\<$ &lt;!channel&gt; &amp;lt; &#60;!here&#62; %3C!here%3E",
    "[red]x[/] [link=https://evil.example]y[/link] [/] [bold] [[a]] ![i](https://evil.example/i.png) {x} $(x) %s {0}",
    "discord.gg/evil https://discord.com/invite/evil mailto:a@b.c javascript:alert(1) file:///etc/passwd data:text/html,x",
    ('"quoted" | pipes | {"json": [1]} ' * 40) + "<!channel>",
)
_WORKSPACE = Workspace(lambda: 0.0)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_OWN_ESCAPES = re.compile(r"\x1b\[[\d;]*m|\x1b\]8;(?:id=\d+;https://arxiv\.org/[^\x1b\x07]*|;)\x1b\\")


class HostileScorer(FakeScorer):
    """Comments on everything with a text, as a model may that was talked into it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = whole(text)  # as the reader of an LLM's answers leaves it

    def _score(self, paper):
        return dataclasses.replace(super()._score(paper), comment=self.text, topics=(1,), model=self.text)


# --- what each chat makes of a post or a reply ------------------------------------------------------------------------


def on_slack(said: Post | Reply | Form | str) -> None:
    """No mark-up object, no ping, no foreign link, nothing left unescaped where Slack reads marks."""
    if isinstance(said, Post):
        shown = slack_blocks.message(said, PostKey(CHANNEL, 1, said.role, "2505.05001"))
        assert shown["mrkdwn"] is shown["unfurl_links"] is shown["unfurl_media"] is False
    elif isinstance(said, Reply):
        shown = slack_replies.answer(said)
        _read_slack(slack_replies.window("Window", said)["blocks"])
    elif isinstance(said, Form):
        shown = {"text": "", "blocks": slack_replies.form_window(said, "C1")["blocks"]}
    else:
        shown = {"text": slack_blocks.notification(said), "blocks": []}
    assert not re.search(r"[<>]", shown["text"])
    assert "⟦" not in mrkdwn(_WORKSPACE, shown["text"], styled=False)
    assert not _CONTROLS.search(shown["text"])
    _read_slack(shown["blocks"])


def _read_slack(blocks: Sequence[Mapping[str, object]]) -> None:
    for element in _objects(blocks):
        assert element.get("type") not in {"mrkdwn", "user", "usergroup", "broadcast", "channel", "emoji", "image"}
        if element.get("type") == "link":
            assert element["url"].startswith("https://arxiv.org/") or element.get("text") in {None, element["url"]}
            assert element["url"].startswith(("https://", "http://"))
        if element.get("type") in {"text", "plain_text"}:
            assert not _CONTROLS.search(element["text"])
    if "input" not in {block["type"] for block in blocks}:
        assert "⟦" not in read_blocks(_WORKSPACE, blocks)


def _objects(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    for part in parts:
        yield from _objects(part)


class _Nobody:
    """Names for which every mention is an alarm."""

    def user(self, number: str) -> str:
        return f"⟦mention @{number}⟧"

    def role(self, number: str) -> str:
        return f"⟦mention @&{number}⟧"

    def channel(self, number: str) -> str:
        return f"⟦mention #{number}⟧"

    def everyone(self, word: str) -> str:
        return f"⟦mention {word}⟧"


def on_discord(said: Post | Reply | Form | str) -> None:
    """Nothing formats but the bot's own title, nobody is called, and only arXiv stands behind a label."""
    if isinstance(said, Form):
        window = discord_replies.form_window(said).to_dict()
        assert len(window["title"]) <= 45
        return
    if isinstance(said, str):
        contents = [discord_messages.Content(linked(said, 1900))]
    elif isinstance(said, Post):
        contents = [discord_messages.of_post(said, PostKey(CHANNEL, 1, said.role, "2505.05001"))]
    else:
        contents = discord_replies.contents(said)
    for index, content in enumerate(contents):
        has_title = isinstance(said, Reply) and index == 0
        _read_discord(content.text.removeprefix("**").replace("**", "", 1) if has_title else content.text)
        for embed in content.embeds:
            _read_discord(embed.title or "")
            _read_discord(embed.description or "")
            assert embed.url is None or embed.url.startswith("https://arxiv.org/")
            assert not embed.image.url
        json.dumps([item.to_component_dict() for row in content.rows for item in row])


def _read_discord(text: str) -> None:
    if text.startswith("```\n") and text.endswith("\n```"):  # a frame: nothing in it means anything, but for its end
        assert "```" not in text[4:-4]
        assert not _CONTROLS.search(text)
        return
    shown = markdown(text, _Nobody())
    assert "⟦" not in shown, f"{text!r} is displayed as {shown!r}"
    assert not re.search(r"@(everyone|here)", text), "what it calls is looked for before the backslashes are"
    assert not _CONTROLS.search(text)
    for label, url in re.findall(r"(\S+) ‹([^›]*)›", shown):
        assert url.startswith("https://arxiv.org/"), f"{label} leads to {url}"
    assert not re.search(r"discord(app)?\.(gg|com/invite)", text.replace("https://discord.com/invite/evil", ""))


def on_console(said: Post | Reply | Form | str) -> None:
    """No escape sequence but the colours and arXiv's links of the bot's own, and in a pipe none at all."""
    for is_terminal in (True, False):
        output = io.StringIO()
        screen = Screen(
            Console(file=output, width=90, force_terminal=is_terminal, highlight=False, markup=False, emoji=False)
        )
        if isinstance(said, Post):
            screen.post(said, "1")
        elif isinstance(said, Reply):
            screen.reply(said)
        elif isinstance(said, str):
            screen.say(said)
        shown = output.getvalue()
        shown = _OWN_ESCAPES.sub("", shown) if is_terminal else shown
        assert not _CONTROLS.search(shown), repr(_CONTROLS.search(shown))


READERS: Mapping[str, Callable[[Post | Reply | Form | str], None]] = {
    "console": on_console,
    "discord": on_discord,
    "slack": on_slack,
}


# --- everything that is posted and answered ---------------------------------------------------------------------------


def lines(text: str) -> dict[str, list[str]]:
    """What a person may type for each command, with a hostile text wherever one can stand."""
    flat = " ".join(text.split())[:200]
    quoted = flat.replace('"', "'")
    of_paper = {name: [f"{name} 2505.05001", f"{name} {flat}"] for name in COMMANDS}
    return of_paper | {
        "follow": [f"follow author {flat}"],
        "unfollow": [f"unfollow author {flat}"],
        "mute": [f'mute "{quoted}"', f"mute author {flat}"],
        "unmute": [f'unmute "{quoted}"', f"unmute author {flat}"],
        "topics": ["topics", "topics edit 1", f"topics {flat}", "topics undo"],
        "saved": ["saved"],
        "rules": ["rules"],
        "stats": ["stats"],
        "help": ["help"],
        "pause": [f"pause until {flat}", "pause"],
        "resume": ["resume"],
        "forget": [f"forget {flat}", "forget me"],
        "remember": ["remember me"],
    }


def _topics(text: str) -> dict[str, str]:
    """As a file of topics is read at the start."""
    return {CHANNEL: parse_topics(text.encode("utf-8", "replace")).raw}


async def everything(world: World, text: str) -> list[Post | Reply | Form | str]:
    """All that is posted and said in a channel where everything foreign is this text."""
    world.env = dataclasses.replace(
        world.env, scorer=HostileScorer(text), topics_texts=_topics(f"1. {text}\n   - Relevant: {text}\n\n{text}\n")
    )
    await take_up_topics(world.env, CHANNEL)
    names = [f"2505.05{number:03d}" for number in range(1, 8)]
    papers = [
        a_paper(name, title=f"{text} {name}", abstract=f"{name} {text * 3}", authors=(text, "Ada"), comment=text)
        for name in names
    ]
    world.source.announce(MONDAY, *papers)
    await world.morning(MONDAY)
    queue, shown = VoteQueue(world.env), world.papers()
    for number, emoji in enumerate([normalise(f":{text[:60]}:"), "👍", "🔖", normalise(text[:20])]):
        await queue.record(world.vote(shown[number], f"e{number}", person="ada", emoji=emoji))
    await refit(world.env, CHANNEL)
    world.source.down = SourceUnavailable(text)
    said: list[Post | Reply | Form | str] = []
    asked = [line for typed in lines(text).values() for line in typed]
    for line in [*asked, " ".join(text.split())[:300], "quantized matters"]:
        said += await say(world, line)
    for name in _ANSWERS:
        said += await request(world, name, text, arxiv_id=names[0], text=text)
    world.env = dataclasses.replace(world.env, topics_texts=_topics(f"1. {text}\n2. {text} more\n"))
    await take_up_topics(world.env, CHANNEL)
    world.source.down = None
    world.source.announce(
        MONDAY + timedelta(days=1),
        *[dataclasses.replace(one, arxiv_id=one.arxiv_id.replace(".05", ".06")) for one in papers],
    )
    world.go_to(at(MONDAY + timedelta(days=1)))
    await world.morning(MONDAY + timedelta(days=1))
    said += [posted.post for posted in world.posts()]
    said += [reply.form for reply in said if isinstance(reply, Reply) and reply.form]
    said += [
        notice_post(text, (text,)),
        alarm_text(text),
        relief_text(text, world.clock.now(), world.clock.now().tzinfo),
    ]
    said += [vote_confirmation(outcome, normalise(text[:20]), text) for outcome in VoteOutcome]
    return [one for one in said if one]


def test_every_platform_and_every_command_is_part_of_this():
    assert set(READERS) == set(PLATFORMS)
    assert set(lines("x")) == set(COMMANDS)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
async def test_hostile_text_does_nothing_in_any_post_or_reply(world, number):
    said = await everything(world, HOSTILE[number])
    posts = [one for one in said if isinstance(one, Post)]
    assert {post.role for post in posts} >= {PostRole.HEADER, PostRole.PAPER, PostRole.NOTICE}
    assert sum(isinstance(one, Reply) for one in said) > len(COMMANDS)
    for one in said:
        for read in READERS.values():
            read(one)


def test_the_readers_see_what_is_dangerous():
    """Each of them would cry out if a renderer let a text through as it is."""
    assert "⟦PING" in mrkdwn(_WORKSPACE, "<!channel>", styled=False)
    with pytest.raises(AssertionError):
        _read_slack([{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}])
    for text in ("@everyone", "**b**", "[a](https://evil.example)", "# h", "<@1>"):
        with pytest.raises(AssertionError):
            _read_discord(text)
    with pytest.raises(AssertionError):
        on_console_raw("\x1b[2J")


def on_console_raw(text: str) -> None:
    assert not _CONTROLS.search(_OWN_ESCAPES.sub("", text))
