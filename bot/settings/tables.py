"""The settings file's tables, one for each part of the bot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from bot.settings.times import TimeOfDay, Weekday

_EMOJI_NAME = re.compile(r":[^\s:]+:")


class Strict(BaseModel):
    """A table that knows all its keys and never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_as_number(cls, value: object, info: ValidationInfo) -> object:
        """TOML's true would pass for 1."""
        if isinstance(value, bool) and cls.model_fields[info.field_name or ""].annotation in {int, float}:
            raise ValueError("a number, not true or false")
        return value


def id_of_person(value: str) -> str:
    """Refuse a person's name where an id belongs: nobody could be found by it.

    Raises:
        ValueError: with how to find the id.
    """
    text = value.strip()
    if text.startswith(("@", "#", "<", "http://", "https://")) or any(char.isspace() for char in text):
        raise ValueError(
            "an id, not a name: in Slack open the profile, then the menu with three dots, Copy member ID (U024BE7LH); "
            "in Discord switch on developer mode, then Copy User ID (80351110224678912)"
        )
    return text


class ArxivSettings(Strict):
    """How arXiv is read. One request every `interval_s` seconds for all processes on one database."""

    interval_s: float = Field(3.0, ge=0)
    timeout_s: float = Field(30.0, gt=0)
    attempts: int = Field(5, ge=1, le=20)
    backoff_s: float = Field(5.0, ge=0)
    lookback_days: int = Field(7, ge=1, le=60)
    page_size: int = Field(1000, ge=1, le=2000)


class PriceSettings(Strict):
    """What a model costs, in USD for a million tokens; `cached` is for prompt tokens the provider had in its cache."""

    prompt: float = Field(ge=0)
    completion: float = Field(ge=0)
    cached: float | None = Field(None, ge=0)


