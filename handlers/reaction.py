"""Somebody votes: stored before anything else happens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.models import Vote, VoteOutcome
from handlers.environment import Environment

logger = logging.getLogger(__name__)

_LARGEST_BATCH = 500


async def record_votes(env: Environment, votes: Sequence[Vote]) -> tuple[VoteOutcome, ...]:
    """Store votes in one transaction, each delivery once; returns when they are on disk."""
    return await env.store.feedback.record(votes, env.clock.now())


@dataclass(slots=True)
class VoteQueue:
    """Votes that arrive while others are being stored are stored together: one commit for a burst, not one each."""

    env: Environment
    _waiting: list[tuple[Vote, asyncio.Future[VoteOutcome]]] = field(default_factory=list)
    _storing: asyncio.Task[None] | None = None

    async def record(self, vote: Vote) -> VoteOutcome:
        """Store a vote; returns when it is on disk.

        Raises:
            StoreError: it could not be stored.
        """
        future: asyncio.Future[VoteOutcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((vote, future))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_all())
        return await future

    async def drain(self) -> None:
        """Return when every vote that has arrived is stored."""
        if self._storing is not None:
            await self._storing

    async def _store_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_LARGEST_BATCH], self._waiting[_LARGEST_BATCH:]
            try:
                outcomes = await record_votes(self.env, [vote for vote, _ in batch])
            except Exception as error:  # noqa: BLE001 - every waiting caller must hear of it, whatever it is
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), outcome in zip(batch, outcomes, strict=True):
                if not future.done():
                    future.set_result(outcome)
