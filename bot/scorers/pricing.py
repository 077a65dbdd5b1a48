"""What tokens cost: a shipped list of prices, overridable, in which an unknown model has no price."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.settings import PriceSettings

_MILLION = 1_000_000
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True)
class Price:
    """USD for a million tokens; `cached` is for prompt tokens that the provider had in its cache."""

    prompt: float
    completion: float
    cached: float


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call used. Cached tokens are part of the prompt's, reasoning tokens part of the completion's."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        """Prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens


def price_of(model: str, overrides: Mapping[str, PriceSettings] | None = None) -> Price | None:
    """The price of a model, None if nobody knows it.

    A dated snapshot ("gpt-4o-2024-08-06") costs what its model costs unless it is listed itself. An override of the
    same name wins.
    """
    prices = {**_shipped(), **{name: _price(own) for name, own in (overrides or {}).items()}}
    return prices.get(model) or prices.get(_SNAPSHOT.sub("", model))


def prompt_usd(price: Price, usage: Usage) -> float:
    """What the prompt of a call cost."""
    cached = min(usage.cached_tokens, usage.prompt_tokens)
    return ((usage.prompt_tokens - cached) * price.prompt + cached * price.cached) / _MILLION


def completion_usd(price: Price, usage: Usage) -> float:
    """What the completion of a call cost, hidden reasoning included."""
    return usage.completion_tokens * price.completion / _MILLION


@cache
def _shipped() -> dict[str, Price]:
    listed = tomllib.loads(files("bot.scorers").joinpath("prices.toml").read_text(encoding="utf-8"))
    return {name: _price(PriceSettings.model_validate(entry)) for name, entry in listed["models"].items()}


def _price(entry: PriceSettings) -> Price:
    return Price(entry.prompt, entry.completion, entry.prompt if entry.cached is None else entry.cached)
