"""A small world: one channel, a source, a scorer and a chat that a test directs, and a real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.models import MessageRef, Paper, PostRole, Vote
from bot.settings import ChannelSettings, Settings
from bot.store import Store
from handlers.environment import Environment
from handlers.morning import post_morning
from tests.builders import CHANNEL, some_papers
from tests.fakes import FakeClock, FakeEmbedder, FakePlatform, FakeScorer, FakeSource, Posted

NINE = 9


def at(day: date, hour: float = NINE) -> datetime:
    return datetime(day.year, day.month, day.day, int(hour), int(hour % 1 * 60), tzinfo=UTC)


class World:
    """Everything a morning touches; `world.channels(...)` changes what is wanted."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock(at(date(2025, 5, 5)))
        self.source = FakeSource(self.clock)
        self.scorer = FakeScorer()
        self.embedder = FakeEmbedder()
        self.platform = FakePlatform(self.clock)
        self.store = Store(folder / "paperlark.db")
        self._folder = folder
        self.env = self._environment({CHANNEL: ChannelSettings(categories=("cs.CL",), id=CHANNEL)})

    def _environment(self, channels: dict[str, ChannelSettings], **settings: object) -> Environment:
        return Environment(
            settings=Settings(data_dir=self._folder, channels=channels, **settings),
            store=self.store,
            source=self.source,
            scorer=self.scorer,
            embedder=self.embedder,
            platforms={self.platform.name: self.platform},
            clock=self.clock,
            topics_texts=dict.fromkeys(channels, "1. Quantization\n - Relevant: low-bit weights\n"),
        )

    def want(self, channels: dict[str, ChannelSettings] | None = None, **settings: object) -> None:
        """Run with other settings from now on; a single channel's keys may be given through `channel`."""
        self.env = self._environment(channels or dict(self.env.settings.channels), **settings)

    def channel(self, **changes: object) -> None:
        """Change the one channel's settings."""
        known = self.env.settings.channels[CHANNEL]
        self.want({CHANNEL: known.model_copy(update=changes)})

    def go_to(self, moment: datetime) -> None:
        """Let time pass until `moment`; never back."""
        seconds = (moment - self.clock.now()).total_seconds()
        assert seconds >= 0, "time does not run backwards"
        self.clock.advance(seconds)

    def announce(self, day: date, n: int = 3, **changes: object) -> tuple[Paper, ...]:
        """Put `n` papers, new in cs.CL, on the listing of a day."""
        papers = some_papers(n, day=day.day, **changes)
        self.source.announce(day, *papers)
        return papers

    async def morning(self, day: date, hour: float = NINE, key: str = CHANNEL) -> None:
        """What happens at the set time of a day, if it is that time."""
        if self.clock.now() < at(day, hour):
            self.go_to(at(day, hour))
        await post_morning(self.env, key, at(day, hour))

    def posts(self, role: PostRole | None = None, digest: int | None = None, key: str = CHANNEL) -> list[Posted]:
        """What readers see now, in the order it came."""
        return [
            one
            for one in self.platform.messages
            if one.key.channel == key and role in {None, one.key.role} and digest in {None, one.key.digest}
        ]

    def papers(self, digest: int | None = None, key: str = CHANNEL) -> list[str]:
        """The ids of the papers posted, in order."""
        return [one.key.subject for one in self.posts(PostRole.PAPER, digest, key)]

    def header(self, digest: int, key: str = CHANNEL) -> str:
        """The text of a digest's one header."""
        (header,) = self.posts(PostRole.HEADER, digest, key)
        return header.post.text

    async def headers(self) -> list[str]:
        """The first lines of all headers."""
        return [one.post.text.splitlines()[0] for one in self.posts(PostRole.HEADER)]

    def ref(self, arxiv_id: str) -> MessageRef:
        """Where a paper was posted last."""
        return [one for one in self.posts(PostRole.PAPER) if one.key.subject == arxiv_id][-1].ref

    def vote(self, arxiv_id: str, event_id: str, *, emoji: str = "👍", person: str = "ada", added: bool = True) -> Vote:
        """A vote as the platform reports it now."""
        now = self.clock.now()
        return Vote(event_id, self.ref(arxiv_id), person, emoji, added, now, now.timestamp())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.store.close()


@pytest.fixture
def ids() -> Callable[[Sequence[Paper]], list[str]]:
    return lambda papers: [paper.arxiv_id for paper in papers]
