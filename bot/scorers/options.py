"""What scorers are made of, without any SDK."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.addresses import is_local
from bot.clock import Clock
from bot.models import Budget
from bot.settings import LlmSettings
from bot.store import CostStore


@dataclass(frozen=True, slots=True)
class LlmOptions:
    """What an LLM's endpoint needs: its settings, where costs are booked, and whom it asks."""

    settings: LlmSettings
    costs: CostStore
    clock: Clock
    base_url: str
    api_key: SecretStr
    prompts_dir: Path | None = None


def budget_of(settings: LlmSettings, base_url: str) -> Budget:
    """What may be spent at this address in one UTC day; each channel's part of it is bounded unless it is our own."""
    each = None if is_local(base_url) else settings.channel_budget_tokens or None
    return Budget(settings.daily_budget_tokens, settings.daily_budget_usd, each, settings.other_share)


def in_words(budget: Budget) -> str:
    """What may be spent, as an operator reads it."""
    parts = []
    if budget.tokens is not None:
        parts.append(f"{budget.tokens:,} tokens")
    if budget.usd is not None:
        parts.append(f"${budget.usd:,.2f}")
    if budget.tokens_each is not None:
        parts.append(f"{budget.tokens_each:,} tokens of each channel")
    if not parts:
        return "no bound: nobody charges for this server, or none is wanted"
    return f"{', '.join(parts)} per UTC day; {budget.other_share:.0%} of it for questions and all that is no scoring"
