"""Part a row or bullet that names several papers into those, each with what belongs to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.arxiv_id import find_id, ids_named
from bot.library.inline import Kind, Piece, plain, stripped
from bot.library.titles import bracketed_links, is_aside, is_title_link, n_words

_CITING = re.compile(
    r"\b(?:extends?|extending|unlike|see(?: also)?|cf|based on|builds? (?:up)?on|building on"
    r"|improv(?:es|ing)(?: (?:up)?on)?"
    r"|compared (?:to|with)|follow[- ]up (?:of|to)|inspired by|from|in|of|with|than|versus|vs|beats?|outperforms?|uses?"
    r"|using|like|similar to|against|over|related(?: work)?|as|also|by|replaces?|supersedes?|reproduces?|following"
    r"|reviewed in|cited (?:by|in)|proposed in|introduced in|used in)[.:]?\s*[\"“(\[]?$",
    re.IGNORECASE,
)
_LONGEST_LEAD = 40
_BARE_ID = re.compile(
    r"(?:arxiv\s?[:.]?\s?|(?<![\w./-]))(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d{1,3})?(?![\w-]|\.\d)"
    r"(?:\s?\[[a-z-]{2,12}(?:\.[a-z-]{2,12})?\])?",
    re.IGNORECASE | re.ASCII,
)
_PROPERTY = re.compile(r"^\s*[\w-]{1,20}::\s*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Items:
    """The parts of an item, one for each paper; `cited` are ids that it only mentions."""

    parts: tuple[tuple[Piece, ...], ...]
    cited: tuple[str, ...] = ()


def items_in(parts: Sequence[Piece]) -> Items:
    """What belongs to each paper of an item; the whole item where it names one or none."""
    parts = with_bare_ids(parts)
    brackets = bracketed_links(parts)
    starts: list[int] = []
    cited: list[str] = []
    known: set[str] = set()
    last = -1
    for index, piece in enumerate(parts):
        found = find_id(piece.url) if piece.kind in (Kind.LINK, Kind.BADGE) else ""
        if not found:
            continue
        if found not in known and known and _is_cited(parts, index):
            cited.append(found)
            continue
        if found not in known and known:
            has_own_title = is_title_link(piece, brackets, index)
            starts.append(index if has_own_title else _start(parts, last, index))
        known.add(found)
        last = index
    bounds = [0, *starts, len(parts)]
    wanted = [tuple(parts[start:end]) for start, end in pairwise(bounds)]
    return Items(tuple(_without(one, cited) for one in wanted), tuple(dict.fromkeys(cited)))


def _is_cited(parts: Sequence[Piece], index: int) -> bool:
    before = parts[index - 1] if index else None
    return before is not None and before.kind is Kind.TEXT and bool(_CITING.search(before.text[-60:]))


def is_citing(text: str) -> bool:
    """Whether a text begins with words that lead to another paper: "builds on […](…)"."""
    head = re.split(r"[\[<]|https?://", text, maxsplit=1)[0].strip(" -–—:*_")
    return 0 < len(head) <= _LONGEST_LEAD and bool(_CITING.fullmatch(head))


def _start(parts: Sequence[Piece], last: int, index: int) -> int:
    """Where a paper begins whose link at `index` is a label: at the first words behind the links of the one before."""
    at = last + 1
    while at < index and not (parts[at].kind is Kind.TEXT and n_words(stripped(parts[at].text)) >= 2):
        at += 1
    while at < index and is_aside(stripped(parts[at].text)):
        at += 1
    return at


def _without(part: tuple[Piece, ...], cited: Sequence[str]) -> tuple[Piece, ...]:
    return tuple(piece for piece in part if piece.kind is Kind.TEXT or not cited or find_id(piece.url) not in cited)


def with_bare_ids(parts: Sequence[Piece]) -> Sequence[Piece]:
    """The pieces, with ids written as words as links, unless there are links to papers."""
    if any(piece.kind is not Kind.TEXT and find_id(piece.url) for piece in parts):
        return parts
    found: list[Piece] = []
    for piece in parts:
        found += _parted(piece) if piece.kind is Kind.TEXT and any(ids_named(piece.text)) else [piece]
    return found


def _parted(piece: Piece) -> list[Piece]:
    parts: list[Piece] = []
    raw = _PROPERTY.sub("", piece.raw)
    index = 0
    for match in _BARE_ID.finditer(raw):
        if arxiv_id := find_id(match["id"]):
            if text := plain(raw[index : match.start()]):
                parts.append(Piece(Kind.TEXT, text, raw=raw[index : match.start()]))
            parts.append(Piece(Kind.LINK, "", f"https://arxiv.org/abs/{arxiv_id}"))
            index = match.end()
    if text := plain(raw[index:]):
        parts.append(Piece(Kind.TEXT, text, raw=raw[index:]))
    return parts
