"""One request brought to its answer: worded, reserved, sent, settled, and tried again where that may help."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from bot.clock import Clock
from bot.models import CallIntent, CallResult, Paper, TokenCost
from bot.scorers.llm.budget import DayBudget
from bot.scorers.llm.client import Answer, ChatClient
from bot.scorers.llm.dialect import Dialect, Dialects, Mode
from bot.scorers.llm.failures import CallFailed, Failure
from bot.scorers.llm.prompt import Message, Purpose, hash_of, user_part
from bot.scorers.llm.tokens import Gauge, likely_tokens, most_tokens
from bot.scorers.pricing import Price, Usage, completion_usd, prompt_usd
from bot.settings import LlmSettings

_GRACE_S = 120.0  # beyond the time-out, until a reservation is taken for abandoned
_JITTER = 0.25


@dataclass(frozen=True, slots=True)
class Task:
    """What all requests of one purpose have in common.

    `template` is what is kept of `system` where that holds a reader's own words, which are nobody's to keep.
    """

    purpose: Purpose
    system: str
    schema: Mapping[str, Any]
    template: str = ""

    @property
    def kept(self) -> str:
        """The constant part, as the database keeps it."""
        return self.template or self.system

    @property
    def prompt_hash(self) -> str:
        """The name of the constant part in the database."""
        return hash_of(self.kept)


@dataclass(frozen=True, slots=True)
class Account:
    """On whose behalf requests are made, and what they cost; `price` None is unknown."""

    channel: str
    endpoint: str
    model: str
    price: Price | None


@dataclass(slots=True)
class Used:
    """What the answered requests of one run used; `usd` fields are None as soon as one price is unknown."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    calls: int = 0
    priced: list[tuple[float, float]] = field(default_factory=list)

    def add(self, usage: Usage, price: Price | None) -> None:
        """Count one answered request."""
        self.calls += 1
        self.prompt_tokens += usage.prompt_tokens
        self.completion_tokens += usage.completion_tokens
        self.cached_tokens += usage.cached_tokens
        self.reasoning_tokens += usage.reasoning_tokens
        if price is not None:
            self.priced.append((prompt_usd(price, usage), completion_usd(price, usage)))

    def cost(self, model: str) -> TokenCost:
        """The sum, as a digest shows it."""
        known = len(self.priced) == self.calls
        return TokenCost(
            model=model,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            prompt_usd=sum(prompt for prompt, _ in self.priced) if known else None,
            completion_usd=sum(completion for _, completion in self.priced) if known else None,
            cached_tokens=self.cached_tokens,
            reasoning_tokens=self.reasoning_tokens,
        )


@dataclass(frozen=True, slots=True)
class _Request:
    """One request, the same at every attempt."""

    task: Task
    papers: tuple[Paper, ...]
    message: Message
    nonce: str
    asked_for: int
    visible_tokens: int


