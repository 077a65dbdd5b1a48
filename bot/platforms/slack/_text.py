"""Foreign text on its way into Slack, and people's text on its way out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.text import clean_lines, cut, units

_MARKED = re.compile(r"<([^<>]*)>")
_SPACES = re.compile(r"[ \t]+")


def fitted(text: str, limit: int) -> str:
    """The cleaned text, cut at a word so that it has at most `limit` UTF-16 units."""
    text = clean_lines(text)
    room = limit
    while units(text) > limit:
        text = cut(text, room)
        room -= max(1, units(text) - limit)
    return text


def pieces(text: str, limit: int) -> Iterator[str]:
    """The whole cleaned text in pieces of at most `limit` UTF-16 units, broken between words where there are any."""
    text = clean_lines(text)
    while text:
        if units(text) <= limit:
            yield text
            return
        end = limit // 2 if units(text[:limit]) > limit else limit
        space = text.rfind(" ", end // 2, end)
        place = space + 1 if space > 0 else end
        yield text[:place]
        text = text[place:]


def escaped(text: str) -> str:
    """Text that mrkdwn shows as it stands: nothing in it can be a link, a mention or a ping."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


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
