"""Read the settings file and the environment, and report every mistake at once."""

from __future__ import annotations

import codecs
import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError as UnreadableEnvironment

from bot.errors import SettingsError
from bot.settings.channels import ChannelSettings
from bot.settings.mistakes import mistakes_in, tables_with, unknown_key, unreadable
from bot.settings.process import CHAT_TOKENS, SECRETS, Settings

DEFAULT_FILE = Path("paperlark.toml")


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
        raise SettingsError([*written.mistakes, *mistakes_in(error, written.is_inherited)]) from None
    except UnreadableEnvironment as error:
        raise SettingsError([*written.mistakes, unreadable(error)]) from None
    if written.mistakes:
        raise SettingsError(written.mistakes)
    return settings.relative_to((file or DEFAULT_FILE).parent)


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a file: values of known settings, what every channel starts from, and keys that cannot stay.

    `own` names what stands in each channel's own table.
    """

    values: dict[str, Any]
    defaults: dict[str, Any]
    mistakes: tuple[str, ...]
    own: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def is_inherited(self, channel: str, name: str) -> bool:
        """Whether a channel's setting comes from the file's top level."""
        return name in self.defaults and name not in self.own.get(channel, frozenset())


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
    elif misnamed := _misnamed(path):
        raise SettingsError([f"{misnamed}: is this meant to be {path.name}? Rename it, or name it with --config"])
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
    tables = values.get("channels")
    channels = tables.items() if isinstance(tables, dict) else ()
    own = {key: frozenset(table) for key, table in channels if isinstance(table, dict)}
    return Written(merged, defaults, (*misplaced, *unknown), own)


def _load_dotenv(path: Path) -> None:
    """Put the assignments of a `.env` file into the environment where they are not set already."""
    if path.is_file():
        from dotenv import load_dotenv

        load_dotenv(path, override=False)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_decoded(path.read_bytes()))
    except OSError as error:
        raise SettingsError([f"{path}: cannot be read ({error.strerror})"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: is not valid TOML ({error})"]) from error


def _decoded(content: bytes) -> str:
    """The text of a file; Windows editors put a byte-order mark before it, or write UTF-16."""
    return content.decode("utf-16" if content[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else "utf-8-sig")


def _misnamed(path: Path) -> str:
    """A file beside the one that is missing whose name resembles it, "" for none."""
    beside = [one.name for one in path.parent.iterdir() if one.is_file()] if path.parent.is_dir() else []
    likely = [name for name in beside if "example" not in name and name.lower().startswith(path.stem)]
    return next(iter(difflib.get_close_matches(path.name, likely, n=1, cutoff=0.75)), "")


def _with_channel_defaults(values: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Move channel keys of the top level into every channel; also name keys nobody knows."""
    channel_keys = set(ChannelSettings.model_fields)
    known = set(Settings.model_fields) - set(SECRETS) - {"channel_defaults"}
    defaults = {key: values[key] for key in channel_keys & set(values)}
    rest = {key: value for key, value in values.items() if key not in channel_keys}
    strange = [key for key in rest if key not in known and not _is_alias(key)]
    unknown = [unknown_key(key, known | channel_keys, tables_with(key)) for key in strange]
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
