"""All settings of one process; secrets come from the environment only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.settings.channels import CatchUp, ChannelSettings, ScorerName
from bot.settings.tables import (
    AlarmSettings,
    ArxivSettings,
    BackupSettings,
    DiscordSettings,
    HealthSettings,
    LibrarySettings,
    LimitsSettings,
    LlmSettings,
    PrivacySettings,
    RankingSettings,
    SlackSettings,
    TimingSettings,
)

_ARXIV_INTERVAL_S = 3.0  # between two requests: arXiv's terms of use for its API
_CHANNEL_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
CHAT_TOKENS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "DISCORD_TOKEN")
SECRETS = ("slack_bot_token", "slack_app_token", "discord_token", "openai_api_key")


class Settings(BaseSettings):
    """All settings of one process. Made by `load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix="PAPERLARK_",
        env_nested_delimiter="__",
        env_ignore_empty=True,  # as `${VAR:-}` of a compose file makes them
        extra="forbid",
        frozen=True,
        populate_by_name=True,
    )

    data_dir: Path = Path("data")
    prompts_dir: Path | None = None
    source: str = "arxiv"
    scorer: ScorerName = ScorerName.AUTO
    embedder: Literal["wordllama", "openai-compatible"] = "wordllama"
    embedding_model: str = "text-embedding-3-small"
    catch_up: CatchUp = CatchUp.FOLDED
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    now: str = ""
    arxiv: ArxivSettings = ArxivSettings()
    llm: LlmSettings = LlmSettings()
    ranking: RankingSettings = RankingSettings()
    privacy: PrivacySettings = PrivacySettings()
    slack: SlackSettings = SlackSettings()
    discord: DiscordSettings = DiscordSettings()
    backup: BackupSettings = BackupSettings()
    library: LibrarySettings = LibrarySettings()
    health: HealthSettings = HealthSettings()
    limits: LimitsSettings = LimitsSettings()
    alarms: AlarmSettings = AlarmSettings()
    timing: TimingSettings = TimingSettings()
    channel_defaults: ChannelSettings = ChannelSettings()
    channels: Mapping[str, ChannelSettings] = Field(default_factory=dict)

    openai_api_key: SecretStr | None = Field(None, alias="OPENAI_API_KEY")
    openai_base_url: str = Field("https://api.openai.com/v1", alias="OPENAI_BASE_URL")
    slack_bot_token: SecretStr | None = Field(None, alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(None, alias="SLACK_APP_TOKEN")
    slack_api_url: str = Field("https://slack.com/api", alias="SLACK_API_URL")
    discord_token: SecretStr | None = Field(None, alias="DISCORD_TOKEN")
    discord_api_url: str = Field("https://discord.com/api/v10", alias="DISCORD_API_URL")
    arxiv_api_url: str = Field("https://export.arxiv.org/api/query", alias="ARXIV_API_URL")
    arxiv_rss_url: str = Field("https://rss.arxiv.org/rss", alias="ARXIV_RSS_URL")

    @field_validator("channels")
    @classmethod
    def _plain_keys(cls, value: Mapping[str, ChannelSettings]) -> Mapping[str, ChannelSettings]:
        if bad := [key for key in value if not _CHANNEL_KEY.fullmatch(key)]:
            raise ValueError(f"channel keys of letters, digits, - and _ (not {', '.join(map(repr, bad))})")
        nowhere = [key for key, channel in value.items() if channel.platform != "console" and channel.id == "terminal"]
        if nowhere:
            raise ValueError(f"every channel of a chat its own id: [channels.{nowhere[0]}] needs id = ...")
        channel_ids: dict[tuple[str, str], str] = {}
        for key, channel in value.items():
            if other := channel_ids.get((channel.platform, channel.id)):
                raise ValueError(
                    f"every channel its own id ({other} and {key} are both {channel.platform} {channel.id})"
                )
            channel_ids[channel.platform, channel.id] = key
        return value

    @field_validator("openai_base_url", "slack_api_url", "discord_api_url", "arxiv_api_url", "arxiv_rss_url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("an address that starts with http:// or https://")
        try:
            parts = urlsplit(value)
            is_sound = bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_sound = False
        if not is_sound or any(char.isspace() for char in value):
            raise ValueError("an address such as https://host:8443/path")
        return value.rstrip("/")

    @field_validator("data_dir", mode="before")
    @classmethod
    def _is_named(cls, value: object) -> object:
        if value == "":
            raise ValueError('a folder, such as "data"')
        return value

    @model_validator(mode="after")
    def _keeps_arxivs_pace(self) -> Self:
        is_arxivs = (urlsplit(self.arxiv_api_url).hostname or "").endswith("arxiv.org")
        if is_arxivs and self.arxiv.interval_s < _ARXIV_INTERVAL_S:
            raise ValueError(f"arxiv.interval_s = {self.arxiv.interval_s:g}: arXiv allows one request every 3 seconds")
        return self

    @model_validator(mode="after")
    def _has_what_its_scorer_needs(self) -> Self:
        if self.scorer is ScorerName.LLM and not self._can_ask_a_model:
            raise ValueError(
                'scorer = "llm": OPENAI_API_KEY is not set; set it, or OPENAI_BASE_URL for a server that needs no key'
            )
        return self

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
        backups = folder / self.backup.folder if self.backup.folder else None
        library = folder / self.library.folder if self.library.folder else None
        return self.model_copy(
            update={
                "data_dir": folder / self.data_dir,
                "prompts_dir": prompts,
                "backup": self.backup.model_copy(update={"folder": backups}),
                "library": self.library.model_copy(update={"folder": library}),
                "channels": channels,
            }
        )

    @property
    def scorer_in_force(self) -> ScorerName:
        """Who judges, with "auto" decided: the LLM if a key or an address is given."""
        if self.scorer is not ScorerName.AUTO:
            return self.scorer
        return ScorerName.LLM if self._can_ask_a_model else ScorerName.LOCAL

    @property
    def _can_ask_a_model(self) -> bool:
        has_key = self.openai_api_key is not None and bool(self.openai_api_key.get_secret_value())
        return has_key or "openai_base_url" in self.model_fields_set

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data_dir / "paperlark.db"

    @property
    def backups(self) -> Path:
        """The folder of the nightly backups."""
        return self.backup.folder or self.data_dir / "backups"
