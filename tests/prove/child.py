"""What runs in a process that will be killed: the real bot, on chats that outlive it.

The processes are forked from a server that has everything imported and the word vectors loaded, so that each costs
little; `processes()` makes that server. Nothing is open in it when it forks.
"""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import cache
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from bot.app import wiring
from bot.app.by_hand import make_digests, make_remedial_digests
from bot.app.importing import Manner, import_files
from bot.app.resident import Resident, leave_soon
from bot.app.wiring import opened, platforms_of
from bot.embedders import EMBEDDERS, EmbedderOptions
from bot.platforms import discord as _discord  # noqa: F401 - loaded before the first fork
from bot.platforms import slack as _slack  # noqa: F401
from bot.ports import ChatPlatform
from bot.settings import Settings
from bot.store import Store
from handlers.listing import ingest_due
from handlers.morning.edition import score_ahead
from handlers.topics_file import take_up_topics
from tests.loopback.faulty import HttpWire
from tests.prove.orders import Orders, Tap, settings_for
from tests.prove.taps import TappedPlatform, tap_llm, tap_migrations, tap_wire

# Loaded before the first fork, so that children need not.
_EMBEDDER = EMBEDDERS["wordllama"](EmbedderOptions())
_EMBEDDER.embed(["warm"])

_TICK_S = 0.01


def child(orders: Orders) -> None:
    """The whole life of a child process."""
    threading.Thread(target=_die_with_parent, daemon=True).start()
    logging.basicConfig(filename=orders.folder / "log.txt", level=logging.INFO, format="%(asctime)s %(message)s")
    sys.stderr = (orders.folder / "stderr.txt").open("a")
    tap = Tap(orders.kill_at)
    tap_migrations(tap)
    tap_wire(tap, _servers(orders))
    if orders.llm_url:
        tap_llm(tap, orders.llm_url)
    # Forked with the vectors loaded: only the wrapper must be the one of this process.
    embedder = _StuckEmbedder(orders.folder / "stuck", orders.stuck_s) if orders.stuck_s else _EMBEDDER
    vars(wiring)["EMBEDDERS"] = {**EMBEDDERS, "wordllama": lambda options: embedder}
    roles: dict[str, Callable[[Orders, Tap], Coroutine[Any, Any, None]]] = {
        "prepare": _prepare, "run": _run, "act": _act, "stay": _stay, "digest": _digest, "backfill": _backfill,
        "import": _import,
    }  # fmt: skip
    asyncio.run(roles[orders.role](orders, tap))
    if orders.trace:
        orders.trace.write_text(json.dumps(tap.passed))


def _die_with_parent() -> None:
    """Whoever interrupts a proof is not left with bots that wait for its servers."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _servers(orders: Orders) -> Mapping[str, str]:
    """Every server that speaks a real platform's language, by its address."""
    real = (address for address in orders.addresses if address.platform != "console")
    return {address.url.rsplit("/api/", 1)[0]: address.platform for address in real}


def _platforms(orders: Orders, tap: Tap) -> Mapping[str, ChatPlatform]:
    console = {
        address.platform: TappedPlatform(HttpWire(address.url, orders.timeout_s), tap)
        for address in orders.addresses
        if address.platform == "console"
    }
    if console:
        return console
    settings = settings_for(orders)
    return platforms_of(settings, wiring.clock_of(settings))


async def _prepare(orders: Orders, tap: Tap) -> None:
    with opened(settings_for(orders), platforms={}, tap=tap) as env:
        for key in env.settings.channels:
            await take_up_topics(env, key)
        await ingest_due(env)
        for key in env.settings.channels:
            await score_ahead(env, key)


