"""Find what stands within a line of Markdown: links, badges, pictures, line breaks, addresses; in linear time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from html import unescape
from urllib.parse import unquote

from bot.text import one_line

_BREAK = re.compile(r"<\s*/?\s*(?:br|p|div|summary)\b", re.IGNORECASE)
_ANCHOR = re.compile(r"""<\s*a\b[^<>]{0,2000}?\bhref\s*=\s*["']?([^"'\s<>]{1,2000})""", re.IGNORECASE)
_TAG = re.compile(r"<\s*[/!a-zA-Z]")
_ADDRESS = re.compile(r"https?://[^\s<>|\"'`\\^{}]{1,2000}")
_ENDS = ".,;:!?*_~"
_LONGEST_TAG = 2000
_SHIELD = re.compile(r"https?://(?:img\.)?shields\.io/badge/(?P<text>[^?\s]*)", re.IGNORECASE)
_STYLE = re.compile(r"\*\*|__|~~|(?<![`\\])`(?!`)")
_EMPHASIS = re.compile(r"(?<![\w*_\\])([*_])(?=\S)([^*_]{1,500})(?<=\S)\1(?![\w*_])")
_WIKI = re.compile(r"\[\[(?:[^\[\]|]{1,300}\|)?([^\[\]|()]{2,300})\]\](?!\()")  # as note-taking tools link pages
_WORDS = re.compile(r"[\w🤗]+")
_SEPARATORS = " ,;:·•–—-|{}：，；、\\"
_EMPTY_BRACKETS = re.compile(r"[\[(（【][\s,/|·&+]{0,20}[\])）】]")
_ESCAPED = re.compile(r"\\([_*\[\]#|])")


class Kind(Enum):
    """What a piece of a line is."""

    TEXT = auto()
    LINK = auto()
    BADGE = auto()  # a picture; `url` is where it leads, `image` where it lies
    BREAK = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line. `text` is a text's or label's words, or a picture's description; `raw` is a text as written."""

    kind: Kind
    text: str = ""
    url: str = ""
    image: str = ""
    raw: str = ""


def pieces(line: str) -> tuple[Piece, ...]:
    """The line in its parts; neighbouring texts are one, empty ones are left out."""
    found: list[Piece] = []
    words: list[str] = []

    def flush() -> None:
        if text := plain(raw := "".join(words)):
            found.append(Piece(Kind.TEXT, text, raw=raw))
        words.clear()

    for piece in _Scanner(line).scan():
        if piece.kind is Kind.TEXT:
            words.append(piece.text)
        else:
            flush()
            found.append(piece)
    flush()
    return tuple(found)


def plain(text: str) -> str:
    """A text without the marks for bold, code and the like, on one line."""
    bare = _EMPHASIS.sub(r"\2", _STYLE.sub("", _WIKI.sub(r"\1", text) if "[[" in text else text))
    return one_line(unescape(_ESCAPED.sub(r"\1", bare)))


def stripped(text: str) -> str:
    """A text without what separated it from links: dashes, commas, brackets that have become empty or stand alone."""
    bare = _EMPTY_BRACKETS.sub(" ", _EMPTY_BRACKETS.sub(" ", plain(text))).strip(_SEPARATORS)
    for opening, closing in ("()", "[]"):
        if bare.startswith(opening) and bare.endswith(closing) and bare.count(opening) == 1:
            bare = bare[1:-1]
        if bare.count(opening) > bare.count(closing):
            bare = bare.rstrip(f"{opening} ").lstrip(opening) if bare[-1:] == opening else bare.lstrip(opening)
        if bare.count(closing) > bare.count(opening):
            bare = bare.lstrip(f"{closing} ").rstrip(closing)
    return bare.strip(_SEPARATORS) if _WORDS.search(bare) else ""


def badge_text(piece: Piece) -> tuple[str, str]:
    """What a shields.io badge says: its left and right half; ("", "") for another picture.

    >>> badge_text(Piece(Kind.BADGE, image="https://img.shields.io/badge/Conference-ICML'24-blue"))
    ('Conference', "ICML'24")
    """
    match = _SHIELD.match(piece.image)
    if not match:
        return "", ""
    # A double dash or underscore is one, a single dash parts the halves, a single underscore is a space.
    halves = [part.replace("\0", "-") for part in unquote(match["text"]).replace("--", "\0").split("-")]
    texts = [one_line(part.replace("__", "\0").replace("_", " ").replace("\0", "_")) for part in halves]
    if len(texts) >= 3:
        return texts[0], "-".join(texts[1:-1])
    return "", texts[0]


class _Scanner:
    """One pass over a line. Partners of brackets are found beforehand, so that nothing is searched twice."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._partner = _partners(line)
        self._next_end = 0  # the next ">" at or after the last place asked about

    def scan(self, start: int = 0, end: int | None = None, *, within_link: bool = False) -> list[Piece]:
        """The pieces between two places; links do not nest, so that those within a link's label are not looked into."""
        line, index = self._line, start
        end = len(line) if end is None else end
        found: list[Piece] = []
        since = index
        while index < end:
            char = line[index]
            piece: Piece | None = None
            after = index
            if char in "![":
                piece, after = self._bracketed(index, end, within_link=within_link)
            elif char == "<":
                piece, after = self._angled(index, end)
            elif char == "h" and (match := _ADDRESS.match(line, index, end)):
                piece, after = _bare(match[0]), index + len(_trimmed(match[0]))
            if after == index:
                index += 1
                continue
            if since < index:
                found.append(Piece(Kind.TEXT, line[since:index]))
            if piece:
                found.append(piece)
            index = since = after
        if since < end:
            found.append(Piece(Kind.TEXT, line[since:end]))
        return found

    def _bracketed(self, index: int, end: int, *, within_link: bool) -> tuple[Piece | None, int]:
        """The link or picture that begins here, and where it ends; the same place if none does."""
        line = self._line
        opening = index + (line[index] == "!")
        if opening >= end or line[opening] != "[":
            return None, index
        closing = self._partner.get(opening, end)
        if closing + 1 >= end or line[closing + 1] != "(":
            return None, index
        last = self._partner.get(closing + 1, end)
        if last >= end:
            return None, index
        target = line[closing + 2 : last].strip()
        url = target.split()[0].strip("<>") if target else ""
        if line[index] == "!":
            return Piece(Kind.BADGE, plain(line[opening + 1 : closing]), image=url), last + 1
        if not within_link and line.find("![", opening, closing) >= 0:
            inner = self.scan(opening + 1, closing, within_link=True)
            if picture := next((piece for piece in inner if piece.kind is Kind.BADGE), None):
                return Piece(Kind.BADGE, picture.text, url, picture.image), last + 1
        return Piece(Kind.LINK, plain(line[opening + 1 : closing]), url), last + 1

    def _angled(self, index: int, end: int) -> tuple[Piece | None, int]:
        """The tag or address in angle brackets that begins here: pictures and comments vanish."""
        line = self._line
        if self._next_end <= index:
            self._next_end = line.find(">", index)
            self._next_end = len(line) if self._next_end < 0 else self._next_end
        closing = self._next_end
        if closing >= end or closing - index > _LONGEST_TAG:
            return None, index
        inside = line[index + 1 : closing]
        if inside.startswith(("http://", "https://")) and " " not in inside:
            return Piece(Kind.LINK, "", inside), closing + 1
        if not _TAG.match(line, index):
            return None, index
        if _BREAK.match(line, index):
            return Piece(Kind.BREAK), closing + 1
        if anchor := _ANCHOR.match(line, index, closing):
            label_end = line.find("<", closing)
            if closing < label_end < end:
                return Piece(Kind.LINK, plain(line[closing + 1 : label_end]), anchor[1]), label_end
        return None, closing + 1


def _trimmed(address: str) -> str:
    address = address.rstrip(_ENDS)
    while address.endswith((")", "]")) and address.count(address[-1]) > address.count(
        "(" if address[-1] == ")" else "["
    ):
        address = address[:-1].rstrip(_ENDS)
    return address


def _bare(address: str) -> Piece:
    return Piece(Kind.LINK, "", _trimmed(address))


def _partners(line: str) -> dict[int, int]:
    """Where each opening square or round bracket is closed."""
    partner: dict[int, int] = {}
    opened: dict[str, list[int]] = {"]": [], ")": []}
    closer = {"[": "]", "(": ")"}
    escaped = False
    for index, char in enumerate(line):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char in closer:
            opened[closer[char]].append(index)
        elif opened.get(char):
            partner[opened[char].pop()] = index
    return partner


def split_cells(row: str) -> tuple[str, ...]:
    """The cells of a table's row; a bar within a link's label or after a backslash parts nothing."""
    row = row.strip().removeprefix("|")
    partner = _partners(row)
    cells: list[str] = []
    start = index = 0
    while index < len(row):
        char = row[index]
        if char == "[" and row[(closing := partner.get(index, index)) + 1 : closing + 2] == "(":
            index = closing
        elif char == "\\":
            index += 1
        elif char == "|":
            cells.append(row[start:index].strip())
            start = index + 1
        index += 1
    return (*cells, last) if (last := row[start:].strip()) else tuple(cells)
