"""Fakes of the ports, shared by all tests. Each implements its Protocol, which mypy checks at the end of this file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.errors import PaperlarkError
from bot.models import Reply, Request, Vote, VoteOutcome

START = datetime(2025, 5, 8, 7, 0, tzinfo=UTC)


class FakeClock:
    """A clock that moves only when told to, or when somebody sleeps."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._passed = timedelta(0)
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        return self._start + self._passed

    def monotonic(self) -> float:
        return self._passed.total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        await asyncio.sleep(0)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self._passed += timedelta(seconds=seconds)


class FakeInbox:
    """Remembers what a platform hands in and answers as it was told to.

    `outcome` is the answer to votes, or the error they meet; `replies` maps a request's name to what is answered.
    """

    def __init__(self, replies: Mapping[str, Sequence[Reply] | Exception] | None = None) -> None:
        self.votes: list[Vote] = []
        self.requests: list[Request] = []
        self.reconnections: list[str] = []
        self.replies = replies or {}
        self.outcome: VoteOutcome | PaperlarkError = VoteOutcome.COUNTED

    async def vote(self, vote: Vote) -> VoteOutcome:
        if isinstance(self.outcome, PaperlarkError):
            raise self.outcome
        self.votes.append(vote)
        return self.outcome

    async def request(self, request: Request) -> AsyncIterator[Reply]:
        self.requests.append(request)
        replies = self.replies.get(request.name, ())
        if isinstance(replies, Exception):
            raise replies
        for reply in replies:
            yield reply

    async def reconnected(self, platform: str) -> None:
        self.reconnections.append(platform)


if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.ports import Inbox

    _clock: Clock = FakeClock()
    _inbox: Inbox = FakeInbox()
