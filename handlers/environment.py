"""The ports a handler may be given, in one frozen value."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from bot.clock import Clock
from bot.errors import ChannelGone
from bot.ports import Answerer, ChatPlatform, Embedder, Scorer, Source
from bot.settings import ChannelSettings, Settings
from bot.store import Store
from handlers.limits import Limits

T = TypeVar("T")

_FITS_AT_ONCE = 2
_EDITIONS_AT_ONCE = 8


class SharedJob(Generic[T]):
    """One job at a time; whoever asks while it runs waits for the same result."""

    def __init__(self) -> None:
        self._task: asyncio.Task[T] | None = None

    async def run(self, job: Callable[[], Coroutine[Any, Any, T]], patience_s: float | None = None) -> T | None:
        """The job's result; None if it takes longer than `patience_s`, while it goes on for whoever asks next."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(job())
        task = self._task
        done, _ = await asyncio.wait({task}, timeout=patience_s)
        return task.result() if done else None

    async def stop(self) -> None:
        """Cancel what is running and wait for its end."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task})


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything outside that the handlers act on; made once by `app.py`, replaced when settings are reloaded.

    `platforms` is keyed by the platform's name; a channel whose platform is absent gets no mornings.
    `topics_texts` holds the text of each channel's topics file as it was when the settings were read.
    `ingesting` reads listings for all channels whose mornings coincide at once. `scoring`
    has a lock for each topics text and scorer, so that channels alike in both pay once.
    `fitting` bounds how many channels are learned from at once, `preparing` for how many at once papers are scored and
    chosen: each needs its share of the archive in memory.
    `answerer` answers questions in words, None if nothing can. `limits` counts what each person asks.
    """

    settings: Settings
    store: Store
    source: Source
    scorer: Scorer
    embedder: Embedder
    platforms: Mapping[str, ChatPlatform]
    clock: Clock
    topics_texts: Mapping[str, str]
    ingesting: SharedJob[Any] = field(default_factory=SharedJob)
    scoring: Mapping[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    fitting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_FITS_AT_ONCE))
    preparing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_EDITIONS_AT_ONCE))
    answerer: Answerer | None = None
    limits: Limits = field(default_factory=Limits)

    def channel(self, key: str) -> ChannelSettings:
        """The settings of one channel.

        Raises:
            ChannelGone: there is none of that key, or not any more.
        """
        try:
            return self.settings.channels[key]
        except KeyError as error:
            raise ChannelGone(f"{key} is no channel of the bot, or not any more") from error