class Caller:
    """Sends the requests of one run."""

    def __init__(
        self,
        client: ChatClient,
        budget: DayBudget,
        dialects: Dialects,
        account: Account,
        *,
        settings: LlmSettings,
        clock: Clock,
        nonce: Callable[[], str],
        chance: random.Random,
    ) -> None:
        self._client = client
        self._budget = budget
        self._dialects = dialects
        self._account = account
        self._settings = settings
        self._clock = clock
        self._nonce = nonce
        self._chance = chance
        self._gauge = Gauge(account.model)
        self.used = Used()

    async def ask(self, task: Task, papers: Sequence[Paper], asked_for: int, visible_tokens: int) -> Answer:
        """The answer to one request about `papers`; it may be `visible_tokens` long.

        Raises:
            CallFailed: there is none, after all attempts that made sense.
        """
        nonce = self._nonce()
        user = await asyncio.to_thread(user_part, task.purpose, papers, nonce, asked_for)
        request = _Request(task, tuple(papers), Message(task.system, user), nonce, asked_for, visible_tokens)
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._settings.attempts),
            wait=self._pause_s,
            retry=retry_if_exception(self._may_pass),
            sleep=self._clock.sleep,
            reraise=True,
        )
        return await retrying(self._attempt, request)

    def _may_pass(self, error: BaseException) -> bool:
        if not isinstance(error, CallFailed) or not error.kind.is_passing:
            return False
        return error.retry_after_s is None or error.retry_after_s <= self._settings.longest_wait_s

    def _pause_s(self, state: RetryCallState) -> float:
        """What the server asked for, else a pause that doubles, a little at random so that requests spread."""
        error = state.outcome.exception() if state.outcome else None
        spread = self._chance.uniform(1 - _JITTER, 1 + _JITTER)
        if isinstance(error, CallFailed) and error.retry_after_s is not None:
            return error.retry_after_s + 0.1 * self._settings.backoff_s * spread
        return self._settings.backoff_s * spread * float(2 ** (state.attempt_number - 1))

    async def _attempt(self, request: _Request) -> Answer:
        """Send a request, in other words as long as the server refuses only the wording."""
        while True:
            dialect = self._dialects.current
            try:
                return await self._send(request, dialect)
            except CallFailed as failure:
                reworded = failure.kind is Failure.UNSUPPORTED and self._dialects.refused(dialect, failure.parameter)
                if not reworded:
                    raise

    async def _send(self, request: _Request, dialect: Dialect) -> Answer:
        schema = json.dumps(request.task.schema) if dialect.mode is Mode.SCHEMA else ""
        estimate = most_tokens(request.message, schema)
        most_prompt = self._gauge.prompt_tokens(estimate)
        most_answer = self._gauge.answer_tokens(request.visible_tokens)
        intent = self._intent(request, dialect, Usage(most_prompt, most_answer))
        number = await self._budget.reserve(intent)
        started = self._clock.monotonic()
        try:
            answer = await self._client.ask(request.message, request.task.schema, dialect, most_answer)
        except CallFailed as failure:
            await self._budget.settle(number, _failed(intent, failure, self._clock.monotonic() - started))
            raise
        except BaseException:
            # Stopped in the middle: the reservation stays until it expires, for the provider may charge for it.
            self._budget.release()
            raise
        usage = answer.usage or _guessed(request.message, answer)
        self._gauge.learn(estimate, usage, cut_short=answer.cut_short)
        self.used.add(usage, self._account.price)
        await self._budget.settle(number, self._answered(answer, usage, self._clock.monotonic() - started))
        return answer

    def _intent(self, request: _Request, dialect: Dialect, most: Usage) -> CallIntent:
        now = self._clock.now()
        price = self._account.price
        return CallIntent(
            started_at=now,
            expires_at=now + timedelta(seconds=self._settings.timeout_s + _GRACE_S),
            purpose=str(request.task.purpose),
            channel=self._account.channel,
            endpoint=self._account.endpoint,
            model=self._account.model,
            dialect=str(dialect),
            papers={paper.arxiv_id: paper.version for paper in request.papers},
            prompt_hash=request.task.prompt_hash,
            message_hash=hash_of(request.message.user),
            nonce=request.nonce,
            asked_for=request.asked_for,
            most_tokens=most.total_tokens,
            most_usd=prompt_usd(price, most) + completion_usd(price, most) if price else None,
        )

    def _answered(self, answer: Answer, usage: Usage, latency_s: float) -> CallResult:
        price = self._account.price
        cost = (prompt_usd(price, usage), completion_usd(price, usage)) if price else (None, None)
        refused_or_cut = "refused" if answer.refused else "cut short" if answer.cut_short else "ok"
        return CallResult(
            outcome=refused_or_cut,
            latency_s=latency_s,
            answered=True,
            prompt_tokens=usage.prompt_tokens,
            cached_tokens=usage.cached_tokens,
            completion_tokens=usage.completion_tokens,
            reasoning_tokens=usage.reasoning_tokens,
            prompt_usd=cost[0],
            completion_usd=cost[1],
            charged_tokens=usage.total_tokens,
            charged_usd=prompt_usd(price, usage) + completion_usd(price, usage) if price else None,
            note="" if answer.usage else "the server did not count; these tokens are estimates",
        )


def _failed(intent: CallIntent, failure: CallFailed, latency_s: float) -> CallResult:
    """A refused request is free; for one whose answer was lost the budget counts the most it can have cost."""
    lost = failure.kind.may_be_charged
    return CallResult(
        outcome=str(failure.kind),
        latency_s=latency_s,
        charged_tokens=intent.most_tokens if lost else 0,
        charged_usd=intent.most_usd if lost else None if intent.most_usd is None else 0.0,
        note=str(failure),
    )


def _guessed(message: Message, answer: Answer) -> Usage:
    return Usage(likely_tokens(message.system + message.user), likely_tokens(answer.text))
