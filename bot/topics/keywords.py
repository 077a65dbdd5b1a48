"""Keyword lists: "Relevant: Mixture of Experts (MoE), Pruning, etc." is a name and its phrases."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.topics.lines import Kind, Line
from bot.topics.sections import Placed, Section, keyword_heading

RELEVANT = "relevant"
IRRELEVANT = "irrelevant"

_NAMED = re.compile(r"(?P<name>[^:,;()]{1,40}?)\s*:\s*(?P<phrases>.*)")
_SEPARATOR = re.compile(r"[,;、，；|]|(?:\s/\s)")
_FILLER = re.compile(r"(?:and |or )?(?:etc|so on|others?|more|n/?a|none|\W*)\.*", re.IGNORECASE)
_SAME_LIST = {
    RELEVANT: ("relevant", "keep", "include", "included", "positive", "interested", "yes", "good", "wanted"),
    IRRELEVANT: (
        "irrelevant", "not relevant", "non-relevant", "filter", "filter out", "exclude", "excluded", "negative",
        "avoid", "ignore", "not interested", "no", "bad", "unwanted", "skip",
    ),
    "application": ("application", "applications"),
}  # fmt: skip
_CANONICAL = {name: canonical for canonical, names in _SAME_LIST.items() for name in names}


def read_keywords(placed: Sequence[Placed]) -> dict[str, tuple[str, ...]]:
    """The lists of all keyword sections: name in lower case → distinct phrases in order.

    Phrases without a list's name are relevant ones; "keep" is the list "relevant", "filter" and "avoid" are
    "irrelevant".
    """
    lists: dict[str, dict[str, None]] = {}
    name = section_name = RELEVANT
    for entry in placed:
        if entry.section is not Section.KEYWORDS or entry.line.kind in (Kind.BLANK, Kind.COMMENT):
            continue
        if entry.opens:
            title, phrases = keyword_heading(entry.line)
            name = section_name = _canonical(title) if title else RELEVANT
        else:
            name, phrases = _named(entry.line, name, section_name)
        lists.setdefault(name, {}).update(dict.fromkeys(split_phrases(phrases)))
    return {name: tuple(phrases) for name, phrases in lists.items() if phrases}


def _named(line: Line, name: str, section_name: str) -> tuple[str, str]:
    text = line.plain
    if named := _NAMED.fullmatch(text):
        return _canonical(named["name"]), named["phrases"]
    return (name if line.kind is not Kind.TEXT else name or section_name), text


def _canonical(name: str) -> str:
    name = " ".join(name.lower().split()).removesuffix(" keywords").strip()
    return _CANONICAL.get(name, name) or RELEVANT


def split_phrases(text: str) -> list[str]:
    """The phrases of a list, separated by commas or semicolons outside of parentheses; "etc." is none."""
    phrases: list[str] = []
    start = depth = 0
    for index, char in enumerate(text):
        depth = max(0, depth + (char in "([") - (char in ")]"))
        if depth == 0 and _SEPARATOR.match(char):
            phrases.append(text[start:index])
            start = index + 1
    stripped = (phrase.strip(" .") for phrase in [*phrases, text[start:]])
    return [phrase for phrase in stripped if not _FILLER.fullmatch(phrase)]
