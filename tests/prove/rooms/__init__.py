"""The chats a killed bot can have been in: they outlive it, and what stands in them is the judge of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from tests.loopback.faulty import ChatMessage, Fault

Stored = Callable[[ChatMessage], None]
PEOPLE = ("ann", "ben", "cleo", "dora", "eve")


@dataclass(frozen=True, slots=True)
class Address:
    """How a bot reaches a room: the platform, its address, the place there, and what the settings call it."""

    platform: str
    url: str
    channel_id: str
    channel: str


class Room(Protocol):
    """One place on one platform, with readers; a context manager, open from construction.

    `on_stored` is called in the platform's own thread with each message of the bot right after it was stored.
    """

    address: Address
    on_stored: Stored

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def begin(self) -> None:
        """A new process begins: calls are counted from 1 again."""
        ...

    def fault(self, post: int, fault: Fault) -> None:
        """Let that post go wrong, counted from the next one on."""
        ...

    def calm(self) -> None:
        """Let nothing go wrong any more."""
        ...

    def can_kill(self, what: str) -> bool:
        """Whether the platform can kill the caller of such a call between doing it and answering."""
        ...

    def kill_during(self, what: str, number: int, kill: Callable[[], None]) -> None:
        """Do the call of that number, then call `kill`, then answer nothing."""
        ...

    def messages(self) -> Sequence[ChatMessage]:
        """Every message of the bot there ever was, oldest first; the deleted ones are marked."""
        ...

    def react(self, message: str, person: str, emoji: str, *, missed: bool) -> str:
        """A reader adds an emoji; the bot is told unless `missed`. The reader's id."""
        ...

    def unreact(self, message: str, person: str, emoji: str) -> str:
        """A reader takes an emoji back; the reader's id."""
        ...

    def ask(self, person: str, text: str) -> str:
        """A reader asks a question; the reader's id."""
        ...

    def press(self, message: str, person: str, emoji: str) -> str:
        """A reader presses a vote button, if the platform has any; the reader's id, "" without buttons."""
        ...

    def settling(self) -> Callable[[], bool]:
        """Begin to wait until the bot has dealt with all it was told; the function says whether that is so."""
        ...

    def told(self, person: str) -> Sequence[str]:
        """What only the reader with this id was shown."""
        ...

    def is_late(self, key: str) -> bool:
        """Whether a post of this key waits to land."""
        ...

    def land(self) -> None:
        """Let everything late land."""
        ...

    def trouble(self, rng: random.Random) -> str:
        """Let some call other than a post go wrong, or the connection at once; then what that is."""
        ...

    def struck(self) -> Sequence[str]:
        """Every fault that really struck a call, in words."""
        ...

    def violations(self) -> Iterator[str]:
        """What the platform itself saw going wrong."""
        ...


def standing(room: Room) -> list[ChatMessage]:
    """The messages that readers see now."""
    return [message for message in room.messages() if not message.is_deleted]
