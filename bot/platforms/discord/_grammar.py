"""Every command as a slash command, derived from how the command's help writes it.

A placeholder in capitals is an option, a lower-case word behind the command's name a subcommand of it:

    why ID                               /papers why id:
    mute "PHRASE" or mute author NAME    /papers mute phrase phrase:   and   /papers mute author name:
    topics, topics edit N, topics undo   /papers topics show, edit n:, undo
    pause or pause until DATE            /papers pause [until:]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.query import COMMANDS

_ALTERNATIVES = re.compile(r",\s+|\s+or\s+")
_PLACEHOLDER = re.compile(r'"?[A-Z]+"?')
_SHOWN = "show"
_MOST_MEANING = 100


@dataclass(frozen=True, slots=True)
class Slash:
    """One slash command: `path` is its name, or its group and its name; `option` what it asks for, "" for nothing.

    `line` is the command's line as it is typed, with {} where the option's value goes.
    """

    path: tuple[str, ...]
    meaning: str
    line: str
    option: str = ""
    is_optional: bool = False

    @property
    def command(self) -> str:
        """The command's first word."""
        return self.line.partition(" ")[0]

    def rest(self, value: str | None) -> str:
        """What follows the first word, with this value in its place; nothing, if an option is not given."""
        return "" if value is None and self.option else self.line.partition(" ")[2].format(value)


def slashes() -> tuple[Slash, ...]:
    """Every command as slash commands, in the order of the help."""
    return tuple(slash for name, command in COMMANDS.items() for slash in _of(name, command.usage, command.meaning))


def _of(name: str, usage: str, meaning: str) -> Sequence[Slash]:
    forms = [_form(name, text.split()[1:], meaning) for text in _ALTERNATIVES.split(usage)]
    bare = [form for form in forms if not form.path]
    nested = [form for form in forms if form.path]
    if not nested:
        return [replace(forms[0], path=(name,))]
    if bare and len(nested) == 1 and nested[0].option:
        return [replace(nested[0], path=(name,), option=nested[0].path[0], is_optional=True)]
    parts = meaning.split("; ")
    meanings = parts if len(parts) == len(forms) else [meaning] * len(forms)
    return [
        replace(form, path=(name, *(form.path or (_SHOWN,))), meaning=words)
        for form, words in zip(forms, meanings, strict=True)
    ]


def _form(name: str, words: Sequence[str], meaning: str) -> Slash:
    """One way to write a command; its path is the word that tells it from the others, if there is one."""
    literal = [word for word in words if not _PLACEHOLDER.fullmatch(word)]
    placeholder = next((word for word in words if _PLACEHOLDER.fullmatch(word)), "")
    option, is_quoted = placeholder.strip('"').lower(), placeholder.startswith('"')
    shown = {placeholder: '"{}"' if is_quoted else "{}"}
    line = " ".join([name, *(shown.get(word, word) for word in words)])
    path = tuple(literal[:1]) or ((option,) if is_quoted else ())
    return Slash(path, meaning[:_MOST_MEANING], line, option)
