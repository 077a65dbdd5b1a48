"""Channels started or left in chat, and what readers told them to do from now on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


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
    channel_id: str
    state: ChannelState
    created_at: datetime
    changed_at: datetime
    timezone: str = ""


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
