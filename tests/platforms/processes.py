"""A loopback arXiv in a simulated time, and `paperlark run` as a process between it and a chat."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from tests.loopback.arxiv import LoopbackArxiv

ROOT = Path(__file__).resolve().parents[2]
TOPICS = """1. Quantization of language models
2. The KV cache and long contexts
3. Fine-tuning and distillation of language models
4. Pruning and low-rank compression
5. Reasoning and agents
"""
PATIENCE_S = 100.0


class BotBetween:
    """A folder for the bot, and an arXiv that holds the bundled sample. `shift` is how far its time is from ours."""

    def __init__(self, folder: Path, shift: float = 0.0) -> None:
        self.folder = folder
        self.shift = shift
        lines = files("bot.sources").joinpath("sample_papers.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        self.arxiv = LoopbackArxiv([{**row, "date": row["listing_day"]} for row in rows], moving=True, held=0.0)

    def go_to(self, moment: datetime) -> None:
        """Let it be another time for all servers and for the next process."""
        self.shift = moment.timestamp() - time.time()
        self.arxiv.set_now(moment)

    @asynccontextmanager
    async def running(
        self, environment: Mapping[str, str], connected: Callable[[int], Awaitable[None]], connections: int = 1
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        """`paperlark run` in this environment until SIGTERM; `connected` waits for that many connections of its chat."""
        moment = datetime.fromtimestamp(time.time() + self.shift, UTC)
        inherited = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        environment = inherited | {
            "PYTHONPATH": str(ROOT),
            "ARXIV_API_URL": self.arxiv.api_url,
            "ARXIV_RSS_URL": self.arxiv.rss_url,
            "PAPERLARK_NOW": moment.isoformat(),
            "PAPERLARK_ARXIV__INTERVAL_S": "0",
            "PAPERLARK_SCORER": "local",
            "PAPERLARK_HEALTH__ENABLED": "false",
            "PAPERLARK_TIMING__SETTLE_S": "1",
            "PAPERLARK_TIMING__LOOK_GAP_S": "0.5",
            **environment,
        }
        command = [sys.executable, "-c", "from bot.cli import main; main()", "run"]
        with (self.folder / "log.txt").open("ab") as log:
            process = await asyncio.create_subprocess_exec(*command, cwd=self.folder, env=environment, stderr=log)
        try:
            await asyncio.wait_for(connected(connections), PATIENCE_S)
            yield process
            if process.returncode is not None:
                return
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 15) == 0, self.log()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            await asyncio.wait_for(connected(0), 60)

    def log(self) -> str:
        """What all its processes have logged."""
        return (self.folder / "log.txt").read_text(encoding="utf-8")

    def votes(self) -> list[tuple[str, str]]:
        """(emoji, person) of every vote that stands in the database."""
        with sqlite3.connect(f"file:{self.folder}/data/paperlark.db?mode=ro", uri=True) as database:
            return sorted(database.execute("SELECT emoji, person FROM current_votes").fetchall())