async def _first(life: asyncio.Task[None], event: Coroutine[Any, Any, Any]) -> None:
    """Wait for something, or for the end of the bot."""
    waiting = asyncio.ensure_future(event)
    await asyncio.wait({life, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


async def _run(orders: Orders, tap: Tap) -> None:
    """The resident bot until its start-up is done, the platforms' events are heard and votes are reconciled."""
    await _live(orders, tap, with_acts=False)


async def _act(orders: Orders, tap: Tap) -> None:
    """The same, and readers act once all that is done; only what follows are points."""
    await _live(orders, tap, with_acts=True)


async def _live(orders: Orders, tap: Tap, *, with_acts: bool) -> None:
    platforms = _platforms(orders, tap)
    with opened(settings_for(orders), platforms=platforms, tap=tap) as env:
        resident = Resident(env)
        life = asyncio.create_task(resident.run())
        await _first(life, resident.started.wait())
        for name, platform in platforms.items():
            if isinstance(platform, TappedPlatform):
                for _ in range(2):  # the poll under way, and a whole one
                    platform.polled.clear()
                    await _first(life, platform.polled.wait())
            else:
                await _first(life, _connected(platform))
            await resident.reconnected(name)
        if with_acts:
            tap.forget()
            orders.ready.touch()
            await _first(life, _there(orders.done))
        resident.stop()
        await life
        leave_soon()


async def _there(file: Path) -> None:
    while not file.exists():  # noqa: ASYNC110, ASYNC240 - another process makes it
        await asyncio.sleep(_TICK_S)


async def _connected(platform: ChatPlatform) -> None:
    while not platform.status().connected:  # noqa: ASYNC110 - the port has no event for it
        await asyncio.sleep(_TICK_S)


class _StuckEmbedder:
    """An embedder whose threads hang; it leaves a file behind when the first one does."""

    def __init__(self, sign: Path, stuck_s: float) -> None:
        self._sign = sign
        self._stuck_s = stuck_s
        self.name, self.dimensions = _EMBEDDER.name, _EMBEDDER.dimensions

    def embed(self, texts: Sequence[str]) -> Any:
        self._sign.touch()
        time.sleep(self._stuck_s)
        return _EMBEDDER.embed(texts)


async def _stay(orders: Orders, tap: Tap) -> None:
    """What `paperlark run` does."""
    with opened(settings_for(orders), platforms=_platforms(orders, tap), tap=tap) as env:
        await Resident(env).run()
        leave_soon()


async def _digest(orders: Orders, tap: Tap) -> None:
    settings = _of_a_command(orders, tap)
    await make_digests(settings, list(settings.channels), None, dry_run=False, output=None)


async def _backfill(orders: Orders, tap: Tap) -> None:
    settings = _of_a_command(orders, tap)
    await make_remedial_digests(settings, list(settings.channels), *orders.days, dry_run=False)


async def _import(orders: Orders, tap: Tap) -> None:
    settings = _of_a_command(orders, tap)
    files = sorted(orders.lists.iterdir())
    for key in settings.channels:
        await import_files(settings, files, key, Manner(0.5))


def _of_a_command(orders: Orders, tap: Tap) -> Settings:
    """Its settings; its database and platforms are watched."""
    platforms = _platforms(orders, tap)
    watched = {name: lambda settings, clock, one=one: one for name, one in platforms.items()}
    vars(wiring)["PLATFORMS"] = {**wiring.PLATFORMS, **watched}
    vars(wiring)["Store"] = lambda path, **options: Store(path, **{**options, "tap": tap})
    sys.stdout = (orders.folder / "stdout.txt").open("a")
    return settings_for(orders)


@cache
def processes() -> ForkServerContext:
    """Where children come from."""
    # A process that forks must not have threads.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.prove.child"])
    return context


def started(orders: Orders) -> BaseProcess:
    """A child that has begun."""
    process = processes().Process(target=child, args=(orders,), daemon=True)
    process.start()
    return process


def ended(process: BaseProcess, limit_s: float = 120.0) -> int:
    """Wait for a child's end; its exit code, negative for a signal. One that does not end is killed: -9999."""
    process.join(limit_s)
    if process.is_alive():
        process.kill()
        process.join()
        return -9999
    return process.exitcode if process.exitcode is not None else -9999


def ran(orders: Orders, limit_s: float = 120.0) -> int:
    """Run a child to its end; see `ended`."""
    return ended(started(orders), limit_s)
