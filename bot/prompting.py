"""Prompts: files with $variables, read from the package `prompts` or from a folder that overrides it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from bot.errors import PromptError

_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt's text. `$name` or `${name}` stands for a variable, `$$` for a dollar sign.

    Raises:
        PromptError: a dollar sign in the text is neither.
    """

    name: str
    text: str

    def __post_init__(self) -> None:
        bad = next((found for found in Template.pattern.finditer(self.text) if found["invalid"] is not None), None)
        if bad:
            line = self.text.count("\n", 0, bad.start()) + 1
            raise PromptError(
                f"prompt {self.name!r}, line {line}: a single dollar sign; write $$ for one that is meant"
            )

    @property
    def variables(self) -> frozenset[str]:
        """The names that must be filled."""
        return frozenset(Template(self.text).get_identifiers())

    def render(self, values: Mapping[str, str]) -> str:
        """The text with each variable replaced; dollar signs in the values are text and stay.

        Raises:
            PromptError: a variable has no value, or a value has no variable.
        """
        missing = sorted(self.variables - values.keys())
        if missing:
            raise PromptError(f"prompt {self.name!r}: no value for {_named(missing)}")
        unknown = sorted(values.keys() - self.variables)
        if unknown:
            raise PromptError(
                f"prompt {self.name!r} does not use {_named(unknown)}; it must, or its answers will miss it"
            )
        return Template(self.text).substitute(values)


def load_prompt(name: str, folder: Path | None = None) -> Prompt:
    """The prompt NAME.md of `folder` if that has it, else the one Paperlark brings along.

    Raises:
        PromptError: there is none of this name, it cannot be read, or a dollar sign in it is malformed.
    """
    if not _NAME.fullmatch(name):
        raise PromptError(f"{name!r} is no prompt's name: use lower-case letters, digits and underscores")
    own = folder / f"{name}.md" if folder else None
    try:
        if own and own.is_file():
            return Prompt(name, own.read_text(encoding="utf-8"))
        return Prompt(name, files("prompts").joinpath(f"{name}.md").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PromptError(f"there is no prompt {name!r}; there are: {', '.join(_shipped()) or 'none'}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"prompt {own or name} cannot be read: {error}") from error


def _shipped() -> list[str]:
    return sorted(file.name.removesuffix(".md") for file in files("prompts").iterdir() if file.name.endswith(".md"))


def _named(names: list[str]) -> str:
    return ", ".join(f"${name}" for name in names)
