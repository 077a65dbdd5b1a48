"""Answer whatever watches the bot: is it alive, is it ready, what does it count."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

logger = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LONGEST_LAG_S = 5.0
_FOR_ADDRESSES = frozenset({"/healthz", "/readyz"})
_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the bot needs to do its work: whether it is there, and what is wrong or known."""

    ok: bool
    detail: str = ""


class LoopMeter:
    """How late the event loop is: it should be back after each pause on the second."""

    def __init__(self, monotonic: Callable[[], float], pause_s: float = 1.0) -> None:
        self._monotonic = monotonic
        self._pause_s = pause_s
        self.newest_s = 0.0
        self.longest_s = 0.0

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            before = self._monotonic()
            await asyncio.sleep(self._pause_s)
            self.newest_s = max(0.0, self._monotonic() - before - self._pause_s)
            self.longest_s = max(self.longest_s, self.newest_s)


@dataclass(frozen=True, slots=True)
class Answers:
    """Where the answers come from. `checks` are by name; `metrics` is a whole page in Prometheus' text format."""

    meter: LoopMeter
    checks: Callable[[], Awaitable[Mapping[str, Check]]]
    metrics: Callable[[], Awaitable[bytes]]


@asynccontextmanager
async def health_server(
    host: str, port: int, answers: Answers, names: Collection[str] = ()
) -> AsyncIterator[int | None]:
    """Answer /healthz, /readyz and /metrics within the context, and measure the loop.

    Asked by a Host name that is none of `names`, `host` and localhost it answers nothing; an address is enough for
    /healthz and /readyz, which containers and balancers look at.

    Yields the port (another one than `port` where that is 0); None where it cannot be had, which is logged and does not
    keep the bot from its work.
    """
    known = frozenset(name.lower() for name in (*names, host, "localhost"))
    runner = web.AppRunner(_application(answers, known), access_log=None, shutdown_timeout=1.0)
    measuring = asyncio.create_task(answers.meter.run())
    try:
        await runner.setup()
        yield await _listen(runner, host, port)
    finally:
        measuring.cancel()
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> int | None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        logger.warning(
            "health is not answered: %s port %d cannot be had (%s); set another port in [health], or enabled = false",
            host, port, error.strerror or error,
        )  # fmt: skip
        return None
    taken = int(runner.addresses[0][1])
    logger.info("health: http://%s:%d/healthz, /readyz and /metrics", host, taken)
    return taken


def _application(answers: Answers, names: Collection[str]) -> web.Application:
    @web.middleware
    async def known_names_only(request: web.Request, handler: Handler) -> web.StreamResponse:
        name = _name_in(request.headers.get("Host", ""))
        if name in names or (_is_address(name) and request.path in _FOR_ADDRESSES):
            return await handler(request)
        return web.Response(status=421, text="I do not answer to that name; see names in [health].\n")

    async def alive(_request: web.Request) -> web.Response:
        lag_s = answers.meter.newest_s
        return _json({"alive": True, "loop_lag_s": round(lag_s, 3)}, ok=lag_s < LONGEST_LAG_S)

    async def ready(_request: web.Request) -> web.Response:
        checks = await answers.checks()
        is_ready = all(check.ok for check in checks.values())
        return _json({"ready": is_ready, "checks": {name: asdict(one) for name, one in checks.items()}}, ok=is_ready)

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=await answers.metrics(), headers={"Content-Type": _METRICS_TYPE})

    application = web.Application(middlewares=[known_names_only])
    application.add_routes([web.get("/healthz", alive), web.get("/readyz", ready), web.get("/metrics", metrics)])
    return application


def _name_in(host: str) -> str:
    """The name or address in a Host header, without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _json(content: Mapping[str, object], *, ok: bool) -> web.Response:
    return web.Response(
        text=json.dumps(content, ensure_ascii=False, indent=1) + "\n",
        status=200 if ok else 503,
        content_type="application/json",
    )
