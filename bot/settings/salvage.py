"""Make settings with mistakes usable, so that the doctor can say what else is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError as UnreadableEnvironment

from bot.errors import SettingsError
from bot.settings.channels import ChannelSettings
from bot.settings.loading import DEFAULT_FILE, Written, load_settings, read_file
from bot.settings.mistakes import mistakes_in, nothing_inherited, unreadable, unreadable_field
from bot.settings.process import Settings

M = TypeVar("M", bound=BaseModel)

_ROUNDS = 50  # a mistake can hide another; far fewer are enough
_PREFIX = "PAPERLARK_"


def salvaged_settings(file: Path | None = None) -> tuple[Settings, tuple[str, ...]]:
    """The settings as `load_settings` reads them, and every mistake; what is wrong has its default instead.

    Variables that cannot be used are taken out of this process's environment.
    """
    try:
        return load_settings(file), ()
    except SettingsError as error:
        mistakes = error.mistakes
    try:
        written = read_file(file)
    except SettingsError:
        written = Written({}, {}, ())
    settings, hidden = _sound(Settings, written.values, written.is_inherited)
    defaults, _ = _sound(ChannelSettings, written.defaults)
    settings = settings.model_copy(update={"channel_defaults": defaults})
    every = tuple(dict.fromkeys([*mistakes, *hidden]))
    return settings.relative_to((file or DEFAULT_FILE).parent), every


def _sound(
    model: type[M], values: dict[str, Any], is_inherited: Callable[[str, str], bool] = nothing_inherited
) -> tuple[M, list[str]]:
    """The model made of what is right in `values` and in the environment, and every mistake there was."""
    mistakes: list[str] = []
    for _ in range(_ROUNDS):
        try:
            return model(**values), mistakes
        except ValidationError as error:
            mistakes += mistakes_in(error, is_inherited)
            for detail in error.errors(include_url=False):
                _drop(values, [str(part) for part in detail["loc"]])
        except UnreadableEnvironment as error:
            mistakes.append(unreadable(error))
            _forget([unreadable_field(error)])
    return model(), mistakes


def _drop(values: dict[str, Any], loc: Sequence[str]) -> None:
    """Take out what stands at `loc`, or the table nearest to it, from the values and from the environment."""
    _forget(loc)
    table = values
    for depth, part in enumerate(loc):
        inner = table.get(part)
        if depth + 1 == len(loc) or not isinstance(inner, dict) or loc[depth + 1] not in inner:
            table.pop(part, None)
            return
        table = inner


def _forget(loc: Sequence[str]) -> None:
    wanted = {f"{_PREFIX}{'__'.join(loc[: depth + 1])}".upper() for depth in range(len(loc))} | {loc[0].upper()}
    for name in [name for name in os.environ if name.upper() in wanted]:
        del os.environ[name]
