"""What the gateway remembers: connections, sessions and the events on their way."""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import web

HEARTBEAT = 1
JSON = dict[str, Any]


def signal(code: int, body: Any = None) -> JSON:
    """A payload that is no event."""
    return {"op": code, "d": body, "s": None, "t": None}


class Compressor(Protocol):
    """One stream over all messages of a connection."""

    def compress(self, data: bytes) -> bytes: ...

    def flush(self, mode: int) -> bytes: ...


@dataclass(eq=False)
class Connection:
    """One socket; `beat_at` is when its last heartbeat came, `outbox` what is sent in order."""

    number: int
    socket: web.WebSocketResponse
    request: web.Request
    outbox: asyncio.Queue[tuple[Connection, JSON]]
    compressor: Compressor | None = None
    flush_mode: int = zlib.Z_SYNC_FLUSH
    session: Session | None = None
    beat_at: float = 0.0
    sends: list[float] = field(default_factory=list)
    beats_asked: int = 0

    async def send(self, payload: JSON) -> None:
        """Send a payload; a broken connection swallows it."""
        text = json.dumps(payload, ensure_ascii=False)
        with contextlib.suppress(ConnectionError, RuntimeError):
            if self.compressor is None:
                await self.socket.send_str(text)
            else:
                data = self.compressor.compress(text.encode()) + self.compressor.flush(self.flush_mode)
                await self.socket.send_bytes(data)

    def ask_for_beat(self) -> None:
        """Ask for a heartbeat, which says what was received, behind everything that is on its way."""
        self.beats_asked += 1
        self.outbox.put_nowait((self, signal(HEARTBEAT)))


@dataclass(eq=False)
class Session:
    """What a successful IDENTIFY begins. It outlives its connection for a while, and remembers every event.

    `received` is the number of the last event that the app has worked through.
    """

    id: str
    intents: int
    connection: Connection | None
    events: list[JSON] = field(default_factory=list)
    left_at: float = 0.0
    received: int = 0
    is_over: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, event: str, payload: JSON) -> int:
        """Remember an event; its number."""
        self.events.append({"op": 0, "t": event, "s": len(self.events) + 1, "d": payload})
        return len(self.events)

    def end(self) -> None:
        """It cannot be resumed any more."""
        self.is_over = True
        self.changed.set()

    def hear(self, number: int) -> None:
        """The app has received everything up to this number."""
        self.received = max(self.received, number)
        self.changed.set()


@dataclass(frozen=True, eq=False)
class Delivery:
    """An event on its way: the sessions it was put into, with its number in each."""

    event: str
    sequences: Mapping[Session, int]

    @property
    def is_lost(self) -> bool:
        """Whether no session will ever hear of it."""
        return not self.sequences

    async def heard(self) -> None:
        """Return once every session has received it, and its client has called the handlers, or is over.

        It returns at once if the event is lost. While a session has no connection this waits until it is resumed. The client is asked for a heartbeat, and
        discord.py sends no more than 110 a minute.
        """
        for session, number in self.sequences.items():
            while session.received < number and not session.is_over:
                session.changed.clear()
                if session.connection is not None:
                    session.connection.ask_for_beat()
                await session.changed.wait()
