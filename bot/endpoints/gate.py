"""One gate for all requests to an endpoint: how many at once, and when not at all."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.clock import Clock
from bot.endpoints.failures import Failure

_JITTER = 0.25
_QUEUED = 1.6  # a request that takes so many times as long beside others waited for them
_TOGETHER = 1.3  # and one that takes no longer than this did not
_SLOW_SHARE = 0.5  # of the time-out, from which on waiting for others is dangerous
_PROBE_SHARE = 0.95  # of the time-out, that the last of them may take if all have to wait for each other
_LONGEST_PAUSE_S = 30.0
_INSTANT_S = 0.001  # a clock may be no finer
_CONGESTION = {
    Failure.RATE_LIMITED,
    Failure.LOADING,
    Failure.TIMEOUT,
    Failure.SERVER_ERROR,
    Failure.CONNECTION,
    Failure.DROPPED,
}


Ticket = tuple[int, ...]
"""A place in the queue; the lowest comes first."""


@dataclass(slots=True)
class Turn:
    """One request under way: when it began, how many there were with it, and in how much time it must be done."""

    began_s: float
    beside: int
    epoch: int
    timeout_s: float


class Gate:
    """Lets requests through: the first alone, then as many as the server bears, none while it asks to wait.

    The number at once doubles with every round that went well until the first refusal, beginning with half of the most
    where the server is quick; from then on it grows by one a
    round and halves with each refusal. A server that takes requests one after the other is noticed by the time they
    take, before they time out. `fruitless` counts the refusals in a row, those of one round once.
    """

    def __init__(self, clock: Clock, chance: random.Random, *, most: int, timeout_s: float, backoff_s: float) -> None:
        self._clock = clock
        self._chance = chance
        self._most = most
        self._timeout_s = timeout_s
        self._backoff_s = backoff_s
        self._limit = 1.0
        self._start = 0  # at how many at once to go on after the first success, 0: find out
        self._is_slow_start = True
        self._is_parallel = False
        self._quickest_s: float | None = None
        self._in_flight = 0
        self._tickets = 0
        self._leader: int | None = None
        self._waiting: set[Ticket] = set()
        self._closed_until_s = 0.0
        self._epoch = 0
        self._changed = asyncio.Event()
        self.fruitless = 0
        self.has_succeeded = False
        self.last_progress_s = clock.monotonic()

    @property
    def at_once(self) -> int:
        """How many requests may be under way now."""
        return max(1, min(int(self._limit), self._most))

    @property
    def met_a_bound(self) -> bool:
        """Whether the server was found not to bear as many at once as it may be sent."""
        return not self._is_slow_start and self.at_once < self._most

    def begin(self, at_once: int | None = None) -> None:
        """Begin a run, its first request alone; `at_once` is how many were borne before, if that is known."""
        if self._in_flight == 0:
            self._limit = 1.0
            self._start = at_once or 0
            self._is_slow_start = True
            self._quickest_s = None
            self._leader = None
            self.fruitless = 0
            self.has_succeeded = False
            self.last_progress_s = self._clock.monotonic()

    @asynccontextmanager
    async def turn(self, ticket: Ticket) -> AsyncIterator[Turn]:
        """Wait for a turn, and hold it while the request is under way; the lowest ticket comes first."""
        await self._wait(ticket)
        self._in_flight += 1
        if self._leader is None:
            self._leader = ticket[0]
        self._wake()
        # Where nobody knows yet whether the server takes two at once, the second may have to wait for the first.
        patience = 1 if self._in_flight == 1 or self._is_parallel else 2
        try:
            yield Turn(self._clock.monotonic(), self._in_flight, self._epoch, patience * self._timeout_s)
        finally:
            self._in_flight -= 1
            self._wake()

    def ticket(self, before: Ticket = ()) -> Ticket:
        """A place in the queue, kept for all attempts of a request; what follows from a request keeps its place."""
        self._tickets += 1
        return (*before, self._tickets)

    def done(self, ticket: Ticket) -> None:
        """Note that a request and all that followed from it are at their end."""
        if ticket[0] == self._leader:
            self._leader = None
            self._wake()

    def _is_next(self, ticket: Ticket) -> bool:
        """Whether a ticket comes first; before the first success only what follows from the first request does."""
        if self._leader is not None and not self.has_succeeded and ticket[0] != self._leader:
            return False
        return all(ticket <= other for other in self._waiting if other[0] == self._leader or self.has_succeeded)

    async def _wait(self, ticket: Ticket) -> None:
        self._waiting.add(ticket)
        try:
            while True:
                pause_s = self._closed_until_s - self._clock.monotonic()
                if self._in_flight >= self.at_once or not self._is_next(ticket):
                    await self._changed.wait()
                elif pause_s > _INSTANT_S:
                    await self._clock.sleep(pause_s)
                else:
                    return
        finally:
            self._waiting.discard(ticket)
            self._wake()

    def succeeded(self, turn: Turn) -> None:
        """Note an answer: the number at once grows as long as that cannot end in time-outs."""
        took_s = self._clock.monotonic() - turn.began_s
        self.fruitless = 0
        self.last_progress_s = self._clock.monotonic()
        if turn.beside == 1 or self._quickest_s is None:
            self._quickest_s = took_s if self._quickest_s is None else min(self._quickest_s, took_s)
        if not self.has_succeeded:
            self.has_succeeded = True
            if self._start:
                self._limit, self._is_slow_start = float(self._start), False
                self._wake()
                return
            if took_s * self._most <= _SLOW_SHARE * self._timeout_s:
                self._limit = max(2.0, self._most / 2)  # quick enough to take them even one after the other
                self._wake()
                return
        self._is_parallel |= turn.beside > 1 and took_s <= _TOGETHER * self._quickest_s
        if turn.epoch == self._epoch and turn.beside >= self.at_once:
            self._grow_or_shrink(turn, took_s)
        self._wake()

    def _grow_or_shrink(self, turn: Turn, took_s: float) -> None:
        """Draw the conclusion from a request that was the last of as many as may be under way."""
        is_slow = took_s > _SLOW_SHARE * self._timeout_s
        if turn.beside > 1 and is_slow and took_s > _QUEUED * (self._quickest_s or 0):
            self._shrink(turn.beside * (self._quickest_s or 0) / took_s * 1.2)
            return
        limit = self._limit * 2 if self._is_slow_start else self._limit + 1
        longest_s = took_s * limit / turn.beside
        if self._is_parallel or turn.beside == 1 or longest_s <= _PROBE_SHARE * self._timeout_s:
            self._limit = min(float(self._most), limit)

    def failed(self, turn: Turn, kind: Failure, wait_s: float | None) -> None:
        """Note a refusal that may pass: fewer at once, and nobody before the wait is over; once for each round."""
        if turn.epoch == self._epoch:
            self.fruitless += 1
            if kind in _CONGESTION:
                self._shrink(self._limit / 2)
            else:
                self._epoch += 1
            if wait_s is None:
                pause_s = min(_LONGEST_PAUSE_S, self._backoff_s * float(2 ** min(self.fruitless - 1, 10)))
                self._hold(pause_s * self._chance.uniform(1 - _JITTER, 1 + _JITTER))
        if wait_s is not None:
            self._hold(wait_s + 0.1 * self._backoff_s * self._chance.uniform(1 - _JITTER, 1 + _JITTER))
        self._wake()

    def _hold(self, seconds: float) -> None:
        self._closed_until_s = max(self._closed_until_s, self._clock.monotonic() + seconds)

    def _shrink(self, limit: float) -> None:
        self._epoch += 1
        self._is_slow_start = False
        self._limit = max(1.0, limit)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
