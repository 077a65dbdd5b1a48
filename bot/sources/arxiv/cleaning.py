"""From what arXiv sends to the values the bot speaks in. Pure."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.text import one_line

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CONTROL_REFERENCE = re.compile(rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]));")
_WORK = r"(?:paper|submission|article|manuscript|preprint|work|version|draft)"
_NOTICE = re.compile(
    rf"\b{_WORK}\s+(?:has\s+been|have\s+been|was|is)\s+(?:\w+\s+)?withdrawn\b"
    r"|\bwithdrawn\s+by\s+(?:the\s+)?(?:\w+\s+)?(?:authors?|arxiv)\b"
    rf"|\b(?:withdraw|withdrawing|retract)\s+(?:this|our|the)\s+{_WORK}\b"
    r"|\bremoved\s+by\s+arxiv\s+admin",
    re.IGNORECASE,
)
_BRIEF_NOTICE = re.compile(
    r"\W*(?:this\s+(?:has\s+been|is|was)\s+)?withdrawn\b(?=\W*$|\W+(?:by|due|because|for|since|until|pending|as|from|to)\b)",
    re.IGNORECASE,
)
_FOREIGN_NOTICE = re.compile(
    r"\b(?:replac|supersed|merg|previous|earlier|another)\w*\W+(?:\w+\W+){0,4}withdrawn\b", re.IGNORECASE
)
_LONGEST_NOTICE = 400
_NAME_MARK = re.compile(r"[(),;]")
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})


def without_control_characters(body: bytes) -> bytes:
    """XML without the characters XML forbids, plain or as references, and without broken UTF-8.

    One stray byte in one abstract would otherwise make a whole page unreadable for as long as that paper is listed.
    """
    cleaned = _CONTROL_REFERENCE.sub(b" ", _CONTROL.sub(b" ", body))
    try:
        cleaned.decode("utf-8")
    except UnicodeDecodeError:
        return cleaned.decode("utf-8", errors="replace").encode("utf-8")
    return cleaned


def xml_root(body: bytes) -> ET.Element | None:
    """Parse XML; None if it is none, is cut off, or declares a document type, which arXiv never sends.

    Entities that a document declares have filled memories and crashed interpreters (CVE-2024-8176), so no other parser
    is given what this one refuses.
    """
    try:
        root: ET.Element = fromstring(body, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, LookupError, ValueError):  # the last two: a wrong encoding, or unknown
        return None
    return root


def title_of(text: str | None) -> str:
    """A title on one line, never empty."""
    return one_line(text or "") or "(untitled)"


def names_of(names: Iterable[str | None]) -> tuple[str, ...]:
    """Author names on one line each, empty ones left out."""
    return tuple(clean for name in names if (clean := one_line(name or "")))


def split_names(text: str) -> tuple[str, ...]:
    """The names in the feed's one field for all authors; commas in parentheses do not part them."""
    names: list[str] = []
    for part in _parted(one_line(text)):
        if names and part.lower() in _SUFFIXES:
            names[-1] += f", {part}"
        elif part:
            names.append(part)
    return tuple(names)


def _parted(line: str) -> Iterator[str]:
    """The parts between commas and semicolons that no closed pair of parentheses holds, in one pass."""
    opened: list[int] = []  # how many breaks there were before each parenthesis that is open
    breaks: list[int] = []
    for mark in _NAME_MARK.finditer(line):
        if mark[0] == "(":
            opened.append(len(breaks))
        elif mark[0] != ")":
            breaks.append(mark.start())
        elif opened:
            del breaks[opened.pop() :]
    start = 0
    for at in (*breaks, len(line)):
        yield line[start:at].strip()
        start = at + 1


def is_withdrawn(comment: str | None, abstract: str) -> bool:
    """Whether the comment, or a notice in place of the abstract, says that this paper is withdrawn."""
    said = comment or ""
    if len(abstract) <= _LONGEST_NOTICE:
        said += "\n" + abstract
    if _FOREIGN_NOTICE.search(said):
        return False
    return bool(_NOTICE.search(said) or _BRIEF_NOTICE.match(comment or ""))
