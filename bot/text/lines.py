"""Clean and measure text of several lines on its way into a chat, and find its addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.text.clean import one_line

_ADDRESS = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)\]}'\"]")


def units(text: str) -> int:
    """The length of a text in UTF-16 units, as chat platforms may count it."""
    return len(text) + sum(char > "\uffff" for char in text)


def clean_lines(text: str) -> str:
    """The text without control and invisible characters; lines and their indents stay."""
    return "\n".join(_indent(line) + one_line(line) for line in text.split("\n")).strip("\n")


def _indent(line: str) -> str:
    return " " * (len(line) - len(line.lstrip(" ")))


def split_at_addresses(text: str) -> Iterator[tuple[str, bool]]:
    """The text in parts, each with whether it is an address to be clicked."""
    index = 0
    for match in _ADDRESS.finditer(text):
        if match.start() > index:
            yield text[index : match.start()], False
        yield match[0], True
        index = match.end()
    if index < len(text):
        yield text[index:], False
