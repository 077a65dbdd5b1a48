"""What is asked of the store about topics and channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TopicsVersion:
    """One version of a channel's topics text."""

    channel: str
    version: int
    raw: str
    origin: str
    created_at: datetime


class TopicStore(Protocol):
    """The versions of every channel's topics."""

    async def current(self, channel: str) -> TopicsVersion | None:
        """The newest version."""
        ...

    async def history(self, channel: str) -> tuple[TopicsVersion, ...]:
        """Every version, newest first."""
        ...

    async def add(self, channel: str, raw: str, origin: str, at: datetime) -> TopicsVersion:
        """Make `raw` the current version; the same text as the current one makes no new version."""
        ...


class ChannelState(StrEnum):
    """What became of a channel the bot was invited to or removed from."""

    INVITED = "invited"  # waits for its topics
    ACTIVE = "active"
    REMOVED = "removed"  # the bot is not there any more


@dataclass(frozen=True, slots=True)
class ChannelRecord:
    """A channel as the database knows it: started in chat, or one of the settings that the bot was removed from.

    `timezone` is an IANA name, "" for the settings' default.
    """

    key: str
    platform: str
    place: str
    state: ChannelState
    created_at: datetime
    changed_at: datetime
    timezone: str = ""


class ChannelStore(Protocol):
    """Channels whose story does not stand in the settings."""

    async def all(self) -> tuple[ChannelRecord, ...]:
        """Every record, oldest first."""
        ...

    async def at(self, platform: str, place: str) -> ChannelRecord | None:
        """The record of this place."""
        ...

    async def save(self, record: ChannelRecord) -> None:
        """Insert or replace the record of a place."""
        ...


@dataclass(frozen=True, slots=True)
class StandingRule:
    """A follow or mute set in chat. `kind` is the text of a RuleKind; `person` set it."""

    kind: str
    text: str
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """A channel gets no mornings: since `at`, up to before the day `until`, or until told otherwise."""

    at: datetime
    until: date | None
    person: str


class OrderStore(Protocol):
    """What readers told the bot to do from now on, channel by channel."""

    async def rules(self, channel: str) -> tuple[StandingRule, ...]:
        """The follows and mutes in force, oldest first."""
        ...

    async def add_rule(self, channel: str, rule: StandingRule) -> bool:
        """Set a rule; False if it stands already (case does not matter)."""
        ...

    async def remove_rule(self, channel: str, kind: str, text: str) -> bool:
        """Lift a rule; False if there is none like it."""
        ...

    async def pause(self, channel: str) -> Pause | None:
        """The channel's pause, also one that is over."""
        ...

    async def set_pause(self, channel: str, pause: Pause | None) -> None:
        """Begin or change a pause; None ends it."""
        ...
