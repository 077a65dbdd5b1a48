"""Every setting: `paperlark.toml` plus the environment, checked all at once.

Secrets (`SLACK_BOT_TOKEN`, `SLACK_APP_TOKEN`, `DISCORD_TOKEN`, `OPENAI_API_KEY`) are read from the environment only.
The top level of the file holds the defaults of every channel; a `[channels.KEY]` table overrides them.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.categories import check_category
from bot.errors import SettingsError

DEFAULT_FILE = Path("paperlark.toml")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CHANNEL_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
CHAT_TOKENS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
SECRETS = ("slack_bot_token", "slack_app_token", "discord_token", "openai_api_key")


class PlatformName(StrEnum):
    """The platforms a channel can live on."""

    CONSOLE = "console"
    SLACK = "slack"


class CatchUp(StrEnum):
    """How missed listing days are posted after downtime."""

    FOLDED = "folded"  # one digest for all of them
    SINGLY = "singly"  # one remedial digest for each


class ScorerName(StrEnum):
    """Who judges the papers. "auto" is the LLM where the environment names a key or an address, else "local"."""

    AUTO = "auto"
    LOCAL = "local"
    LLM = "llm"


def _time_of_day(value: object) -> object:
    if isinstance(value, str) and len(value.split(":")) == 2:
        hours, minutes = value.split(":")
        if hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60:
            return time(int(hours), int(minutes))
    if isinstance(value, time):
        return value
    raise ValueError('a time of day such as "09:00"')


# Named apart from the field `time`, which would hide the type.
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
_NINE = time(9, 0)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChannelSettings(_Strict):
    """What one channel wants. `papers` go to the channel, `more` to the header's thread.

    `managers` are ids of people who may change the channel besides those whom the platform names.
    """

    platform: PlatformName = PlatformName.CONSOLE
    id: str = "terminal"
    topics: Path = Path("topics.md")
    categories: tuple[str, ...] = ("cs.CL", "cs.LG")
    cross_lists: bool = True
    replacements: bool = False
    time: TimeOfDay = _NINE
    timezone: str = "UTC"
    weekdays: tuple[str, ...] = WEEKDAYS[:5]
    papers: int = Field(5, ge=0, le=50)
    more: int = Field(10, ge=0, le=50)
    min_relevance: int = Field(6, ge=1, le=10)
    mute_authors: tuple[str, ...] = ()
    mute_phrases: tuple[str, ...] = ()
    follow_authors: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()

    @field_validator("categories")
    @classmethod
    def _known_categories(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError('at least one arXiv category, such as "cs.CL"')
        complaints = [complaint for name in value if (complaint := check_category(name))]
        if complaints:
            raise ValueError("; ".join(complaints))
        return tuple(dict.fromkeys(value))

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        if value not in available_timezones():
            close = difflib.get_close_matches(value, available_timezones(), n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise ValueError(f'an IANA time zone such as "Europe/Berlin"{hint}')
        return value

    @field_validator("weekdays", mode="before")
    @classmethod
    def _known_weekdays(cls, value: object) -> object:
        allowed = f"a list of {', '.join(WEEKDAYS)}"
        if not isinstance(value, (list, tuple)) or not value:
            raise ValueError(allowed)
        days = [str(day).lower() for day in value]
        if not set(days) <= {*WEEKDAYS, *_FULL_WEEKDAYS}:
            raise ValueError(allowed)
        return tuple(day for day, full in zip(WEEKDAYS, _FULL_WEEKDAYS, strict=True) if {day, full} & set(days))

    @property
    def zone(self) -> ZoneInfo:
        """The channel's time zone."""
        return ZoneInfo(self.timezone)


class ArxivSettings(_Strict):
    """How arXiv is read. One request every `interval_s` seconds for all processes on one database."""

    interval_s: float = Field(3.0, ge=0)
    timeout_s: float = Field(30.0, gt=0)
    attempts: int = Field(5, ge=1, le=20)
    backoff_s: float = Field(5.0, ge=0)
    lookback_days: int = Field(7, ge=1, le=60)
    page_size: int = Field(1000, ge=1, le=2000)


