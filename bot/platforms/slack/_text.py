"""Foreign text on its way into Slack, and people's text on its way out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.text import clean_lines, cut, units

_MARKED = re.compile(r"<([^<>]*)>")
_CHANNEL = re.compile(r"\bslack-([CG][A-Z0-9]{7,20})\b")  # the key of a channel started in chat: readers see its name
_SPACES = re.compile(r"[ \t]+")


def fitted(text: str, limit: int) -> str:
    """The cleaned text, cut at a word so that it has at most `limit` UTF-16 units."""
    text = clean_lines(text)
    room = limit
    while units(text) > limit:
        text = cut(text, room)
        room -= max(1, (units(text) - limit) // 2)  # no character is more than two units
    return text


def pieces(text: str, limit: int) -> Iterator[str]:
    """The whole cleaned text in pieces of at most `limit` UTF-16 units, broken between words where there are any."""
    text = clean_lines(text)
    start = 0
    while start < len(text):
        head = text[start : start + limit]
        fits = units(head) <= limit
        if fits and start + limit >= len(text):
            yield head
            return
        end = limit if fits else limit // 2
        space = head.rfind(" ", end // 2, end)
        index = space + 1 if space > 0 else end
        yield head[:index]
        start += index


def escaped(text: str) -> str:
    """Text that mrkdwn shows as it stands: nothing in it can be a link, a mention or a ping."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def split_at_channels(text: str) -> Iterator[tuple[str, bool]]:
    """The text in its order: what is plain, and the ids of channels that are named in it by their keys (True)."""
    for number, part in enumerate(_CHANNEL.split(text)):
        if part:
            yield part, number % 2 == 1


def without_keys(text: str) -> str:
    """The text for a place that shows no channel's name."""
    return _CHANNEL.sub("this channel", text)


def as_typed(text: str) -> str:
    """A person's message as it was typed: Slack's marks around links and mentions taken away."""
    return unescaped(_MARKED.sub(lambda match: _unmarked(match[1]), text))


def unescaped(text: str) -> str:
    """The text with Slack's three escapes undone."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unmarked(inside: str) -> str:
    target, _, label = inside.partition("|")
    if target.startswith(("@", "!")):
        return ""
    return label or target.removeprefix("mailto:").removeprefix("#")


def without_mentions(text: str) -> str:
    """What was said to the bot, without the mention that called it."""
    return _SPACES.sub(" ", as_typed(text)).strip()
