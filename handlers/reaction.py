"""Somebody votes: stored before anything else happens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.models import OPPOSITE, StoredVote, Vote, VoteOutcome, VoteSource
from handlers.environment import Environment

logger = logging.getLogger(__name__)

_LARGEST_BATCH = 500
_TOLD_AT_ONCE = 25


async def record_votes(env: Environment, votes: Sequence[Vote]) -> tuple[VoteOutcome, ...]:
    """Store votes in one transaction, each delivery once; returns when they are on disk."""
    return await env.store.feedback.record(votes, env.clock.now())


@dataclass(slots=True)
class VoteQueue:
    """Votes that arrive while others are being stored are stored together: one commit for a burst, not one each."""

    env: Environment
    _waiting: list[tuple[Vote, asyncio.Future[VoteOutcome]]] = field(default_factory=list)
    _storing: asyncio.Task[None] | None = None
    _pressing: asyncio.Lock = field(default_factory=asyncio.Lock)

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

    async def press(self, vote: Vote) -> VoteOutcome:
        """Give a vote by button, or take back one that was given by button; its opposite is taken back with it.

        A reaction of the same person that says the same stands for itself, and is left alone.

        Raises:
            StoreError: it could not be stored.
        """
        async with self._pressing:  # two quick presses are one after the other
            mine = await self._standing(vote)
            same = mine.get(vote.emoji)
            if same is not None and same.source is not VoteSource.BUTTON:
                return VoteOutcome.STANDING
            outcome = await self.record(replace(vote, added=same is None))
            if outcome is not VoteOutcome.COUNTED:
                return outcome
            opposite = mine.get(OPPOSITE.get(vote.emoji, ""))
            if same is None and opposite is not None and opposite.source is VoteSource.BUTTON:
                instead = replace(vote, emoji=opposite.emoji, added=False, event_id=f"{vote.event_id}:instead")
                await self.record(instead)
            return VoteOutcome.WITHDRAWN if same is not None else VoteOutcome.COUNTED

    async def _standing(self, vote: Vote) -> dict[str, StoredVote]:
        """The person's votes that stand on the message, by emoji."""
        ref = vote.ref
        stored = await self.env.store.feedback.on_messages(ref.platform, ref.channel_id, [ref.message])
        return {one.emoji: one for one in stored if one.person == vote.person and one.added}

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
            for index, ((_, future), outcome) in enumerate(zip(batch, outcomes, strict=True)):
                if not future.done():
                    future.set_result(outcome)
                if index % _TOLD_AT_ONCE == _TOLD_AT_ONCE - 1:
                    await asyncio.sleep(0)  # whoever waited goes on at once: not all of them in one turn of the loop
