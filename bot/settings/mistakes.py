"""Word mistakes in settings so that a person can fix each one: its key, its value, and what to write instead."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError as UnreadableEnvironment

from bot.redaction import redacted
from bot.settings.channels import ChannelSettings
from bot.settings.process import SECRETS, Settings

_FIELD = re.compile(r'field "(?P<field>\w+)"')
_SAID = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false, without quotes",
    "bool_parsing": "true or false, without quotes",
    "string_type": "a text in quotes",
    "path_type": "a path in quotes",
    "missing": "must be given",
    "string_too_short": "must not be empty",
}
_BOUNDS = {
    "greater_than_equal": ("at least {}", "ge"),
    "greater_than": ("more than {}", "gt"),
    "less_than_equal": ("at most {}", "le"),
    "less_than": ("less than {}", "lt"),
}


def nothing_inherited(channel: str, name: str) -> bool:
    """Say of every channel's setting that it stands in the channel's own table."""
    del channel, name
    return False


def mistakes_in(error: ValidationError, is_inherited: Callable[[str, str], bool] = nothing_inherited) -> list[str]:
    """Word each mistake once: key, value (never a secret's), and what to write.

    `is_inherited` tells of a channel's setting whether it stands at the file's top level; what is wrong there is told
    under the name it has there, and not once for each channel.
    """
    lines: dict[str, None] = {}
    for detail in error.errors(include_url=False):
        lines[_line(detail, is_inherited)] = None
    return list(lines)


def _line(detail: ErrorDetails, is_inherited: Callable[[str, str], bool]) -> str:
    loc = detail["loc"]
    if not loc:
        return _allowed(detail, "")
    if len(loc) > 2 and loc[0] == "channels" and is_inherited(str(loc[1]), str(loc[2])):
        loc = loc[2:]
    key = ".".join(str(part) for part in loc)
    if detail["type"] == "extra_forbidden":
        return unknown_key(key, _siblings(loc), tables_with(str(loc[-1])))
    value = detail["input"]
    is_secret = any(name in key.lower() for name in SECRETS)
    shown = "" if is_secret or isinstance(value, Mapping) else f" = {_short(value)}"
    return f"{key}{shown}: {_allowed(detail, str(loc[-1]))}"


def _allowed(detail: ErrorDetails, name: str) -> str:
    """What may stand there, in words for somebody who has never seen the program."""
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind in {"tuple_type", "list_type"}:
        parts = [part.strip() for part in str(value).split(",")] if isinstance(value, str) else [value]
        return f"a list, in square brackets: {name} = {json.dumps(parts, ensure_ascii=False, default=str)}"
    if kind == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        return f'a text; put it in quotes: {name} = "{value}"'
    if kind in _BOUNDS:
        words, limit = _BOUNDS[kind]
        return words.format(context[limit])
    if kind in {"literal_error", "enum"}:
        return f"one of {context['expected'].replace(' or ', ', ')}"
    if kind in {"model_type", "dict_type", "mapping_type"}:
        return f"a table: write [{name}] on a line of its own and its settings below"
    said = _SAID.get(kind) or detail["msg"].removeprefix("Value error, ")
    return f"{said[0].lower()}{said[1:]}"


def unknown_key(key: str, known: Iterable[str], homes: Iterable[str] = ()) -> str:
    """What to say of a key nobody knows; `homes` are where a key of this name does belong."""
    name, places = key.rpartition(".")[2], list(homes)
    if places:
        where = " or ".join(f"under [{home}]" if home else "at the top of the file" for home in places)
        above = ", above the first line in [brackets]" if "" in places else ""
        return f"{key}: no such setting here; {name!r} belongs {where}{above}"
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {close[0]}?" if close else f"; known are {', '.join(sorted(known))}"
    return f"{key}: no such setting{hint}"


def tables_with(name: str) -> list[str]:
    """Name the tables a setting of this name belongs to; "" is the top level, which also holds channels' defaults."""
    at_top = name in ChannelSettings.model_fields or name in Settings.model_fields
    tables = [
        table
        for table, field in Settings.model_fields.items()
        if (fields := _fields(field.annotation)) and name in fields and table != "channel_defaults"
    ]
    return ([""] if at_top else []) + tables


def _siblings(loc: tuple[int | str, ...]) -> list[str]:
    """What else may stand where this key does."""
    field = Settings.model_fields.get(str(loc[0])) if len(loc) > 1 else None
    table = ChannelSettings if loc[0] == "channels" else field.annotation if field else None
    return sorted(_fields(table) or Settings.model_fields)


def _fields(table: object) -> Mapping[str, Any]:
    return table.model_fields if isinstance(table, type) and issubclass(table, BaseModel) else {}


def unreadable(error: UnreadableEnvironment) -> str:
    """A whole table in one environment variable is JSON; the SDK's message holds the field but not the value."""
    name = f"PAPERLARK_{unreadable_field(error).upper()}"
    return f"{name}: is not valid JSON; set single values instead, as in PAPERLARK_TIMING__SETTLE_S=5"


def unreadable_field(error: UnreadableEnvironment) -> str:
    """The setting whose variable cannot be read."""
    match = _FIELD.search(str(error))
    return match["field"] if match else ""


def _short(value: object) -> str:
    text = redacted(repr(value))
    return text if len(text) <= 80 else text[:77] + "..."
