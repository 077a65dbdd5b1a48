"""The ports a handler may be given, in one frozen value."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.ports import Answerer, ChatPlatform, Embedder, Scorer, Source
from bot.settings import ChannelSettings, Settings
from bot.store_ports import Store


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything outside that the handlers act on; made once by `app.py`, replaced when settings are reloaded.

    `platforms` is keyed by the platform's name; a channel whose platform is absent gets no mornings.
    `topics_texts` holds the text of each channel's topics file as it was when the settings were read.
    `ingesting` is held while listings are read, so that channels whose mornings coincide read them once. `scoring`
    has a lock for each topics text and scorer, so that channels alike in both pay once.
    `answerer` answers questions in words, None if nothing can.
    """

    settings: Settings
    store: Store
    source: Source
    scorer: Scorer
    embedder: Embedder
    platforms: Mapping[str, ChatPlatform]
    clock: Clock
    topics_texts: Mapping[str, str]
    ingesting: asyncio.Lock = field(default_factory=asyncio.Lock)
    scoring: Mapping[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    answerer: Answerer | None = None

    def channel(self, key: str) -> ChannelSettings:
        """The settings of one channel."""
        return self.settings.channels[key]