class PriceSettings(_Strict):
    """What a model costs, in USD for a million tokens; `cached` is for prompt tokens the provider had in its cache."""

    prompt: float = Field(ge=0)
    completion: float = Field(ge=0)
    cached: float | None = Field(None, ge=0)


class LlmSettings(_Strict):
    """How papers are scored by an LLM, and what may be spent on it in one UTC day.

    A `share` of the papers, at most `most_papers`, goes there; with `sift` a part of them is chosen by title first.
    `prices` maps a model's name to its price where the shipped list is wrong or silent.
    """

    model: str = Field("gpt-4o-mini", min_length=1)
    parallel: int = Field(8, ge=1, le=64)
    batch_size: int = Field(10, ge=1, le=50)
    timeout_s: float = Field(60.0, gt=0, le=600)
    attempts: int = Field(4, ge=1, le=10)
    backoff_s: float = Field(1.0, ge=0)
    longest_wait_s: float = Field(60.0, ge=0)
    share: float = Field(0.25, gt=0, le=1)
    most_papers: int = Field(200, ge=1)
    sift: bool = False
    daily_budget_usd: float | None = Field(None, ge=0)
    daily_budget_tokens: int | None = Field(None, ge=0)
    prices: Mapping[str, PriceSettings] = Field(default_factory=dict)


class RankingSettings(_Strict):
    """How papers are ordered. `exploration` is the share of shown places given to chance."""

    exploration: float = Field(0.0, ge=0, le=0.5)
    rewards: Mapping[str, Annotated[float, Field(ge=-1, le=1)]] = Field(default_factory=dict)


class SlackSettings(_Strict):
    """How Slack is used. `seed_reactions` puts 👍 and 👎 under every paper.

    `message_gap_s` is the pause between two messages in a channel, of which Slack takes about one a second, and
    `workspace_gap_s` that between any two.
    """

    seed_reactions: bool = False
    message_gap_s: float = Field(1.1, ge=0, le=60)
    workspace_gap_s: float = Field(0.25, ge=0, le=60)
    timeout_s: float = Field(30.0, ge=1, le=300)


class TimingSettings(_Strict):
    """Waits. `scale` multiplies every pause, for whole-process tests.

    `settle_s` is how long an unanswered post is left alone before it is looked for; `catch_up_days` bounds what is
    posted unasked after downtime; `poll_s` is the longest pause between looks for a new listing; `learn_s` is how long
    after a vote the channel is learned from again.
    """

    scale: float = Field(1.0, gt=0, le=10)
    settle_s: float = Field(60.0, ge=0)
    look_gap_s: float = Field(10.0, ge=0)
    poll_s: float = Field(1800.0, gt=0)
    learn_s: float = Field(60.0, ge=0)
    retry_s: float = Field(60.0, gt=0)
    reconcile_s: float = Field(3600.0, gt=0)
    reconcile_days: int = Field(14, ge=1, le=60)
    catch_up_days: int = Field(7, ge=1, le=60)
    misfire_s: int = Field(3600, ge=1)
    stop_s: float = Field(8.0, gt=0, le=10)


