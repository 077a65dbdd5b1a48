"""The REST API as a whole: tokens, rate limits, faults, and the journal of every call."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from aiohttp import web

from tests.loopback.discord.asked import Answer, Asked, read
from tests.loopback.discord.faults import Fault
from tests.loopback.discord.journal import Call, Journal
from tests.loopback.discord.limits import Limits
from tests.loopback.discord.refusals import Excused, Refused
from tests.loopback.discord.routes import OPEN, ROUTES, major

VIA = {"Via": "1.1 loopback"}  # by this discord.py tells Discord's own 429 from a banishment
STATUSES = {"500": 500, "502": 502, "503": 503, "504": 504, "500-done": 500}
BANNED = "<!doctype html><title>Access denied | discord.com used Cloudflare to restrict access</title>"


class Rest:
    """Answers calls by the operations of `parts`; `before` is done before each of them."""

    def __init__(
        self,
        parts: Iterable[object],
        limits: Limits,
        journal: Journal,
        token: Callable[[], str],
        *,
        before: Callable[[], None],
    ) -> None:
        self.faults: list[Fault] = []
        self._operations: dict[str, Callable[[Asked], Answer]] = {
            name: getattr(part, name) for _, _, name in ROUTES for part in parts if hasattr(part, name)
        }
        self._limits = limits
        self._journal = journal
        self._token = token
        self._before = before
        self._late: list[Callable[[], None]] = []
        self._landing: set[asyncio.Task[None]] = set()

    def route(self, app: web.Application, prefix: str) -> None:
        """Add every path under a prefix."""
        for method, path, operation in ROUTES:
            app.router.add_route(method, prefix + path, self._handler(operation))

    async def nothing(self, request: web.Request) -> web.StreamResponse:
        """Answer a path that Discord does not have."""
        refused = Refused(0, 404, "404: Not Found")
        self._record("unknown", f"{request.method} {request.path}", {}, None, _outcome(refused))
        return _answered(404, refused.as_json())

    async def land(self) -> None:
        """Do the late calls that wait for it."""
        waiting, self._late = self._late, []
        for act in waiting:
            act()

    async def stop(self) -> None:
        for task in self._landing:
            task.cancel()

    def _handler(self, operation: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._answer(request, operation)

        return handle

    async def _answer(self, request: web.Request, operation: str) -> web.StreamResponse:
        ids, headers = dict(request.match_info), {}
        try:
            self._admit(request, operation)
            fault = next((one for one in self.faults if one.strikes(operation)), None)
            if fault is not None:
                return await self._spoiled(fault, request, await read(request, operation))
            allowance = self._limits.ask(operation, major(ids))
            headers = dict(allowance.headers)
            if allowance.wait_s:
                self._record(operation, request.path, ids, None, "429 0 You are being rate limited.")
                return _asked_to_wait(allowance.wait_s, headers, is_global=allowance.is_global)
            asked = await read(request, operation)
        except Refused as error:
            self._record(operation, request.path, ids, None, _outcome(error))
            return _answered(error.status, error.as_json(), headers)
        status, body = self._done(asked, request.path)
        return _answered(status, body, headers)

    def _admit(self, request: web.Request, operation: str) -> None:
        if operation in OPEN:
            return
        if not request.headers.get("User-Agent", "").startswith("DiscordBot ("):
            self._journal.note("violation", "a User-Agent that is not of the form DiscordBot (url, version)")
        if request.headers.get("Authorization") != f"Bot {self._token()}":
            raise Refused(0, 401, "401: Unauthorized")

    def _done(self, asked: Asked, path: str, fault: str = "") -> Answer:
        """Do what was asked and write it down."""
        self._before()
        try:
            status, body = self._operations[asked.operation](asked)
        except Refused as error:
            excuse = fault or ("excused" if isinstance(error, Excused) else "")
            self._record(asked.operation, path, asked.ids, asked.body, _outcome(error), excuse)
            return error.status, error.as_json()
        self._record(asked.operation, path, asked.ids, asked.body, "ok", fault)
        return status, body

    async def _spoiled(self, fault: Fault, request: web.Request, asked: Asked) -> web.StreamResponse:
        kind, path = fault.kind, request.path
        done: Answer | None = None
        if kind in {"lost", "silent-done", "500-done", "slow"}:
            done = self._done(asked, path, kind)
        else:
            self._record(asked.operation, path, asked.ids, asked.body, "nothing done", kind)
        if kind in {"late", "silent-late"}:
            self._let_land(fault, asked, path)
        fault.then()
        if kind.startswith("silent"):
            await _until_gone(request)
        if kind == "slow":
            assert done is not None
            await asyncio.sleep(fault.seconds or 0.0)
            return _answered(*done)
        if kind in STATUSES:
            return _answered(STATUSES[kind], {"message": f"{STATUSES[kind]}: Internal Server Error", "code": 0})
        if kind in {"429", "429-global"}:
            is_global = kind == "429-global"
            scope = {"X-RateLimit-Scope": "global", "X-RateLimit-Global": "true"} if is_global else {}
            return _asked_to_wait(fault.seconds or 0.0, scope or {"X-RateLimit-Scope": "shared"}, is_global=is_global)
        if kind == "cloudflare":
            return web.Response(status=429, text=BANNED, content_type="text/html", headers={"Retry-After": "600"})
        if kind == "error":
            refused = Refused(fault.code, fault.status, "an error on demand")
            return _answered(refused.status, refused.as_json())
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _let_land(self, fault: Fault, asked: Asked, path: str) -> None:
        def act() -> None:
            self._done(asked, path, "landed")

        async def wait(seconds: float) -> None:
            await asyncio.sleep(seconds)
            act()

        if fault.seconds is None:
            self._late.append(act)
            return
        task = asyncio.ensure_future(wait(fault.seconds))
        self._landing.add(task)
        task.add_done_callback(self._landing.discard)

    def _record(
        self, operation: str, path: str, ids: Mapping[str, str], body: Any, outcome: str, fault: str = ""
    ) -> None:
        self._journal.calls.append(Call(self._limits.now(), operation, path, dict(ids), body, outcome, fault))


def _outcome(error: Refused) -> str:
    errors = f" {json.dumps(error.errors, ensure_ascii=False)}" if error.errors else ""
    return f"{error.status} {error.code} {error.message}{errors}"


def _answered(status: int, body: Any, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer; its type is exactly application/json, without a charset."""
    shown = {**VIA, **(headers or {})}
    if status == 204:
        return web.Response(status=204, headers=shown)
    text = json.dumps(body, ensure_ascii=False).encode()
    return web.Response(status=status, body=text, content_type="application/json", headers=shown)


def _asked_to_wait(seconds: float, headers: Mapping[str, str], *, is_global: bool) -> web.Response:
    body = {"message": "You are being rate limited.", "retry_after": round(seconds, 3), "global": is_global}
    return _answered(429, body, {"Retry-After": str(max(1, math.ceil(seconds))), **headers})


async def _until_gone(request: web.Request) -> None:
    """Return once the caller has given up."""
    while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 - aiohttp has no event for it
        await asyncio.sleep(0.02)
