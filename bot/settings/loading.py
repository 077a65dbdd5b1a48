"""Read the settings file and the environment, and report every mistake at once."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError as UnreadableEnvironment

from bot.errors import SettingsError
from bot.redaction import redacted
from bot.settings.channels import ChannelSettings
from bot.settings.process import CHAT_TOKENS, SECRETS, Settings

DEFAULT_FILE = Path("paperlark.toml")
_FIELD = re.compile(r'field "(?P<field>\w+)"')


def load_settings(file: Path | None = None) -> Settings:
    """The settings of `file` (default `paperlark.toml` here, if there is one) and the environment.

    Relative paths are taken from the file's folder. Without any channel there is one, "terminal", on the console; where
    a chat's tokens are given there is none, and channels are started in the chat.

    Raises:
        SettingsError: with every mistake found.
    """
    written = read_file(file)
    try:
        settings = Settings(**written.values)
        settings = settings.model_copy(update={"channel_defaults": ChannelSettings(**written.defaults)})
    except ValidationError as error:
        raise SettingsError([*written.mistakes, *mistakes_in(error)]) from None
    except UnreadableEnvironment as error:
        raise SettingsError([*written.mistakes, unreadable(error)]) from None
    if written.mistakes:
        raise SettingsError(written.mistakes)
    return settings.relative_to((file or DEFAULT_FILE).parent)


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a file: values of known settings, what every channel starts from, and keys that cannot stay."""

    values: dict[str, Any]
    defaults: dict[str, Any]
    mistakes: tuple[str, ...]


def read_file(file: Path | None) -> Written:
    """What stands in `file` (default `paperlark.toml` here, if there is one); also loads the `.env` beside it.

    Raises:
        SettingsError: it cannot be read.
    """
    path = file or DEFAULT_FILE
    values: dict[str, Any] = {}
    _load_dotenv(path.parent / ".env")
    if file is not None or path.exists():
        values = _read_toml(path)
    misplaced = [
        f"{name} must not stand in the file: set {name.upper()} in the environment"
        for name in SECRETS
        if name in values or name.upper() in values
    ]
    for name in SECRETS:
        values.pop(name, None)
        values.pop(name.upper(), None)
    merged, unknown = _with_channel_defaults(values)
    defaults = {key: values[key] for key in set(ChannelSettings.model_fields) & set(values)}
    return Written(merged, defaults, (*misplaced, *unknown))


def _load_dotenv(path: Path) -> None:
    """Put the assignments of a `.env` file into the environment where they are not set already."""
    if path.is_file():
        from dotenv import load_dotenv

        load_dotenv(path, override=False)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError([f"{path}: cannot be read ({error.strerror})"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: is not valid TOML ({error})"]) from error


def _with_channel_defaults(values: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Move channel keys of the top level into every channel; also name keys nobody knows."""
    channel_keys = set(ChannelSettings.model_fields)
    known = set(Settings.model_fields) - set(SECRETS) - {"channel_defaults"}
    defaults = {key: values[key] for key in channel_keys & set(values)}
    rest = {key: value for key, value in values.items() if key not in channel_keys}
    unknown = [_unknown_key(key, known | channel_keys) for key in rest if key not in known and not _is_alias(key)]
    rest = {key: value for key, value in rest.items() if key in known or _is_alias(key)}
    channels = rest.get("channels", {})
    if isinstance(channels, dict):
        rest["channels"] = {
            key: {**defaults, **channel} if isinstance(channel, dict) else channel
            for key, channel in (channels or _channels_of_their_own()).items()
        }
    return rest, unknown


def _channels_of_their_own() -> dict[str, dict[str, Any]]:
    """What there is where the file names no channel: the terminal, or what people start in a chat with tokens."""
    return {} if any(os.environ.get(name) for name in CHAT_TOKENS) else {"terminal": {}}


def _is_alias(key: str) -> bool:
    return key in {field.alias for field in Settings.model_fields.values() if field.alias}


def _unknown_key(key: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(key.rpartition(".")[2], known, n=1)
    hint = f"; did you mean {close[0]}?" if close else f"; known are {', '.join(sorted(known))}"
    return f"{key}: no such setting{hint}"


def mistakes_in(error: ValidationError) -> list[str]:
    """One line a mistake: key, value (never a secret's), what is allowed."""
    lines: dict[str, None] = {}
    for detail in error.errors(include_url=False):
        key = ".".join(str(part) for part in detail["loc"])
        if detail["type"] == "extra_forbidden":
            lines[_unknown_key(key, _siblings(detail["loc"]))] = None
            continue
        allowed = detail["msg"].removeprefix("Value error, ")
        secret = any(name in key.lower() for name in SECRETS)
        shown = "" if secret else f" = {_short(detail['input'])}"
        lines[f"{key}{shown}: {allowed[0].lower()}{allowed[1:]}"] = None
    return list(lines)


def unreadable(error: UnreadableEnvironment) -> str:
    """A whole table in one environment variable is JSON; the SDK's message holds the field but not the value."""
    name = f"PAPERLARK_{unreadable_field(error).upper()}"
    return f"{name}: is not valid JSON; set single values instead, as in PAPERLARK_TIMING__SETTLE_S=5"


def unreadable_field(error: UnreadableEnvironment) -> str:
    """The setting whose variable cannot be read."""
    match = _FIELD.search(str(error))
    return match["field"] if match else ""


def _siblings(loc: tuple[int | str, ...]) -> list[str]:
    """What else may stand where this key does."""
    field = Settings.model_fields.get(str(loc[0])) if len(loc) > 1 else None
    table = ChannelSettings if loc[0] == "channels" else field.annotation if field else None
    if isinstance(table, type) and issubclass(table, BaseModel):
        return sorted(table.model_fields)
    return sorted(Settings.model_fields)


def _short(value: object) -> str:
    text = redacted(repr(value))
    return text if len(text) <= 80 else text[:77] + "..."
