"""One model behind one address: scorer, answerer and check-up share it, and with it what is learned of the server."""

from __future__ import annotations

import random
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.endpoints.gate import Gate
from bot.endpoints.memory import Learned, Memory
from bot.scorers.llm.booking import Account
from bot.scorers.llm.budget import DayBudget
from bot.scorers.llm.caller import Caller, Shared
from bot.scorers.llm.client import ChatClient
from bot.scorers.llm.dialect import Dialect, Dialects
from bot.scorers.llm.tokens import Gauge
from bot.scorers.options import LlmOptions, budget_of
from bot.scorers.pricing import price_of


def _new_nonce() -> str:
    return secrets.token_hex(6)


class LlmEndpoint:
    """A server, a model and what was learned of them; makes a `Caller` for each run of requests."""

    def __init__(
        self, options: LlmOptions, *, nonce: Callable[[], str] = _new_nonce, chance: random.Random | None = None
    ) -> None:
        self.options = options
        self.settings = options.settings
        self.price = price_of(options.settings.model, options.settings.prices)
        self.budget = budget_of(options.settings, options.base_url)
        self._nonce = nonce
        self._chance = chance or random.Random()  # noqa: S311 - spreads retries in time, guards nothing
        self._shared: Shared | None = None

    @asynccontextmanager
    async def caller(self, channel: str, *, attempts: int | None = None) -> AsyncIterator[Caller]:
        """Send requests on behalf of `channel`, each with `attempts` (default: as the settings say)."""
        options, settings = self.options, self.settings
        if attempts is not None:
            settings = settings.model_copy(update={"attempts": attempts})
        key = options.api_key.get_secret_value()
        shared = await self._found_out()
        shared.gate.begin(shared.memory.known.at_once)
        async with ChatClient(options.base_url, key, settings.model, settings.timeout_s, options.clock) as client:
            yield Caller(
                client,
                DayBudget(options.costs, self.budget),
                shared,
                Account(channel, options.base_url, settings.model, self.price),
                settings=settings,
                clock=options.clock,
                nonce=self._nonce,
            )
        await self._remember(shared)

    async def learned(self) -> Learned:
        """Recall what is known of the server and the model."""
        return (await self._found_out()).memory.known

    async def _found_out(self) -> Shared:
        """What is known so far, as it was left by the last run or the last process."""
        if self._shared is None:
            options, settings = self.options, self.settings
            memory = Memory(options.costs, options.clock, options.base_url, settings.model)
            known = Dialect.parse((await memory.recall()).dialect)
            self._shared = Shared(
                Gate(
                    options.clock, self._chance,
                    most=settings.parallel, timeout_s=settings.timeout_s, backoff_s=settings.backoff_s,
                ),
                Dialects(known or Dialect.first_guess(options.base_url), is_proven=known is not None),
                memory,
                Gauge(memory, settings.model),
            )  # fmt: skip
        return self._shared

    async def _remember(self, shared: Shared) -> None:
        gate = shared.gate
        if gate.has_succeeded:
            shared.memory.note(dialect=str(shared.dialects.current))
            if gate.met_a_bound:
                shared.memory.note(at_once=gate.at_once)
        await shared.memory.save()
