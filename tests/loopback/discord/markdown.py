"""Discord's Markdown as it is displayed: `**x**` becomes ⟦bold x⟧, a masked link its label and its address."""

from __future__ import annotations

import re
from typing import Protocol


class Names(Protocol):
    """How mentions are displayed."""

    def user(self, number: str) -> str: ...

    def role(self, number: str) -> str: ...

    def channel(self, number: str) -> str: ...

    def everyone(self, word: str) -> str: ...


_FENCE = re.compile(r"```(?:[a-z0-9_+.#-]+\n)?\n*(.+?)\n*```", re.DOTALL | re.IGNORECASE)
_CODE = re.compile(r"(`+)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"\[((?:\\.|[^\[\]\\\n]|\[[^\[\]\n]*\])+)\]\(<?(https?://[^\s<>)]+)>?(?: \"[^\"]*\")?\)")
_ANGLED = re.compile(r"<(https?://[^\s<>]+)>")
_URL = re.compile(r"https?://[^\s<]+[^<.,:;\"'\]\s)]")
_MENTION = re.compile(r"<(@!?|@&|#)(\d+)>")
_SLASH = re.compile(r"<(/[^:<>]+):\d+>")
_EMOJI = re.compile(r"<a?:(\w+):\d+>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")
_STAMP = re.compile(r"<t:(\d+)(?::[tTdDfFR])?>")
_STYLES = (
    ("bold", re.compile(r"\*\*((?:\\.|[^\\])+?)\*\*(?!\*)", re.DOTALL)),
    ("underlined", re.compile(r"__((?:\\.|[^\\])+?)__(?!_)", re.DOTALL)),
    ("struck", re.compile(r"~~((?:\\.|[^\\])+?)~~", re.DOTALL)),
    ("hidden", re.compile(r"\|\|((?:\\.|[^\\])+?)\|\|", re.DOTALL)),
    ("italic", re.compile(r"\*(?=[^\s*])((?:\\.|[^\\*])*?[^\s*\\])\*(?!\*)", re.DOTALL)),
    ("italic", re.compile(r"(?<!\w)_(?=\S)((?:\\.|[^\\_])+?)_(?!\w)", re.DOTALL)),
)
_HEADING = re.compile(r"(#{1,3}) +(.+)")
_SMALL = re.compile(r"-# +(.+)")
_QUOTE = re.compile(r">(?:>>)? (.*)")
_BULLET = re.compile(r"( *)[-*+] +(.+)")


def markdown(text: str, names: Names, *, has_links: bool = True) -> str:
    """A text as its readers see it."""
    parts, end = [], 0
    for fence in _FENCE.finditer(text):
        if _is_escaped(text, fence.start()):
            continue
        parts.append(_lines(text[end : fence.start()], names, has_links=has_links))
        parts.append("\n".join(f"    {line}" for line in fence[1].split("\n")))
        end = fence.end()
    parts.append(_lines(text[end:], names, has_links=has_links))
    return "\n".join(part.strip("\n") for part in parts if part.strip("\n"))


def _is_escaped(text: str, index: int) -> bool:
    return (index - len(text[:index].rstrip("\\"))) % 2 == 1


def _lines(text: str, names: Names, *, has_links: bool) -> str:
    return "\n".join(_line(line, names, has_links=has_links) for line in text.split("\n"))


def _line(line: str, names: Names, *, has_links: bool) -> str:
    for pattern, style in ((_HEADING, "heading"), (_SMALL, "small"), (_QUOTE, "quote")):
        if found := pattern.fullmatch(line):
            return f"⟦{style} {_inline(found[found.re.groups], names, has_links=has_links)}⟧"
    if found := _BULLET.fullmatch(line):
        return f"{found[1]}• {_inline(found[2], names, has_links=has_links)}"
    return _inline(line, names, has_links=has_links)


def _inline(text: str, names: Names, *, has_links: bool) -> str:
    """Read from left to right; what an escape or an earlier mark has taken, no later one sees."""
    shown, index = [], 0
    while index < len(text):
        step, piece = _next(text, index, names, has_links=has_links)
        shown.append(piece)
        index += step
    return "".join(shown)


def _next(text: str, index: int, names: Names, *, has_links: bool) -> tuple[int, str]:
    """How many characters the mark here takes, and what is seen of it."""
    here = text[index]
    if here == "\\" and index + 1 < len(text) and not text[index + 1].isalnum() and not text[index + 1].isspace():
        return 2, text[index + 1]
    if here == "`" and (found := _CODE.match(text, index)):
        return len(found[0]), f"⟦code {found[2].strip()}⟧"
    if here == "[" and has_links and (found := _LINK.match(text, index)):
        return len(found[0]), f"{_inline(found[1], names, has_links=False)} ‹{found[2]}›"
    if here == "h" and (found := _URL.match(text, index)):
        return len(found[0]), found[0]
    if here == "<" and (marked := _angled(text, index, names)):
        return marked
    if here == "@" and (found := _EVERYONE.match(text, index)):
        return len(found[0]), names.everyone(found[0])
    if here in "*_~|":
        for style, pattern in _STYLES:
            if found := pattern.match(text, index):
                return len(found[0]), f"⟦{style} {_inline(found[1], names, has_links=has_links)}⟧"
    return 1, here


def _angled(text: str, index: int, names: Names) -> tuple[int, str] | None:
    if found := _ANGLED.match(text, index):
        return len(found[0]), found[1]
    if found := _MENTION.match(text, index):
        show = {"@": names.user, "@!": names.user, "@&": names.role, "#": names.channel}[found[1]]
        return len(found[0]), show(found[2])
    if found := _SLASH.match(text, index):
        return len(found[0]), f"⟦command {found[1]}⟧"
    if found := _EMOJI.match(text, index):
        return len(found[0]), f":{found[1]}:"
    if found := _STAMP.match(text, index):
        return len(found[0]), f"⟦time {found[1]}⟧"
    return None