class Settings(BaseSettings):
    """All settings of one process. Made by `load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix="PAPERLARK_", env_nested_delimiter="__", extra="forbid", frozen=True, populate_by_name=True
    )

    data_dir: Path = Path("data")
    prompts_dir: Path | None = None
    source: Literal["arxiv", "sample"] = "arxiv"
    scorer: ScorerName = ScorerName.AUTO
    embedder: Literal["wordllama", "openai-compatible"] = "wordllama"
    embedding_model: str = "text-embedding-3-small"
    catch_up: CatchUp = CatchUp.FOLDED
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    now: str = ""
    arxiv: ArxivSettings = ArxivSettings()
    llm: LlmSettings = LlmSettings()
    ranking: RankingSettings = RankingSettings()
    slack: SlackSettings = SlackSettings()
    timing: TimingSettings = TimingSettings()
    channel_defaults: ChannelSettings = ChannelSettings()
    channels: Mapping[str, ChannelSettings] = Field(default_factory=dict)

    openai_api_key: SecretStr | None = Field(None, alias="OPENAI_API_KEY")
    openai_base_url: str = Field("https://api.openai.com/v1", alias="OPENAI_BASE_URL")
    slack_bot_token: SecretStr | None = Field(None, alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(None, alias="SLACK_APP_TOKEN")
    slack_api_url: str = Field("https://slack.com/api", alias="SLACK_API_URL")
    arxiv_api_url: str = Field("https://export.arxiv.org/api/query", alias="ARXIV_API_URL")
    arxiv_rss_url: str = Field("https://rss.arxiv.org/rss", alias="ARXIV_RSS_URL")

    @field_validator("channels")
    @classmethod
    def _plain_keys(cls, value: Mapping[str, ChannelSettings]) -> Mapping[str, ChannelSettings]:
        if bad := [key for key in value if not _CHANNEL_KEY.fullmatch(key)]:
            raise ValueError(f"channel keys of letters, digits, - and _ (not {', '.join(map(repr, bad))})")
        places: dict[tuple[str, str], str] = {}
        for key, channel in value.items():
            if other := places.get((channel.platform, channel.id)):
                raise ValueError(
                    f"every channel its own id ({other} and {key} are both {channel.platform} {channel.id})"
                )
            places[channel.platform, channel.id] = key
        return value

    @field_validator("openai_base_url", "slack_api_url", "arxiv_api_url", "arxiv_rss_url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("an address that starts with http:// or https://")
        return value.rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment overrides the file, which arrives as init values."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    def relative_to(self, folder: Path) -> Self:
        """The same settings with every relative path taken from `folder`."""
        channels = {
            key: channel.model_copy(update={"topics": folder / channel.topics})
            for key, channel in self.channels.items()
        }
        prompts = folder / self.prompts_dir if self.prompts_dir else None
        return self.model_copy(
            update={"data_dir": folder / self.data_dir, "prompts_dir": prompts, "channels": channels}
        )

    @property
    def scorer_in_force(self) -> ScorerName:
        """Who judges, with "auto" decided: the LLM if a key or an address is given."""
        if self.scorer is not ScorerName.AUTO:
            return self.scorer
        has_key = self.openai_api_key is not None and bool(self.openai_api_key.get_secret_value())
        return ScorerName.LLM if has_key or "openai_base_url" in self.model_fields_set else ScorerName.LOCAL

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data_dir / "paperlark.db"


def load_settings(file: Path | None = None) -> Settings:
    """The settings of `file` (default `paperlark.toml` here, if there is one) and the environment.

    Relative paths are taken from the file's folder. Without any channel there is one, "terminal", on the console; where
    a chat's tokens are given there is none, and channels are started in the chat.

    Raises:
        SettingsError: with every mistake found.
    """
    path = file or DEFAULT_FILE
    values: dict[str, Any] = {}
    if file is not None or path.exists():
        values = _read_toml(path)
    _load_dotenv(path.parent / ".env")
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
    try:
        settings = Settings(**merged)
        settings = settings.model_copy(update={"channel_defaults": ChannelSettings(**defaults)})
    except ValidationError as error:
        raise SettingsError([*misplaced, *unknown, *_mistakes(error)]) from None
    if misplaced or unknown:
        raise SettingsError([*misplaced, *unknown])
    return settings.relative_to(path.parent)


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


def _mistakes(error: ValidationError) -> list[str]:
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


def _siblings(loc: tuple[int | str, ...]) -> list[str]:
    tables: dict[str, type[BaseModel]] = {
        "channels": ChannelSettings,
        "arxiv": ArxivSettings,
        "llm": LlmSettings,
        "ranking": RankingSettings,
        "slack": SlackSettings,
        "timing": TimingSettings,
    }
    table = tables.get(str(loc[0])) if len(loc) > 1 else None
    return sorted((table or Settings).model_fields)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
