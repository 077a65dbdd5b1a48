"""Ingest the sample's five days, and be killed with SIGKILL at a chosen moment.

`python -m tests.handlers.dying_ingest FOLDER MOMENT WRITE N`: at the N-th time (from 1) that the write named WRITE is
about to begin ("before"), is committed ("after"), or has run 20 statements of its transaction ("inside").
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.settings import ChannelSettings, Settings
from bot.sources.sample import SampleSource
from bot.store import Store
from bot.store.database import Tap, no_tap
from handlers.environment import Environment
from handlers.listing import ingest_days, ingest_due
from tests.fakes import FakeClock, FakeEmbedder, FakeScorer

NOW = datetime(2025, 5, 9, 9, 0, tzinfo=UTC)
CATEGORIES = ("cs.AI", "cs.CL", "cs.LG")


async def ingest(folder: Path, tap: Tap = no_tap) -> None:
    """Read the whole sample into the database in `folder`."""
    clock = FakeClock(NOW)
    store = Store(folder / "paperlark.db", tap=tap)
    Killer.connection = store._database._writer.conn
    env = Environment(
        settings=Settings(data_dir=folder, channels={"terminal": ChannelSettings(categories=CATEGORIES)}),
        store=store,
        source=SampleSource(clock=clock),
        scorer=FakeScorer(),
        embedder=FakeEmbedder(),
        platforms={},
        clock=clock,
        topics_texts={"terminal": "1. Pruning"},
    )
    try:
        await ingest_days(env, CATEGORIES, NOW.date().replace(day=5), NOW.date())
        await ingest_due(env)
    finally:
        store.close()


class Killer:
    """A tap that ends the process where it was told to."""

    connection: object = None

    def __init__(self, moment: str, write: str, nth: int) -> None:
        self._moment = moment
        self._write = write
        self._left = nth
        self._statements = 0

    def __call__(self, moment: str, write: str) -> None:
        watched = "before" if self._moment == "inside" else self._moment
        if (moment, write) != (watched, self._write):
            return
        self._left -= 1
        if self._left == 0 and self._moment == "inside":
            self.connection.set_trace_callback(self._count)
        elif self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def _count(self, statement: str) -> None:
        self._statements += 1
        if self._statements == 20:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(ingest(Path(sys.argv[1]), Killer(sys.argv[2], sys.argv[3], int(sys.argv[4]))))
