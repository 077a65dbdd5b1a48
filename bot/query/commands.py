"""Read a typed line as a command: the first word is one only if what follows fits it exactly."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from bot.arxiv_id import find_id
from bot.models import CommandLine
from bot.query.question import parse_date

_QUOTED = re.compile(r'["“„«](?P<phrase>[^"“”„«»]*\w[^"“”„«»]*)["”“»]')
_AUTHOR = re.compile(r"author\s+(?P<name>[^\W\d_][^\"\d]{0,80})", re.IGNORECASE)
_EDIT = re.compile(r"(?:undo|edit\s+\d{1,3})", re.IGNORECASE)
_UNTIL = re.compile(r"until\s+(?P<date>\S+)", re.IGNORECASE)
_MOST_NAME_WORDS = 6
_CLOSE = 0.75

Fits = Callable[[str, date], CommandLine | None]
"""Given what follows a command's first word and today: the command without its name, None if it does not fit."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command: how it is written, what it does, and what may follow its first word."""

    usage: str
    meaning: str
    fits: Fits


def _paper(rest: str, _today: date) -> CommandLine | None:
    arxiv_id = find_id(rest)
    return CommandLine("", arxiv_id=arxiv_id) if arxiv_id else None


def _nothing(rest: str, _today: date) -> CommandLine | None:
    return None if rest else CommandLine("")


def _author(rest: str, _today: date) -> CommandLine | None:
    match = _AUTHOR.fullmatch(rest)
    if not match or len(rest.split()) > _MOST_NAME_WORDS:
        return None
    return CommandLine("", f"author {' '.join(match['name'].split())}")


def _phrase(rest: str, today: date) -> CommandLine | None:
    if match := _QUOTED.fullmatch(rest):
        return CommandLine("", f'"{" ".join(match["phrase"].split())}"')
    return _author(rest, today)


def _topics(rest: str, _today: date) -> CommandLine | None:
    return CommandLine("", " ".join(rest.lower().split())) if not rest or _EDIT.fullmatch(rest) else None


def _me(rest: str, _today: date) -> CommandLine | None:
    return CommandLine("", rest.lower()) if rest.lower() == "me" else None


def _me_now(rest: str, today: date) -> CommandLine | None:
    return CommandLine("", "me now") if rest.lower() == "me now" else _me(rest, today)


def _until(rest: str, today: date) -> CommandLine | None:
    if not rest:
        return CommandLine("")
    match = _UNTIL.fullmatch(rest)
    span = parse_date(match["date"], today) if match else None
    return CommandLine("", f"until {span[0].isoformat()}") if span and span[0] >= today else None


COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "abstract": Command("abstract ID", "the abstract of a paper", _paper),
        "why": Command("why ID", "why a posted paper stands where it does", _paper),
        "similar": Command("similar ID", "papers like it in the archive", _paper),
        "like": Command("like ID", "more papers like this one", _paper),
        "dislike": Command("dislike ID", "fewer papers like this one", _paper),
        "unvote": Command("unvote ID", "take back what you said about a paper by command or button", _paper),
        "save": Command("save ID", "keep a paper on your own list (a 🔖 reaction does it too)", _paper),
        "unsave": Command("unsave ID", "take it off your list", _paper),
        "share": Command("share ID", "post a paper in the channel", _paper),
        "saved": Command("saved", "your list, also as BibTeX", _nothing),
        "follow": Command("follow author NAME", "always show this author's papers", _author),
        "unfollow": Command("unfollow author NAME", "no longer", _author),
        "mute": Command('mute "PHRASE" or mute author NAME', "never show such papers", _phrase),
        "unmute": Command('unmute "PHRASE" or unmute author NAME', "show them again", _phrase),
        "rules": Command("rules", "what is followed and muted here", _nothing),
        "topics": Command("topics, topics edit N, topics undo", "the channel's topics; change one; go back", _topics),
        "stats": Command("stats", "what was posted, voted and learned", _nothing),
        "pause": Command("pause or pause until DATE", "no mornings for a while", _until),
        "resume": Command("resume", "mornings again", _nothing),
        "forget": Command("forget me", "delete your votes and your list, and store nothing of you any more", _me_now),
        "remember": Command("remember me", "count your votes again, after forget me", _me),
        "help": Command("help", "this", _nothing),
    }
)
"""Every command by its first word, in the order in which the help lists them."""


def parse_line(text: str, today: date) -> CommandLine:
    """The command or question that a line is; an empty one asks for help.

    A line whose first word is nearly a command that the rest fits, or a command that the rest does not quite fit, is
    a question with a suggestion.
    """
    text = " ".join(text.split())
    first, _, rest = text.partition(" ")
    if not first:
        return CommandLine("help")
    name = first.lower()
    if command := COMMANDS.get(name):
        understood = command.fits(rest, today)
        if understood:
            return CommandLine(name, understood.argument, understood.arxiv_id)
        return CommandLine("ask", text, suggestion=_meant(name, rest))
    return CommandLine("ask", text, suggestion=_nearest(name, rest, today))


def _nearest(name: str, rest: str, today: date) -> str:
    for close in difflib.get_close_matches(name, COMMANDS, n=3, cutoff=_CLOSE):
        if COMMANDS[close].fits(rest, today):
            return f"{close} {rest}".strip()
    return ""


def _meant(name: str, rest: str) -> str:
    """How a command is written right, if the rest hardly is a question."""
    if name in {"mute", "unmute"} and rest:
        return f'{name} "{rest.strip(chr(34))}"'
    if name in {"follow", "unfollow"} and rest:
        return f"{name} author {rest.removeprefix('author ')}"
    return COMMANDS[name].usage if len(rest.split()) <= 1 or name == "pause" else ""
