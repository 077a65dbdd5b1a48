"""The chat itself: what was posted, who reacted, and what the bot must still be told. It outlives the bot."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.models import PostKey, PostRole

JSON = Mapping[str, Any]


@dataclass(slots=True)
class ChatMessage:
    """One message as the platform has it; a deleted one keeps what it was."""

    message: str
    channel_id: str
    thread: str | None
    key: str
    text: str
    posted_at: datetime
    reactions: dict[tuple[str, str], None] = field(default_factory=dict)  # (person, emoji)
    is_deleted: bool = False

    @property
    def subject(self) -> str:
        """The arxiv_id of a paper's message, "" for a header."""
        parsed = PostKey.parse(self.key)
        return parsed.subject if parsed else ""

    @property
    def role(self) -> PostRole | None:
        """What the message is for; None if it is not the bot's."""
        parsed = PostKey.parse(self.key)
        return parsed.role if parsed else None


class Chat:
    """The platform itself: messages, reactions, and the events it still owes the bot. Thread-safe.

    `on_stored` is called with each message right after it was stored; what it returns is ignored.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.RLock()
        self.messages: dict[str, ChatMessage] = {}
        self.owed: dict[str, JSON] = {}  # events not acknowledged, by event id
        self.postponed: list[JSON] = []
        self.late: Counter[str] = Counter()  # how many posts of a key were never answered and land later
        self.on_stored: Callable[[ChatMessage], None] = lambda message: None
        self.on_owed: Callable[[], None] = lambda: None
        self._events = 0

    def standing(self, channel_id: str | None = None) -> list[ChatMessage]:
        """The messages not deleted, oldest first."""
        with self._lock:
            return [m for m in self.messages.values() if not m.is_deleted and channel_id in (None, m.channel_id)]

    def obey(self, method: str, body: JSON) -> Any:
        """Do what a call asks for; the answer is plain JSON."""
        with self._lock:
            return getattr(self, f"_{method}")(body)

    def postpone(self, body: JSON) -> None:
        """Take a post that will land when `land` is called."""
        with self._lock:
            self.late[body["key"]] += 1
            self.postponed.append(body)

    def land(self, key: str | None = None) -> None:
        """Store the postponed posts of this key (of every key if None)."""
        with self._lock:
            due = [body for body in self.postponed if key in (None, body["key"])]
            self.postponed = [body for body in self.postponed if body not in due]
            for body in due:
                self._post(body)

    def react(self, message: str, person: str, emoji: str, *, added: bool, missed: bool = False) -> bool:
        """A reader adds or removes an emoji; the bot is told unless `missed`. False if that changes nothing."""
        with self._lock:
            target = self.messages[message]
            if target.is_deleted or ((person, emoji) in target.reactions) is added:
                return False
            if added:
                target.reactions[person, emoji] = None
            else:
                del target.reactions[person, emoji]
            if not missed:
                self._owe(target, person, emoji, added)
            return True

    def repeated(self) -> list[str]:
        """Keys posted more often than once and once more for each post that landed late; deleted messages count."""
        with self._lock:
            posted = Counter(message.key for message in self.messages.values())
            return sorted(key for key, count in posted.items() if count > 1 + self.late[key])

    def lose_events(self) -> None:
        """Forget what is owed, as when nobody was connected."""
        with self._lock:
            self.owed.clear()

    def _owe(self, target: ChatMessage, person: str, emoji: str, added: bool) -> None:
        self._events += 1
        at = self._now()
        self.owed[f"event-{self._events}"] = {
            "event_id": f"event-{self._events}", "channel_id": target.channel_id, "message": target.message,
            "thread": target.thread, "person": person, "emoji": emoji, "added": added,
            "at": at.isoformat(), "order": at.timestamp() + self._events * 1e-6,
        }  # fmt: skip
        self.on_owed()

    def _post(self, body: JSON) -> JSON:
        message = ChatMessage(
            f"m{len(self.messages) + 1}", body["channel_id"], body["thread"], body["key"], body["text"], self._now()
        )
        self.messages[message.message] = message
        self.on_stored(message)
        return {"message": message.message}

    def _delete(self, body: JSON) -> JSON:
        if found := self.messages.get(body["message"]):
            found.is_deleted = True
        return {}

    def _find(self, body: JSON) -> JSON:
        since = datetime.fromisoformat(body["since"])
        found = [
            {"message": m.message, "thread": m.thread}
            for m in self.standing(body["channel_id"])
            if m.key == body["key"] and m.posted_at >= since and body["thread"] in (None, m.thread)
        ]
        return {"messages": found}

    def _recent(self, body: JSON) -> JSON:
        since = datetime.fromisoformat(body["since"])
        return {
            "messages": [
                {"message": m.message, "thread": m.thread, "key": m.key, "posted_at": m.posted_at.isoformat(),
                 "reactions": [list(one) for one in m.reactions]}
                for m in self.standing(body["channel_id"]) if m.posted_at >= since
            ]
        }  # fmt: skip

    def _events_owed(self, body: JSON) -> JSON:
        return {"events": list(self.owed.values())}

    def _acknowledge(self, body: JSON) -> JSON:
        self.owed.pop(body["event_id"], None)
        return {}


def true_now() -> datetime:
    """The machine's own time."""
    return datetime.now(UTC)
