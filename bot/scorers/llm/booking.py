"""What requests are for, on whose account they go, and what is booked for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.endpoints.failures import CallFailed
from bot.models import CallIntent, CallResult, TokenCost
from bot.scorers.llm.completion import Answer
from bot.scorers.llm.prompt import Message, Purpose, hash_of
from bot.scorers.llm.tokens import likely_tokens
from bot.scorers.pricing import Price, Usage, completion_usd, prompt_usd


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


def answered(answer: Answer, usage: Usage, price: Price | None, latency_s: float) -> CallResult:
    """What is booked for a request that was answered."""
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


def unanswered(intent: CallIntent, failure: CallFailed, latency_s: float) -> CallResult:
    """Book what a server counted: nothing for a refused request; the most it can have cost if the answer was lost."""
    charged = intent.most_tokens if failure.kind.may_be_charged else failure.used_tokens
    part = charged / intent.most_tokens if intent.most_tokens else 0.0
    return CallResult(
        outcome=str(failure.kind),
        latency_s=latency_s,
        charged_tokens=charged,
        charged_usd=None if intent.most_usd is None else intent.most_usd * part,
        note=str(failure),
    )


def guessed(message: Message, answer: Answer) -> Usage:
    """About what a request used whose server does not count."""
    return Usage(likely_tokens(message.system + message.user), likely_tokens(answer.text))
