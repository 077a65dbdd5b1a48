"""Foreign text on its way into Discord, and people's text on its way out.

Discord reads Markdown, mentions and links in everything a bot writes. A backslash takes any sign its meaning; behind
an @ stands a character that nobody sees, since what it calls is looked for before the backslashes are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.text import clean_lines, cut, split_at_addresses, units

# Joining two parts may add so many backslashes: a scheme or a picture's name can begin in one and end in the other.
_SEAM = 4
_BREAK = "\u200b"
_SIGNS = re.compile(r"([\\*_~`|<>\[\]])")
# Not \s: it would run over empty lines again and again.
_LINE_START = re.compile(r"^([^\S\n]*)(#{1,3}\s|-\s|-#|\+\s)", re.MULTILINE)
_NUMBERED = re.compile(r"^([^\S\n]*\d+)(\.\s)", re.MULTILINE)
_SCHEME = re.compile(r"://")
_INVITATION = re.compile(r"(discord(?:app)?)\.(gg|com|me|io)", re.IGNORECASE)
_PICTURE_NAME = re.compile(r":(?=[^\s:]+:)")
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
_MENTION = re.compile(r"<(?:@[!&]?|#)\d+>|</[^:<>]+:\d+>")
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")
_CHANNEL = re.compile(r"\bdiscord-(\d{15,20})\b")  # the key of a channel that was started in chat: readers see its name
_SPACES = re.compile(r"[ \t]+")
_FENCE = re.compile(r"`{3,}")
_LINKABLE = re.compile(r"https?://[^\s<>()\[\]\"'`|\\]+")


def escaped(text: str) -> str:
    """Text that Discord shows as it stands: nothing in it formats, links, calls or unfolds."""
    text = _SIGNS.sub(r"\\\1", text)
    text = _LINE_START.sub(r"\1\\\2", text)
    text = _NUMBERED.sub(r"\1\\\2", text)
    text = _SCHEME.sub(r":\\/\\/", text)
    text = _INVITATION.sub(r"\1\\.\2", text)
    text = _PICTURE_NAME.sub(r"\\:", text)
    return _CHANNEL.sub(r"<#\1>", text.replace("@", f"@{_BREAK}"))


def fitted(text: str, limit: int) -> str:
    """The cleaned and escaped text, cut at a word so that it has at most `limit` UTF-16 units."""
    text = clean_lines(text)
    return _within(text, limit, escaped)


def linked(text: str, limit: int) -> str:
    """As `fitted`, with the addresses in it left to be clicked."""
    return _within(clean_lines(text), limit, _with_addresses)


def plain(text: str, limit: int) -> str:
    """The cleaned text for a place where Discord reads no Markdown: a button, a window's title, a choice."""
    return _within(_CHANNEL.sub("this channel", clean_lines(text).replace("\n", " ")), limit, str)


def quoted(text: str, limit: int) -> str:
    """The text in a frame, to be copied; three backticks in it would end the frame."""
    inside = _within(_FENCE.sub("''", clean_lines(text)), max(1, limit - 8), str)
    return f"```\n{inside}\n```"


def pieces(text: str, limit: int) -> Iterator[str]:
    """The whole text as `linked` shows it, in pieces of at most `limit` UTF-16 units, broken between lines or words."""
    piece, bound = "", 0
    for part in _breakable(clean_lines(text), limit // 2):
        own = units(_with_addresses(part)) + _SEAM
        bound += own
        # The whole is shown only where the sum of its parts does not settle it: a thousand short lines are many.
        if piece and bound > limit:
            bound = units(_with_addresses(piece + part))
        if piece and bound > limit:
            yield _with_addresses(piece.strip("\n"))
            piece, bound = "", own
        piece += part
    if piece.strip():
        yield _with_addresses(piece.strip("\n"))


def link(label: str, url: str) -> str:
    """A masked link whose label is foreign; the label alone where the address is none."""
    shown = escaped(clean_lines(label))
    return f"[{shown}]({url})" if is_address(url) else shown


def is_address(url: str) -> bool:
    """Whether Discord takes this as the target of a link."""
    return bool(_LINKABLE.fullmatch(url)) and len(url) <= 2000


def unescaped(text: str) -> str:
    """The text as readers see it, with `escaped` undone."""
    return _ESCAPED.sub(r"\1", text).replace(_BREAK, "")


def as_typed(text: str) -> str:
    """What was said to the bot: mentions taken away, custom emoji by their names."""
    return _SPACES.sub(" ", _EMOJI.sub(r"\1", _MENTION.sub("", text))).strip()


def _with_addresses(text: str) -> str:
    parts = split_at_addresses(text)
    return "".join(part if is_link and is_address(part) else escaped(part) for part, is_link in parts)


def _within(text: str, limit: int, show: Callable[[str], str]) -> str:
    room = min(limit, len(text))
    shown = show(cut(text, room))
    while units(shown) > limit:
        room -= max(1, (units(shown) - limit) // 2)
        shown = show(cut(text, max(0, room)))
    return shown


def _breakable(text: str, longest: int) -> Iterator[str]:
    """The text in lines, those that are too long in runs of words."""
    for line in text.splitlines(keepends=True):
        rest = line
        while len(rest) > longest // 2:
            space = rest.rfind(" ", longest // 4, longest // 2)
            index = space + 1 if space > 0 else longest // 2
            yield rest[:index]
            rest = rest[index:]
        yield rest
