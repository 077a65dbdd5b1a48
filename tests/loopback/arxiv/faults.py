"""Everything that goes wrong with arXiv, on demand."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from aiohttp import web

from tests.loopback.arxiv.feeds import Announced, api_error

HTML = b"<!DOCTYPE html><html><head><title>arXiv</title></head><body><p>Rate exceeded.</p></body></html>"
CONTENTS = ("stale", "stale then good", "half", "lagging")
"""Faults of what a feed holds: it is well-formed, and says today's date whatever it shows (but for "lagging")."""

KINDS = (
    *CONTENTS,
    "429",
    "503",
    "500",
    "302",
    "403",
    "406",
    "silent",
    "drip",
    "html",
    "empty",
    "malformed",
    "truncated",
    "cut",
    "dropped",
    "missing-fields",
    "error-entry",
    "recorded",
)


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong: how often (None: always), where ("api", "rss" or "any"), how likely, after how many good ones.

    It ends at `until` in simulated time. `retry_after` and `location` go into the header; `body`, `status` and `content_type` make a recorded answer; `lacks` is the
    element an entry loses; `gap_s` the pause between dripped bytes; `message` an error entry's text.
    """

    kind: str
    times: int | None = 1
    target: str = "any"
    probability: float = 1.0
    after: int = 0
    retry_after: str | None = None
    location: str | None = None
    body: bytes = b""
    status: int = 200
    content_type: str = "application/atom+xml"
    lacks: str = "published"
    gap_s: float = 0.05
    message: str = "incorrect id format for abc"
    seed: int = 0
    until: datetime | None = None
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"fault {self.kind!r}: one of {', '.join(KINDS)}")
        if self.kind == "stale then good" and self.until is None:
            raise ValueError("a feed that is stale, then good: until when?")
        if self.kind in CONTENTS:
            self.target = "rss"
        self.chance = random.Random(self.seed)

    def strikes(self, target: str, now: datetime | None = None) -> bool:
        """Whether it strikes this request at the simulated time `now`; counts it if so."""
        if self.until is not None and now is not None and now >= self.until:
            return False
        if self.times == 0 or self.target not in {"any", target} or self.chance.random() >= self.probability:
            return False
        if self.after:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


async def spoiled(
    fault: Fault, request: web.Request, *, text: str, content_type: str, now: datetime, stopping: asyncio.Event
) -> web.StreamResponse:
    """The answer the fault leaves of the true one."""
    if fault.kind.isdecimal():
        named = {"Retry-After": fault.retry_after, "Location": fault.location}
        headers = {name: value for name, value in named.items() if value}
        return web.Response(status=int(fault.kind), text="Rate exceeded.", headers=headers)
    if fault.kind == "error-entry":
        body = api_error(fault.message, now)
        return web.Response(status=fault.status if fault.status != 200 else 400, text=body, content_type=content_type)
    if fault.kind == "recorded":
        return web.Response(status=fault.status, body=fault.body, content_type=fault.content_type)
    if fault.kind == "html":
        return web.Response(body=HTML, content_type="text/html")
    if fault.kind in {"silent", "drip", "truncated", "dropped"}:
        return await _broken_off(fault, request, text.encode(), content_type, stopping)
    return web.Response(text=_damaged(fault, text), content_type=content_type)


def _damaged(fault: Fault, text: str) -> str:
    if fault.kind == "empty":
        return re.sub(r"  <entry>.*</entry>\n|    <item>.*</item>\n", "", text, flags=re.DOTALL)
    if fault.kind == "malformed":
        return text.replace("</title>", "<title", 2)
    if fault.kind == "cut":
        return text[: len(text) * 2 // 3]
    head, mark, rest = text.partition("<entry>")
    if not mark:
        head, mark, rest = text.partition("<item>")
    return head + mark + re.sub(rf"<{fault.lacks}\b.*?(?:</{fault.lacks}>|/>)", "", rest, count=1, flags=re.DOTALL)


async def _broken_off(
    fault: Fault, request: web.Request, body: bytes, content_type: str, stopping: asyncio.Event
) -> web.StreamResponse:
    if fault.kind == "silent":
        await stopping.wait()
    if fault.kind in {"silent", "dropped"}:
        if request.transport:
            request.transport.abort()
        return web.Response()
    response = web.StreamResponse(headers={"Content-Type": content_type, "Content-Length": str(len(body))})
    await response.prepare(request)
    if fault.kind == "drip":
        for byte in body:
            if stopping.is_set():
                break
            await response.write(bytes([byte]))
            await asyncio.sleep(fault.gap_s)
    else:
        await response.write(body[: len(body) // 2])
    if request.transport:
        request.transport.close()
    return response


def other_content(
    fault: Fault, day: date, items: Sequence[Announced], before: Sequence[Announced]
) -> tuple[date, Sequence[Announced]]:
    """The date and the items that a fault of content leaves of a day's feed; `before` are those of the feed before."""
    if fault.kind == "half":  # the build stopped half-way
        return day, sorted(items, key=lambda item: item.paper.arxiv_id)[: len(items) // 2]
    if fault.kind == "lagging":
        return day - timedelta(days=1), items
    return day, before
