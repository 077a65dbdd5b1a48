"""Calls to a language model, what they cost, and what may be spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent in one UTC day; None is no limit.

    `tokens_each` is what each channel may spend of it. Of all that, everything but scoring may use `other_share`:
    mornings keep theirs, however much is asked.
    """

    tokens: int | None = None
    usd: float | None = None
    tokens_each: int | None = None
    other_share: float = 1.0


@dataclass(frozen=True, slots=True)
class CallIntent:
    """One request to an LLM before it is sent, with the most it can cost (`most_usd` None: unpriced).

    `papers` maps each arxiv_id to its version, in the order sent; with `prompt_hash`, `nonce` and `purpose` ("score" or
    "sift") the exact text can be made again, and `message_hash` proves it. A call not settled by `expires_at` was
    abandoned by a process that died.
    """

    started_at: datetime
    expires_at: datetime
    purpose: str
    channel: str
    endpoint: str
    model: str
    dialect: str
    papers: Mapping[str, int]
    prompt_hash: str
    message_hash: str
    nonce: str
    asked_for: int
    most_tokens: int
    most_usd: float | None = None


@dataclass(frozen=True, slots=True)
class CallResult:
    """How a request ended. `outcome` is "ok" or what went wrong; costs in USD, None is unknown.

    `answered` says whether an answer came, with what it used. `charged_tokens` and `charged_usd` are what the budget
    counts: for a request whose answer was lost, the most it can have cost.
    """

    outcome: str
    latency_s: float
    answered: bool = False
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    prompt_usd: float | None = None
    completion_usd: float | None = None
    charged_tokens: int = 0
    charged_usd: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class LlmCall:
    """One row of the calls: `result` is None while it is under way or after it was abandoned."""

    number: int
    intent: CallIntent
    result: CallResult | None
    abandoned: bool = False


@dataclass(frozen=True, slots=True)
class Spending:
    """What a UTC day's calls have used or reserved; `usd` counts priced calls only."""

    calls: int = 0
    tokens: int = 0
    usd: float = 0.0
