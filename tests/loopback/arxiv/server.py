"""A real HTTP server that speaks arXiv's API and feeds on this machine, strictly, with a journal."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from tests.loopback.arxiv.archive import Archive, Refused, read_search
from tests.loopback.arxiv.faults import CONTENTS, Fault, other_content, spoiled
from tests.loopback.arxiv.feeds import api_error, api_page, atom_feed, rss_feed
from tests.loopback.arxiv.papers import read_rows, store
from tests.loopback.arxiv.query import BadQuery
from tests.loopback.arxiv.times import eastern_midnight

ATOM = "application/atom+xml"
RSS = "application/rss+xml"
_TOLERANCE_S = 0.05


@dataclass(frozen=True, slots=True)
class Seen:
    """One request: when (monotonic seconds), where, what was asked, how it was answered, and whether it came too soon."""

    at_s: float
    target: str
    path: str
    asked: Mapping[str, str]
    user_agent: str
    accept: str
    too_soon: bool
    fault: str = ""
    status: int = 0


@dataclass(slots=True)
class Journal:
    """Every request, oldest first."""

    requests: list[Seen] = field(default_factory=list)

    @property
    def violations(self) -> int:
        """How many requests came sooner after the one before than arXiv allows."""
        return sum(seen.too_soon for seen in self.requests)


class LoopbackArxiv:
    """arXiv on 127.0.0.1, as an async context manager in this loop or a plain one in a thread of its own.

    `papers` is a JSONL or JSONL.gz file or rows with arxiv_id, title, abstract, authors, categories and date; see
    `papers.store` for what else a row may state, and for `held` and `order`. What is announced after `now` (default: noon
    of the last listing) does not exist. A share `replacements` of the papers is replaced later. Requests less than
    `min_interval_s` apart are journalled, and answered 429 with `enforce`. With `moving` the simulated time goes on.
    """

    def __init__(
        self,
        papers: str | Path | Sequence[Mapping[str, Any]],
        *,
        now: datetime | None = None,
        held: float = 0.05,
        order: str = "sorted",
        replacements: float = 0.0,
        min_interval_s: float = 0.0,
        enforce: bool = False,
        moving: bool = False,
        port: int = 0,
        seed: int = 0,
    ) -> None:
        stored = store(read_rows(papers), held=held, order=order, seed=seed)
        self.papers = {paper.arxiv_id: paper for paper in stored}
        self.journal = Journal()
        self._archive = Archive(stored, replacements=replacements, seed=seed)
        self._min_interval_s = min_interval_s
        self._enforce = enforce
        self._moving = moving
        self._port = port
        self._faults: list[Fault] = []
        self._thread: threading.Thread | None = None
        self.set_now(now or eastern_midnight(self._archive.last_day) + timedelta(hours=12))

    @property
    def api_url(self) -> str:
        """What ARXIV_API_URL should be."""
        return f"http://127.0.0.1:{self._port}/api/query"

    @property
    def rss_url(self) -> str:
        """What ARXIV_RSS_URL should be."""
        return f"http://127.0.0.1:{self._port}/rss"

    @property
    def now(self) -> datetime:
        """The simulated time."""
        return self._now + timedelta(seconds=time.monotonic() - self._set_at if self._moving else 0)

    def set_now(self, now: datetime) -> None:
        """Let it be another time."""
        self._now, self._set_at = now.astimezone(UTC), time.monotonic()

    def fault(self, kind: str, **options: Any) -> Fault:
        """Let something go wrong, once unless told otherwise; see `Fault`. Faults strike in the order they are made."""
        made = Fault(kind, **options)
        self._faults.append(made)
        return made

    def clear_faults(self) -> None:
        """Let everything be as it should from now on."""
        self._faults.clear()

    async def start(self) -> None:
        """Listen; with port 0 on any free port."""
        self._stopping = asyncio.Event()
        self.was_asked = asyncio.Event()
        app = web.Application()
        app.router.add_get("/api/query", self._api)
        app.router.add_get("/rss/{categories}", self._feed)
        app.router.add_get("/atom/{categories}", self._feed)
        app.router.add_get("/_journal", self._show_journal)
        app.router.add_post("/_now", self._change_now)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Listen no more."""
        self._stopping.set()
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.start(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self.stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread:
            self._thread.join()
        self._loop.close()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        status, text = self._api_answer(dict(request.query))
        return await self._answer("api", request, status, text, ATOM)

    def _api_answer(self, asked: dict[str, str]) -> tuple[int, str]:
        now = self.now
        try:
            search = read_search(asked)
            found = self._archive.search(search, now)
        except (Refused, BadQuery) as error:
            return 400, api_error(str(error), now)
        return 200, api_page(
            found[search.start : search.start + search.most],
            search=search.query,
            id_list=",".join(search.ids),
            start=search.start,
            most=search.most,
            total=len(found),
            now=now,
        )

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        # A plus sign in a path is a plus sign.
        categories = request.match_info["categories"].split("+")
        day, items = self._archive.announced(self.now, categories)
        content = next((one for one in self._faults if one.kind in CONTENTS and one.strikes("rss", self.now)), None)
        if content:
            day, items = other_content(content, day, items, self._archive.announced_before(self.now, categories))
        if request.path.startswith("/atom/"):
            return await self._answer("rss", request, 200, atom_feed(day, categories, items), ATOM)
        return await self._answer("rss", request, 200, rss_feed(day, categories, items), RSS)

    async def _answer(
        self, target: str, request: web.Request, status: int, text: str, content_type: str
    ) -> web.StreamResponse:
        too_soon = self._is_too_soon()
        others = (fault for fault in self._faults if fault.kind not in CONTENTS)
        fault = next((fault for fault in others if fault.strikes(target, self.now)), None)
        self._note(target, request, too_soon, fault.kind if fault else "", status)
        if too_soon and self._enforce:
            headers = {"Retry-After": f"{self._min_interval_s:.0f}"}
            return web.Response(status=429, text="Rate exceeded.", headers=headers)
        if fault:
            return await spoiled(
                fault, request, text=text, content_type=content_type, now=self.now, stopping=self._stopping
            )
        return web.Response(status=status, text=text, content_type=content_type)

    def _is_too_soon(self) -> bool:
        if not self.journal.requests:
            return False
        return time.monotonic() - self.journal.requests[-1].at_s < self._min_interval_s - _TOLERANCE_S

    def _note(self, target: str, request: web.Request, too_soon: bool, fault: str, status: int) -> None:
        self.was_asked.set()
        self.journal.requests.append(
            Seen(
                at_s=time.monotonic(),
                target=target,
                path=request.path,
                asked=dict(request.query),
                user_agent=request.headers.get("User-Agent", ""),
                accept=request.headers.get("Accept", ""),
                too_soon=too_soon,
                fault=fault,
                status=status,
            )
        )

    async def _show_journal(self, _request: web.Request) -> web.Response:
        seen = [asdict(seen) for seen in self.journal.requests]
        return web.json_response({"requests": seen, "violations": self.journal.violations})

    async def _change_now(self, request: web.Request) -> web.Response:
        try:
            self.set_now(datetime.fromisoformat(request.query["at"]))
        except (KeyError, ValueError):
            return web.Response(status=400, text="POST /_now?at=2025-05-08T06:00Z\n")
        return web.Response(text=f"{self.now.isoformat()}\n")
