"""The faulty chat as a room."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Self

from tests.loopback.faulty import Chat, ChatMessage, ChatServer, Fault
from tests.prove.rooms import Address, Stored

_CALLS = ("chat.post", "chat.find", "chat.recent", "chat.delete")


class FaultyRoom:
    """`Room` on the faulty chat; the whole chat is one room."""

    def __init__(self, chat: Chat, server: ChatServer | None = None) -> None:
        self.chat = chat
        self.server = server or ChatServer(chat)
        self.address = Address("console", self.server.url, "terminal", "terminal")

    @property
    def on_stored(self) -> Stored:
        return self.chat.on_stored

    @on_stored.setter
    def on_stored(self, stored: Stored) -> None:
        self.chat.on_stored = stored

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()

    def begin(self) -> None:
        self.server.reset_counts()

    def fault(self, post: int, fault: Fault) -> None:
        self.server.faults["post", post] = fault

    def calm(self) -> None:
        self.server.faults.clear()

    def can_kill(self, what: str) -> bool:
        return what in _CALLS

    def kill_during(self, what: str, number: int, kill: Callable[[], None]) -> None:
        self.server.faults[what.removeprefix("chat."), number] = Fault.KILLS_CALLER

    def messages(self) -> Sequence[ChatMessage]:
        return list(self.chat.messages.values())

    def react(self, message: str, person: str, emoji: str, *, missed: bool) -> str:
        self.chat.react(message, person, emoji, added=True, missed=missed)
        return person

    def unreact(self, message: str, person: str, emoji: str) -> str:
        self.chat.react(message, person, emoji, added=False)
        return person

    def ask(self, person: str, text: str) -> str:
        raise NotImplementedError("nobody can be asked here")

    def press(self, message: str, person: str, emoji: str) -> str:
        return ""

    def settling(self) -> Callable[[], bool]:
        return lambda: not self.chat.owed

    def told(self, person: str) -> Sequence[str]:
        return ()

    def is_late(self, key: str) -> bool:
        return any(late["key"] == key for late in self.chat.postponed)

    def land(self) -> None:
        self.chat.land()

    def trouble(self, rng: random.Random) -> str:
        return ""

    def struck(self) -> Sequence[str]:
        return ()

    def violations(self) -> Iterator[str]:
        if repeated := self.chat.repeated():
            yield f"sent again although it had been stored: {repeated}"
        if self.chat.owed:
            yield f"{len(self.chat.owed)} events not acknowledged"
