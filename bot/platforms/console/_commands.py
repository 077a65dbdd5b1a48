"""What a typed line asks for; pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bot.arxiv_id import find_id
from bot.emoji import EVERYDAY, typed
from bot.query import COMMANDS

ABOUT_A_PAPER = ("abstract", "why", "similar", "like", "dislike", "unvote", "save", "unsave", "share")

HELP: Mapping[str, str] = MappingProxyType(
    {
        "+1 3": "more papers like paper 3 (+1 1 3 5 for several)",
        "-1 3": "fewer papers like paper 3",
        "❤️ 2": "any other emoji, also by name: heart 2, :custom: 2",
        "undo": "take your last vote back",
        "abstract 3": "the abstract of paper 3",
        "why 3": "why paper 3 stands where it does",
        "similar 3": "papers like it in the archive",
        "save 3": "keep paper 3 on your list; saved shows it",
        "kv cache -vision": "ask the archive; ask WORDS, if they look like a command",
        "next": "the next morning, if there is one",
        "quit": "leave",
    }
)

_ALIASES: Mapping[str, str] = MappingProxyType({"exit": "quit", "q": "quit", "?": "help", "abs": "abstract"})
_ALONE = ("undo", "next", "help", "quit")
_NUMBER = re.compile(r"#?(?P<number>\d{1,9})[.)]?")
_GLUED = re.compile(r"(?P<emoji>[^\d\s+-]+)(?P<number>\d{1,9})")
_SIGNED = re.compile(r"(?P<sign>[+-])(?P<number>\d{1,9})")
_SEPARATORS = re.compile(r"[\s,;]+")
_MOST_PAPERS = 50


@dataclass(frozen=True, slots=True)
class VoteCommand:
    """One emoji for some papers, each named by its number or arxiv_id."""

    emoji: str
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperCommand:
    """A question about some papers, each named by its number or arxiv_id."""

    name: str
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlainCommand:
    """A word that stands alone: undo, next, help, quit."""

    name: str


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A question or a command for the bot itself, which it takes apart."""

    text: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that says nothing we know, and how it may be put right."""

    message: str


Command = VoteCommand | PaperCommand | PlainCommand | SpokenLine | Mistake


def parse(line: str) -> Command | None:
    """The command in a line, or the question that it is; None for a blank one. Never fails."""
    words = [word for word in _SEPARATORS.split(line) if word]
    if not words:
        return None
    name = _ALIASES.get(words[0].lower(), words[0].lower())
    if name in _ALONE:
        return _alone(name, words, line)
    if name in ABOUT_A_PAPER:
        return _about_papers(name, words[1:], line)
    if name in COMMANDS or (name == "ask" and len(words) > 1):
        return SpokenLine(line.strip()[len("ask") if name == "ask" else 0 :].strip())
    last = _ALIASES.get(words[-1].lower(), words[-1].lower())
    if last in ABOUT_A_PAPER and all(_paper(word) for word in words[:-1]):
        return _about_papers(last, words[:-1], line)
    return _vote(words, line)


def _alone(name: str, words: Sequence[str], line: str) -> Command:
    if len(words) == 1:
        return PlainCommand(name)
    if len(words) == 2:
        return Mistake(f"{name} stands alone: write just {name}")
    return SpokenLine(line.strip())


def _about_papers(name: str, words: Sequence[str], line: str) -> Command:
    papers, stranger = _papers(words)
    if stranger and not any(_paper(word) for word in words):
        return SpokenLine(line.strip())  # "why do models hallucinate"
    if stranger:
        return Mistake(f'"{stranger}" is not the number of a paper; {name} wants one: {name} 3')
    return PaperCommand(name, papers) if papers else Mistake(f"{name} of which paper? Write its number: {name} 3")


def _vote(words: Sequence[str], line: str) -> Command:
    words = _unglued(words)
    found = [(word, emoji) for word in words if (emoji := typed(word))]
    if not found:
        return _unknown(words, line)
    others = [word for word in words if not typed(word)]
    if others and all(word.isalpha() for word, _ in found) and not any(_paper(word) for word in others):
        return SpokenLine(line.strip())  # "fire detection", "heart disease"
    if len({emoji for _, emoji in found}) > 1:
        return Mistake(f"one emoji at a time, please: {found[0][0]} 3")
    word, emoji = found[0]
    papers, stranger = _papers(others)
    if stranger:
        return Mistake(f'"{stranger}" is not the number of a paper; a vote looks like {word} 3')
    return VoteCommand(emoji, papers) if papers else Mistake(f"{emoji} for which paper? Write its number: {word} 3")


def _unglued(words: Sequence[str]) -> list[str]:
    """The words with "👍3" taken apart."""
    apart: list[str] = []
    for word in words:
        glued = _GLUED.fullmatch(word)
        apart.extend((glued["emoji"], glued["number"]) if glued and typed(glued["emoji"]) else (word,))
    return apart


def _unknown(words: Sequence[str], line: str) -> Command:
    word = words[0][:40]
    if signed := _SIGNED.fullmatch(word):  # "+13" may mean paper 3 or 13: asking is safer than a wrong vote
        return Mistake(f'"{word}" is not clear: {signed["sign"]}1 {signed["number"]} votes on paper {signed["number"]}')
    if len(words) == 1 and word.isdecimal():
        return Mistake(
            f"what about paper {word}? +1 {word} and -1 {word} vote, abstract {word} and why {word} tell more"
        )
    # Only what has the form of a command can be a mistyped one; everything else is a question.
    if len(words) > 1 and not all(_paper(other) for other in words[1:]):
        return SpokenLine(line.strip())
    close = difflib.get_close_matches(word.lower(), [*ABOUT_A_PAPER, *_ALONE, *sorted(EVERYDAY)], n=1, cutoff=0.7)
    if not close:
        return SpokenLine(line.strip())
    suggestion = close[0] if close[0] in _ALONE else " ".join([close[0], *(words[1:2] or ["3"])])[:60]
    return Mistake(f'no command "{word}"; did you mean "{suggestion}"? To ask for it: ask {line.strip()[:40]}')


def _papers(words: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The papers named, each once, and the first word that names none."""
    papers: dict[str, None] = {}
    for word in words[:_MOST_PAPERS]:
        paper = _paper(word)
        if not paper:
            return (), word[:40]
        papers[paper] = None
    return tuple(papers), ""


def _paper(word: str) -> str:
    """A paper's number without leading zeros, or its arxiv_id without version; empty if the word is neither."""
    if match := _NUMBER.fullmatch(word):
        return str(int(match["number"]))
    return find_id(word)
