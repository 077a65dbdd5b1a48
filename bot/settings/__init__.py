"""Every setting: `paperlark.toml` plus the environment, checked all at once.

Secrets (`SLACK_BOT_TOKEN`, `SLACK_APP_TOKEN`, `DISCORD_TOKEN`, `OPENAI_API_KEY`) are read from the environment only.
The top level of the file holds the defaults of every channel; a `[channels.KEY]` table overrides them.
"""

from bot.settings.channels import WEEKDAYS, CatchUp, ChannelSettings, ScorerName
from bot.settings.loading import DEFAULT_FILE, load_settings
from bot.settings.process import CHAT_TOKENS, SECRETS, Settings
from bot.settings.tables import (
    AlarmSettings,
    ArxivSettings,
    BackupSettings,
    DiscordSettings,
    HealthSettings,
    LibrarySettings,
    LlmSettings,
    OwnerSettings,
    PriceSettings,
    PrivacySettings,
    RankingSettings,
    SlackSettings,
    TimingSettings,
)

__all__ = [
    "CHAT_TOKENS",
    "DEFAULT_FILE",
    "SECRETS",
    "WEEKDAYS",
    "AlarmSettings",
    "ArxivSettings",
    "BackupSettings",
    "CatchUp",
    "ChannelSettings",
    "DiscordSettings",
    "HealthSettings",
    "LibrarySettings",
    "LlmSettings",
    "OwnerSettings",
    "PriceSettings",
    "PrivacySettings",
    "RankingSettings",
    "ScorerName",
    "Settings",
    "SlackSettings",
    "TimingSettings",
    "load_settings",
]
