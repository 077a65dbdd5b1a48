"""What a process that will be killed is told to do, and the points it passes."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.settings import (
    ArxivSettings,
    ChannelSettings,
    DiscordSettings,
    HealthSettings,
    LlmSettings,
    ScorerName,
    Settings,
    SlackSettings,
    TimingSettings,
)
from tests.loopback.discord import TOKEN
from tests.loopback.openai import KEY
from tests.loopback.slack import APP_TOKEN, BOT_TOKEN
from tests.prove.rooms import Address

CHANNEL = "terminal"
MORNING = datetime.fromisoformat("2025-05-06T09:00:20+00:00")
TOPICS = Path(__file__).parents[2] / "prompts" / "topics.example.md"

Touch = tuple[str, str, int]
"""A point of a run: "before" | "during" | "after", what is touched, and for the how-manieth time (1-based)."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What a child is to do.

    With `stuck_s` a worker thread that embeds does not come back for that long.

    `kill_at` is where it kills itself; `trace` is the file that receives every point it passed. `shift_s` moves its
    clock. `rooms` are the chats it is in; without any it is in the faulty one at `url`. With `llm_url` an LLM scores and
    answers. `role` is "prepare" (ingest and score, post nothing), "run" (the resident bot until nothing is left to do),
    "act" (the same, and what readers do meanwhile), "stay" (the resident bot until a signal), or one of the commands:
    "digest", "backfill" (of `days`), "import" (of the files in `folder`'s lists).
    """

    folder: Path
    url: str
    shift_s: float
    rooms: tuple[Address, ...] = ()
    role: str = "run"
    kill_at: Touch | None = None
    trace: Path | None = None
    papers: int = 4
    more: int = 2
    scale: float = 0.02
    timeout_s: float = 0.4
    source: str = "sample"
    arxiv_url: str = ""
    stuck_s: float = 0.0
    llm_url: str = ""
    llm_tokens: int = 200_000
    days: tuple[date, date] = (date(2025, 5, 5), date(2025, 5, 6))

    @property
    def lists(self) -> Path:
        """The folder of the lists to import."""
        return self.folder / "lists"

    @property
    def ready(self) -> Path:
        """The file by which a child says that readers may act."""
        return self.folder / "ready"

    @property
    def done(self) -> Path:
        """The file by which it hears that they have."""
        return self.folder / "done"

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Where the bot is."""
        return self.rooms or (Address("console", self.url, CHANNEL, CHANNEL),)


@dataclass(slots=True)
class Tap:
    """Counts the points a run passes, and kills the process at one of them."""

    kill_at: Touch | None
    passed: list[Touch] = field(default_factory=list)
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __call__(self, moment: str, what: str) -> None:
        self._counts[moment, what] += 1
        touch = (moment, what, self._counts[moment, what])
        if touch == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed.append(touch)

    def forget(self) -> None:
        """Let the points passed so far be none of those asked for."""
        self.passed.clear()


def settings_for(orders: Orders) -> Settings:
    """Settings of a bot with one channel for each room, whose waits are scaled."""
    channels = {
        address.channel: ChannelSettings(
            platform=address.platform, id=address.channel_id, topics=TOPICS, categories=("cs.CL", "cs.LG"),
            papers=orders.papers, more=orders.more, min_relevance=2,
        )
        for address in orders.addresses
    }  # fmt: skip
    more: dict[str, Any] = {}
    if orders.arxiv_url:
        more |= {"ARXIV_API_URL": f"{orders.arxiv_url}/api/query", "ARXIV_RSS_URL": f"{orders.arxiv_url}/rss"}
    for address in orders.addresses:
        if address.platform == "slack":
            more |= {"SLACK_BOT_TOKEN": SecretStr(BOT_TOKEN), "SLACK_APP_TOKEN": SecretStr(APP_TOKEN)}
            more |= {"SLACK_API_URL": address.url}
        if address.platform == "discord":
            more |= {"DISCORD_TOKEN": SecretStr(TOKEN), "DISCORD_API_URL": address.url}
    if orders.llm_url:
        more |= {"OPENAI_BASE_URL": orders.llm_url, "OPENAI_API_KEY": SecretStr(KEY)}
    return Settings(
        data_dir=orders.folder,
        source=orders.source,
        scorer=ScorerName.LLM if orders.llm_url else ScorerName.LOCAL,
        llm=LlmSettings(share=1.0, timeout_s=3, batch_size=3, daily_budget_tokens=orders.llm_tokens),
        now=f"{orders.shift_s:+f}s",
        arxiv=ArxivSettings(interval_s=0 if orders.arxiv_url else 3),
        health=HealthSettings(enabled=False),  # several bots live on this machine at once
        slack=SlackSettings(timeout_s=5),
        discord=DiscordSettings(timeout_s=5, identify_gap_s=0),
        timing=TimingSettings(scale=orders.scale, settle_s=10, look_gap_s=5, retry_s=5),
        channels=channels,
        **more,
    )


def shift_to(moment: datetime, now: datetime) -> float:
    """The shift in seconds that makes `now` look like `moment`."""
    return (moment - now).total_seconds()


def touches(trace: Path) -> Sequence[Touch]:
    """The points that a traced child passed, in order."""
    return [(moment, what, number) for moment, what, number in json.loads(trace.read_text())]