class LlmSettings(Strict):
    """How papers are scored by an LLM, and what may be spent on it in one UTC day.

    A `share` of the papers, at most `most_papers`, goes there; with `sift` a part of them is chosen by title first.
    `channel_budget_tokens` is what each channel may use of a server outside the own network, 0 for no limit. Questions
    and whatever else is no scoring may use `other_share` of each budget, so that mornings always have theirs.
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
    channel_budget_tokens: int = Field(250_000, ge=0)
    other_share: float = Field(0.2, ge=0, le=1)
    prices: Mapping[str, PriceSettings] = Field(default_factory=dict)


class RankingSettings(Strict):
    """How papers are ordered. `exploration` is the share of shown positions given to chance."""

    exploration: float = Field(0.0, ge=0, le=0.5)
    rewards: Mapping[str, Annotated[float, Field(ge=-1, le=1)]] = Field(default_factory=dict)

    @field_validator("rewards")
    @classmethod
    def _are_emoji(cls, value: Mapping[str, float]) -> Mapping[str, float]:
        for name in value:
            if name.isascii() and not _EMOJI_NAME.fullmatch(name):
                raise ValueError(f'emoji as keys: the picture, or its name between colons (":{name.strip(":")}:")')
        return value


class SlackSettings(Strict):
    """How Slack is used. `seed_reactions` puts 👍 and 👎 under every paper.

    `message_gap_s` is the pause between two messages in a channel, of which Slack takes about one a second, and
    `workspace_gap_s` that between any two.
    """

    seed_reactions: bool = False
    message_gap_s: float = Field(1.1, ge=0, le=60)
    workspace_gap_s: float = Field(0.25, ge=0, le=60)
    timeout_s: float = Field(30.0, ge=1, le=300)


class PrivacySettings(Strict):
    """How long votes are kept: `keep_days`, None for as long as the database. Saved papers stay on their reader's list.

    Reactions of the last `reconcile_days` are compared with the chat, so that nothing younger can be deleted for good.
    """

    keep_days: int | None = Field(None, ge=61)


class DiscordSettings(Strict):
    """How Discord is used. `seed_reactions` puts 👍 and 👎 under every paper.

    `timeout_s` bounds one call, `longest_wait_s` what Discord may ask to wait before a message is put off, `patience_s`
    how long the connection may be away before it is opened afresh, and `identify_gap_s` the pause before that.
    """

    seed_reactions: bool = False
    timeout_s: float = Field(30.0, ge=1, le=300)
    longest_wait_s: float = Field(60.0, ge=30, le=600)
    patience_s: float = Field(90.0, ge=10, le=3600)
    identify_gap_s: float = Field(5.0, ge=0, le=60)


class BackupSettings(Strict):
    """Nightly backups of the database: at `time` of the top level's time zone, into `folder` (default: beside it).

    The newest of each of the last `daily` days and of each of the last `weekly` weeks stay; 0 weeks are none.
    """

    enabled: bool = True
    folder: Path | None = None
    time: TimeOfDay = time(3, 30)
    daily: int = Field(7, ge=1, le=366)
    weekly: int = Field(4, ge=0, le=520)

    @property
    def kept_days(self) -> int:
        """After so many days a backup is rotated away, if the bot runs and makes newer ones."""
        return max(self.daily, 7 * self.weekly) + 1


class LibrarySettings(Strict):
    """The list that is kept of what each channel likes most: KEY.md in `folder`, None for no list.

    It is written anew on `weekday` at `time`, in the channel's own time zone. `post` says whether the channel is shown
    what it liked most that week; None: if there is a folder.
    """

    folder: Path | None = None
    weekday: Weekday = "fri"
    time: TimeOfDay = time(16, 0)
    post: bool | None = None

    @property
    def is_posted(self) -> bool:
        """Whether channels are shown what they liked most in a week."""
        return self.folder is not None if self.post is None else self.post


class LimitsSettings(Strict):
    """What one person may ask of the bot in a chat; 0 is no limit. One question of a person is answered at a time."""

    questions_per_minute: int = Field(10, ge=0)
    questions_per_day: int = Field(100, ge=0)
    live_per_minute: int = Field(3, ge=0)
    votes_per_minute: int = Field(30, ge=0)
    shares_per_day: int = Field(5, ge=0)


class HealthSettings(Strict):
    """Where /healthz, /readyz and /metrics are answered. Without a password: keep it on this machine.

    `names` are the host names it is asked by besides `host` and localhost; a web page that points a name of its own
    here reads nothing.
    """

    enabled: bool = True
    host: str = Field("127.0.0.1", min_length=1)
    port: int = Field(8321, ge=0, le=65535)
    names: tuple[str, ...] = ()


PersonId = Annotated[str, AfterValidator(id_of_person)]


class OwnerSettings(Strict):
    """Somebody to be told when the bot needs a person: a person's or channel's `id` on a platform."""

    platform: str = Field(min_length=1)
    id: PersonId = Field(min_length=1)


class AlarmSettings(Strict):
    """When the owners are told. The first owner who can be reached is told, once; and once that all is well again.

    A morning that is still bad `grace_s` after its time counts as bad; a platform may be away for `disconnected_h`
    hours; `disk_mb` is the least free space.
    """

    owners: tuple[OwnerSettings, ...] = ()
    mornings: int = Field(2, ge=1, le=10)
    grace_s: float = Field(3600.0, ge=0)
    disconnected_h: float = Field(3.0, gt=0)
    disk_mb: int = Field(500, ge=0)
    check_s: float = Field(300.0, gt=0)

    @field_validator("owners", mode="before")
    @classmethod
    def _one_or_more(cls, value: object) -> object:
        return (value,) if isinstance(value, dict) else value


class TimingSettings(Strict):
    """Waits. `scale` multiplies every pause, for whole-process tests.

    `settle_s` is how long an unanswered post is left alone before it is looked for; `catch_up_days` bounds what is
    posted unasked after downtime; `poll_s` is the longest pause between looks for a new listing; `patience_s` how long
    a due morning waits for a listing before it says that there is none; `learn_s` is
    how long after a vote the channel is learned from again.
    """

    scale: float = Field(1.0, gt=0, le=10)
    settle_s: float = Field(60.0, ge=0)
    look_gap_s: float = Field(10.0, ge=0)
    poll_s: float = Field(1800.0, gt=0)
    patience_s: float = Field(60.0, gt=0)
    learn_s: float = Field(60.0, ge=0)
    retry_s: float = Field(60.0, gt=0)
    reconcile_s: float = Field(3600.0, gt=0)
    reconcile_days: int = Field(14, ge=1, le=60)
    catch_up_days: int = Field(7, ge=1, le=60)
    misfire_s: int = Field(3600, ge=1)
    stop_s: float = Field(3.0, gt=0, le=10)
