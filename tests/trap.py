"""A stranger's web server on this machine, which writes down what it is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class Trap:
    """`asked` holds method, path and headers of every request; `redirect` sends on, `endless` never ends an answer."""

    base: str = ""
    redirect: str = ""
    endless: bool = False
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    sent: int = 0

    def knows(self, secret: str) -> bool:
        """Whether a secret came along with any request."""
        return any(secret in f"{path} {headers}" for _, path, headers in self.asked)


@asynccontextmanager
async def trap(host: str = "127.0.0.2", **manner: object) -> AsyncIterator[Trap]:
    """A server of that host for the time of the context."""
    set_up = Trap(**manner)

    async def answer(request: web.Request) -> web.StreamResponse:
        set_up.asked.append((request.method, request.path_qs, dict(request.headers)))
        if set_up.redirect:
            return web.Response(status=307, headers={"Location": set_up.redirect})
        response = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await response.prepare(request)
        await response.write(b"1. Stolen topics\n")
        while set_up.endless and set_up.sent < 50_000_000:
            await response.write(b"x" * 100_000)
            set_up.sent += 100_000
        return response

    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, 0).start()
    set_up.base = f"http://{host}:{runner.addresses[0][1]}"
    try:
        yield set_up
    finally:
        await runner.cleanup()
