"""Socket Mode: connections, envelopes, acknowledgements, redelivery."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.loopback.slack.workspace import APP

ACK_S = 3.0
REDELIVERY_S = (0.0, 60.0, 300.0)
MOST_SOCKETS = 10


@dataclass(slots=True, eq=False)
class Delivery:
    """One envelope on its way. `done` is set when it was acknowledged, or when nobody tries any more."""

    kind: str
    payload: dict[str, Any]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    attempts: int = 0
    acked: bool = False
    answer: Any = None
    over: set[int] = field(default_factory=set)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)


class Sockets:
    """The app's open connections. `pace` multiplies every wait; `note` tells the journal what happened.

    `ack_s` is how long the app has to acknowledge where that is not to be multiplied.
    """

    def __init__(self, note: Callable[[str, str], None], *, pace: float = 1.0, seed: int = 0) -> None:
        self._note = note
        self.pace = pace
        self.ack_s: float | None = None
        self._random = random.Random(seed)
        self._open: dict[int, web.WebSocketResponse] = {}
        self._requests: dict[int, web.Request] = {}
        self._tickets: set[str] = set()
        self._pending: dict[str, Delivery] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._count = 0
        self._changed = asyncio.Event()

    @property
    def open(self) -> tuple[int, ...]:
        """The numbers of the open connections, oldest first."""
        return tuple(self._open)

    def ticket(self) -> str:
        """A ticket that opens one connection once."""
        ticket = str(uuid.uuid4())
        self._tickets.add(ticket)
        return ticket

    async def wait_for_sockets(self, count: int = 1) -> None:
        """Return once so many connections are open."""
        while len(self._open) != count:
            self._changed.clear()
            await self._changed.wait()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            self._note("violation", "a socket was opened without a fresh ticket")
            return web.Response(status=403)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        self._count += 1
        number = self._count
        if len(self._open) >= MOST_SOCKETS:
            await self._tell_to_leave(socket, "too_many_websockets")
            return socket
        self._open[number], self._requests[number] = socket, request
        self._note("socket", f"{number} is open")
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._open),
                "connection_info": {"app_id": APP},
                "debug_info": {"host": "loopback", "approximate_connection_time": 18060},
            }
        )
        self._change()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._heard(number, json.loads(message.data))
        finally:
            self._forget(number)
        return socket

    def send(self, kind: str, payload: dict[str, Any], *, accepts_answer: bool = False) -> Delivery:
        """Deliver an envelope as Slack does: events are tried again, what a person waits for is not."""
        delivery = Delivery(kind, payload)
        again = REDELIVERY_S if kind == "events_api" else ()
        self._spawn(self._deliver(delivery, again, accepts_answer=accepts_answer))
        return delivery

    def refresh(self, number: int | None = None, reason: str = "refresh_requested") -> None:
        """Ask one connection (default: the oldest) to go; it stays open until the app closes it."""
        number = number or next(iter(self._open))
        self._spawn(self._tell_to_leave(self._open[number], reason))

    def cut(self) -> None:
        """Every connection breaks off without a word."""
        for number in self.open:
            transport = self._requests[number].transport
            if transport is not None:
                transport.abort()
            self._forget(number)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for socket in list(self._open.values()):
            with contextlib.suppress(ConnectionError):
                await socket.close()

    async def _deliver(self, delivery: Delivery, again: tuple[float, ...], *, accepts_answer: bool) -> None:
        if not self._open:
            self._note("lost", f"{delivery.kind}: no socket is open")
            delivery.done.set()
            return
        await self._try(delivery, None, accepts_answer=accepts_answer)
        for attempt, pause in enumerate(again, start=1):
            if delivery.acked:
                break
            await asyncio.sleep(pause * self.pace)
            await self._try(delivery, attempt, accepts_answer=accepts_answer)
        self._pending.pop(delivery.id, None)
        if not delivery.acked:
            self._note("lost", f"{delivery.kind} was never acknowledged")
        delivery.done.set()

    async def _try(self, delivery: Delivery, attempt: int | None, *, accepts_answer: bool) -> None:
        if not self._open:
            return
        number = self._random.choice(self.open)
        delivery.id = str(uuid.uuid4()) if attempt else delivery.id
        delivery.over = {number}
        delivery.attempts += 1
        delivery.heard.clear()
        self._pending[delivery.id] = delivery
        envelope = {
            "envelope_id": delivery.id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": accepts_answer,
        }
        if attempt is not None:
            envelope |= {"retry_attempt": attempt, "retry_reason": "timeout"}
        with contextlib.suppress(ConnectionError):
            await self._open[number].send_json(envelope)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(delivery.heard.wait(), self.ack_s or ACK_S * self.pace)
        if not delivery.acked and number in self._open:
            self._note("late", f"{delivery.kind} was not acknowledged in {ACK_S:g} s")

    def _heard(self, number: int, message: dict[str, Any]) -> None:
        delivery = self._pending.get(message.get("envelope_id", ""))
        if delivery is None:
            self._note("ack", "of an envelope nobody waits for any more")
            return
        if number not in delivery.over:
            self._note("ack", "over another socket than the envelope came by: not counted")
            return
        if message.get("payload"):
            delivery.answer = message["payload"]
        delivery.acked = True
        delivery.heard.set()

    async def _tell_to_leave(self, socket: web.WebSocketResponse, reason: str) -> None:
        with contextlib.suppress(ConnectionError):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "loopback"}})

    def _forget(self, number: int) -> None:
        if self._open.pop(number, None) is not None:
            self._requests.pop(number, None)
            self._note("socket", f"{number} is closed")
            for delivery in self._pending.values():
                if number in delivery.over:
                    delivery.heard.set()  # it will not be acknowledged over this one any more
            self._change()

    def _change(self) -> None:
        self._changed.set()

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
