"""The gateway: connections from HELLO to their end, events, and everything that can end a connection."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import Callable
from typing import Any

from aiohttp import WSCloseCode, web

from tests.loopback.discord.conversation import (
    BAD_TOKEN,
    BAD_VERSION,
    DECODE,
    FORBIDDEN_INTENTS,
    INVALID,
    TIMED_OUT,
    Closed,
    Conversation,
)
from tests.loopback.discord.intents import needed_for, privileged_in
from tests.loopback.discord.sessions import JSON, Connection, Delivery, Session, signal

RECONNECT, HELLO = 7, 10
GRACE_S = 5.0


class Gateway(Conversation):
    """The app's connections. `is_down` refuses every new one."""

    is_down = False

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._url()

    @property
    def open(self) -> tuple[int, ...]:
        """The numbers of the connections with a session, oldest first."""
        return tuple(number for number, one in self._open.items() if one.session is not None)

    async def wait_for_sessions(self, count: int = 1) -> None:
        """Return once so many connections are identified or resumed."""
        while len(self.open) != count:
            self._changed.clear()
            await self._changed.wait()

    def is_present(self, session: Session) -> bool:
        return session.connection is not None

    def can_read(self, session: Session) -> bool:
        """Whether it asked for what people write."""
        return "message_content" in privileged_in(session.intents)

    # Events

    def dispatch(self, event: str, make: Callable[[Session], JSON], *, direct: bool = False) -> Delivery:
        """Put an event into every session that subscribed to it, and send it where somebody listens."""
        self._forget_old()
        needed = needed_for(event, direct=direct)
        sequences = {}
        for session in self.sessions.values():
            if needed and not session.intents & needed:
                continue
            sequences[session] = session.add(event, make(session))
            if session.connection is not None:
                self._sending.put_nowait((session.connection, session.events[-1]))
        if not sequences:
            self._journal.note("missed", event)
        return Delivery(event, sequences)

    async def settle(self) -> None:
        """Return once every connected client has received everything so far."""
        for session in list(self.sessions.values()):
            if session.connection is not None:
                await Delivery("", {session: len(session.events)}).heard()

    # Ends on demand

    def cut(self) -> None:
        """Every connection breaks off without a word; sessions can be resumed."""
        for connection in list(self._open.values()):
            self._leave(connection)
            if connection.request.transport is not None:
                connection.request.transport.abort()

    async def close(self, code: int = 1001) -> None:
        """Close every connection with a code."""
        for connection in list(self._open.values()):
            self._leave(connection)
            with contextlib.suppress(ConnectionError, RuntimeError):
                await connection.socket.close(code=code)

    async def ask_to_reconnect(self) -> None:
        """RECONNECT: every client should come back and resume."""
        for connection in list(self._open.values()):
            await connection.send(signal(RECONNECT))

    async def invalidate(self, *, resumable: bool = False) -> None:
        """INVALID SESSION: every client must identify anew, or resume if it may."""
        for connection in list(self._open.values()):
            if not resumable and connection.session is not None:
                self._drop(connection.session)
            await connection.send(signal(INVALID, resumable))

    def forget_sessions(self) -> None:
        """No session can be resumed any more."""
        for session in list(self.sessions.values()):
            self._drop(session)

    async def start(self) -> None:
        self._spawn(self._send_all())

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await self.close(WSCloseCode.GOING_AWAY)

    # One connection

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection from HELLO to its end."""
        if self.is_down:
            return web.Response(status=503, text="upstream connect error")
        socket = web.WebSocketResponse(autoping=True, max_msg_size=0)
        await socket.prepare(request)
        self._count += 1
        connection = Connection(self._count, socket, request, self._sending, beat_at=self._ticks())
        self._open[connection.number] = connection
        self._spawn(self._watch(connection))
        try:
            self._check_query(connection, request)
            interval = round(self.heartbeat_s * 1000)
            await connection.send(signal(HELLO, {"heartbeat_interval": interval, "_trace": []}))
            async for message in socket:
                await self._receive(connection, message)
        except Closed as error:
            await self._end(connection, error)
        finally:
            self._finish(connection)
        return socket

    def _check_query(self, connection: Connection, request: web.Request) -> None:
        if request.query.get("v") != "10":
            raise Closed(BAD_VERSION, f"gateway version {request.query.get('v')}: this is 10")
        if request.query.get("encoding") != "json":
            raise Closed(DECODE, f"encoding {request.query.get('encoding')}: only json is spoken here")
        compress = request.query.get("compress")
        if compress == "zlib-stream":
            connection.compressor = zlib.compressobj()
        elif compress == "zstd-stream":
            import zstandard

            connection.compressor = zstandard.ZstdCompressor().compressobj()
            connection.flush_mode = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        elif compress is not None:
            raise Closed(DECODE, f"compress {compress}: unknown")

    # The ends of connections

    async def _watch(self, connection: Connection) -> None:
        """Close a connection whose heartbeats do not come."""
        patience = self.heartbeat_s + min(GRACE_S, self.heartbeat_s)
        while connection.number in self._open:
            await asyncio.sleep(self.heartbeat_s / 2)
            if self._ticks() - connection.beat_at > patience and connection.number in self._open:
                if connection.session is not None:
                    self._drop(connection.session)
                await self._end(connection, Closed(TIMED_OUT, "no heartbeat"))
                return

    async def _end(self, connection: Connection, error: Closed) -> None:
        # A token that was taken away, and what its owner allows, are not the app's fault.
        kind = "gateway" if error.code in {BAD_TOKEN, FORBIDDEN_INTENTS} else "violation"
        self._journal.note(kind, f"closed with {error.code}: {error.why}")
        self._leave(connection)
        with contextlib.suppress(ConnectionError, RuntimeError):
            await connection.socket.close(code=error.code, message=error.why.encode()[:120])

    def _finish(self, connection: Connection) -> None:
        session = connection.session
        if session is not None and connection.socket.close_code in {1000, 1001} and session.connection is connection:
            self._drop(session)  # a client that says good-bye cannot resume
        self._leave(connection)

    async def _send_all(self) -> None:
        """One sender for everything, so that events keep their order."""
        while True:
            connection, event = await self._sending.get()
            if connection.number in self._open:
                await connection.send(event)

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
