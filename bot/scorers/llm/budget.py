"""The day's budget: nothing is sent whose greatest cost was not reserved before."""

from __future__ import annotations

import asyncio

from bot.endpoints.failures import CallFailed, Failure
from bot.models import Budget, CallIntent, CallResult
from bot.store import CostStore


class DayBudget:
    """Reserves and settles the calls of one run.

    The database decides, so that all processes share one budget. A call that does not fit waits as long as calls of
    this run are open, for most of them settle for less than they reserved.
    """

    def __init__(self, costs: CostStore, budget: Budget) -> None:
        self._costs = costs
        self._budget = budget
        self._open = 0
        self._settled = asyncio.Event()

    async def reserve(self, intent: CallIntent) -> int:
        """The number of the reserved call.

        Raises:
            CallFailed: the day's budget does not hold it.
        """
        while True:
            self._open += 1  # before asking, so that nobody gives up while this one is being decided
            number = await self._reserve(intent)
            if number is not None:
                return number
            if self._open == 0:
                raise CallFailed(Failure.BUDGET, f"the day's budget does not hold {intent.most_tokens} tokens more")
            await self._settled.wait()

    async def _reserve(self, intent: CallIntent) -> int | None:
        number = None
        try:
            number = await self._costs.reserve(intent, self._budget)
        finally:
            if number is None:
                self._open -= 1
                if self._open == 0:
                    self._wake()
        return number

    async def settle(self, number: int, result: CallResult) -> None:
        """Write down how a call ended and let those who wait try again."""
        try:
            await self._costs.settle(number, result)
        finally:
            self.release()

    def release(self) -> None:
        """Count a call as closed."""
        self._open -= 1
        self._wake()

    def _wake(self) -> None:
        self._settled.set()
        self._settled = asyncio.Event()
