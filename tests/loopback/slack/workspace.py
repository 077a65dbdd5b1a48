"""What the simulated workspace holds: people, channels, messages, reactions, files, open modals."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

TEAM = "T0LOOPBACK"
APP = "A0LOOPBACK"
BOT = "B0PAPERLARK"
BOT_USER = "U0PAPERLARK"


@dataclass(slots=True)
class Person:
    """Somebody in the workspace; another app's bot is one as well."""

    id: str
    name: str
    is_bot: bool = False
    is_admin: bool = False
    is_owner: bool = False
    is_guest: bool = False
    tz: str = "Europe/Berlin"


@dataclass(slots=True)
class Message:
    """A message in a channel, or one that only `only_for` sees."""

    ts: str
    user: str
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None
    bot_id: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    edits: int = 0
    only_for: str | None = None
    mrkdwn: bool = True

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True)
class Channel:
    """A channel, or a direct conversation with the app (its id begins with D)."""

    id: str
    name: str
    creator: str
    is_private: bool = False
    is_archived: bool = False
    members: set[str] = field(default_factory=set)
    messages: dict[str, Message] = field(default_factory=dict)

    @property
    def is_direct(self) -> bool:
        return self.id.startswith("D")

    def top_level(self) -> list[Message]:
        return [message for message in self._visible() if not message.is_reply]

    def replies(self, ts: str) -> list[Message]:
        return [message for message in self._visible() if message.is_reply and message.thread_ts == ts]

    def _visible(self) -> Iterator[Message]:
        return (self.messages[ts] for ts in sorted(self.messages) if self.messages[ts].only_for is None)


@dataclass(slots=True)
class View:
    """A modal as somebody sees it."""

    id: str
    user: str
    view: dict[str, Any]
    hash: str
    updates: int = 0


class Workspace:
    """All of it. `now` gives seconds since the epoch; message ids are times and never repeat.

    `on_posted` is called with each message and its channel's id right after it was put there.
    """

    def __init__(self, now: Callable[[], float], seed: int = 0) -> None:
        self._now = now
        self._last = 0
        self._random = random.Random(seed)
        self.people: dict[str, Person] = {BOT_USER: Person(BOT_USER, "paperlark", is_bot=True)}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self.views: dict[str, View] = {}
        self.shown: list[tuple[str, Message]] = []
        self.on_posted: Callable[[str, Message], None] = lambda channel, message: None

    def now(self) -> float:
        return self._now()

    def stamp(self) -> str:
        """A new message id: the time now in Slack's form, always later than the one before."""
        self._last = max(self._last + 1, round(self._now() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def name_id(self, letter: str) -> str:
        """A new id in Slack's form."""
        return letter + "".join(self._random.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=10))

    def add_person(self, name: str, **more: Any) -> str:
        person = Person(self.name_id("U"), name, **more)
        self.people[person.id] = person
        return person.id

    def add_channel(self, name: str, creator: str, members: Sequence[str] = (), **more: Any) -> str:
        channel = Channel(self.name_id("C"), name, creator, members={creator, *members}, **more)
        self.channels[channel.id] = channel
        return channel.id

    def direct_channel(self, person: str) -> Channel:
        """The direct conversation between the app and a person."""
        for channel in self.channels.values():
            if channel.is_direct and person in channel.members:
                return channel
        channel = Channel(self.name_id("D"), self.people[person].name, person, members={person, BOT_USER})
        self.channels[channel.id] = channel
        return channel

    def post(self, channel: Channel, message: Message) -> Message:
        """Put a message where it belongs, and remember that readers have seen it."""
        channel.messages[message.ts] = message
        self.shown.append((channel.id, message))
        self.on_posted(channel.id, message)
        return message


def as_json(channel: Channel, message: Message, *, metadata: bool, users_shown: int) -> dict[str, Any]:
    """A message as the history methods show it: at most `users_shown` people for each reaction."""
    shown: dict[str, Any] = {"type": "message", "ts": message.ts, "user": message.user, "text": message.text}
    if message.blocks:
        shown["blocks"] = message.blocks
    if message.bot_id:
        shown |= {"bot_id": message.bot_id, "app_id": APP, "team": TEAM}
    if message.files:
        shown["files"] = message.files
    if message.metadata and metadata:
        shown["metadata"] = message.metadata
    if message.edits:
        shown["edited"] = {"user": message.user, "ts": message.ts}
    if message.reactions:
        shown["reactions"] = reactions_json(message, users_shown)
    replies = channel.replies(message.ts)
    if message.is_reply:
        parent = channel.messages.get(message.thread_ts or "")
        shown |= {"thread_ts": message.thread_ts, "parent_user_id": parent.user if parent else ""}
    elif replies:
        shown |= {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}
    return shown


def reactions_json(message: Message, users_shown: int) -> list[dict[str, Any]]:
    return [
        {"name": name, "count": len(users), "users": users[:users_shown]} for name, users in message.reactions.items()
    ]
