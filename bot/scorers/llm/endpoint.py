"""One model behind one address: scorer, answerer and check-up share it, and with it what is learned of the server."""

from __future__ import annotations

import random
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.models import Budget
from bot.scorers.llm.budget import DayBudget
from bot.scorers.llm.caller import Account, Caller
from bot.scorers.llm.client import ChatClient
from bot.scorers.llm.dialect import Dialect, Dialects
from bot.scorers.options import LlmOptions
from bot.scorers.pricing import price_of

_DIALECT_DAYS = 30


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
        self.budget = Budget(options.settings.daily_budget_tokens, options.settings.daily_budget_usd)
        self._nonce = nonce
        self._chance = chance or random.Random()  # noqa: S311 - spreads retries in time, guards nothing
        self._dialects: Dialects | None = None

    @asynccontextmanager
    async def caller(self, channel: str, *, attempts: int | None = None) -> AsyncIterator[Caller]:
        """Send requests on behalf of `channel`, each with `attempts` (default: as the settings say)."""
        options, settings = self.options, self.settings
        if attempts is not None:
            settings = settings.model_copy(update={"attempts": attempts})
        key = options.api_key.get_secret_value()
        async with ChatClient(options.base_url, key, settings.model, settings.timeout_s, options.clock) as client:
            yield Caller(
                client,
                DayBudget(options.costs, self.budget),
                await self._learned(),
                Account(channel, options.base_url, settings.model, self.price),
                settings=settings,
                clock=options.clock,
                nonce=self._nonce,
                chance=self._chance,
            )

    async def _learned(self) -> Dialects:
        if self._dialects is None:
            options = self.options
            since = options.clock.now() - timedelta(days=_DIALECT_DAYS)
            known = await options.costs.dialect(options.base_url, options.settings.model, since)
            self._dialects = Dialects(Dialect.parse(known or "") or Dialect.first_guess(options.base_url))
        return self._dialects
