"""Escape text from outside for a Markdown list: shown as it is, whatever it says, and read back the same.

Everything that a viewer would act on (table bars, links, tags, emphasis, formulas, mentions, addresses) becomes a
character reference, which Markdown shows and never obeys.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from bot.text import one_line

# `&` only where it could be taken for a reference; `:` and `.` only where they would make an address or an emoji.
_ACTIVE = re.compile(r"[\\`*_\[\]<>|~$#^]|&(?=#?\w+;)|:(?=//|\w+:)|@(?=\w)|(?<=\bwww)\.", re.IGNORECASE)
_BLOCK = re.compile(r"^(?:[-+=](?=\s|[-+=]|$)|\d{1,9}(?=[.)](?:\s|$)))")
_MARKS = re.compile(r"[\s(){}\[\]<>|\\\"'`*^~]")


def escaped(text: str) -> str:
    """One line that a Markdown viewer shows letter for letter, in a table's cell too."""
    inert = _ACTIVE.sub(lambda found: _reference(found[0]), one_line(text))
    return _BLOCK.sub(lambda found: "".join(map(_reference, found[0])), inert)


def escaped_address(url: str) -> str:
    """An address that can stand between the brackets of a link."""
    return _MARKS.sub(lambda mark: quote(mark[0], safe=""), url)


def badge(left: str, right: str) -> str:
    """The address of a badge with two halves, as shields.io draws it."""
    halves = (quote(one_line(half).replace("-", "--").replace("_", "__"), safe="") for half in (left, right))
    return f"https://img.shields.io/badge/{'-'.join(halves)}-blue"


def _reference(char: str) -> str:
    return f"&#{ord(char)};"
