"""The tables of the settings file that belong to one part of the bot each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """A table that knows all its keys and never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ArxivSettings(Strict):
    """How arXiv is read. One request every `interval_s` seconds for all processes on one database."""

    interval_s: float = Field(3.0, ge=0)
    timeout_s: float = Field(30.0, gt=0)
    attempts: int = Field(5, ge=1, le=20)
    backoff_s: float = Field(5.0, ge=0)
    lookback_days: int = Field(7, ge=1, le=60)
    page_size: int = Field(1000, ge=1, le=2000)


class PriceSettings(Strict):
    """What a model costs, in USD for a million tokens; `cached` is for prompt tokens the provider had in its cache."""

    prompt: float = Field(ge=0)
    completion: float = Field(ge=0)
    cached: float | None = Field(None, ge=0)


class LlmSettings(Strict):
    """How papers are scored by an LLM, and what may be spent on it in one UTC day.

    A `share` of the papers, at most `most_papers`, goes there; with `sift` a part of them is chosen by title first.
    `prices` maps a model's name to its price where the shipped list is wrong or silent.
    """

    model: str = Field("gpt-4o-mini", min_length=1)
    parallel: int = Field(8, ge=1, le=64)
    batch_size: int = Field(10, ge=1, le=50)
    timeout_s: float = Field(60.0, gt=0, le=600)
    attempts: int = Field(4, ge=1, le=10)
    backoff_s: float = Field(1.0, ge=0)
    longest_wait_s: float = Field(60.0, ge=0)
    share: float = Field(0.25, gt=0, le=1)
    most_papers: int = Field(200, ge=1)
    sift: bool = False
    daily_budget_usd: float | None = Field(None, ge=0)
    daily_budget_tokens: int | None = Field(None, ge=0)
    prices: Mapping[str, PriceSettings] = Field(default_factory=dict)


class RankingSettings(Strict):
    """How papers are ordered. `exploration` is the share of shown places given to chance."""

    exploration: float = Field(0.0, ge=0, le=0.5)
    rewards: Mapping[str, Annotated[float, Field(ge=-1, le=1)]] = Field(default_factory=dict)


class SlackSettings(Strict):
    """How Slack is used. `seed_reactions` puts 👍 and 👎 under every paper.

    `message_gap_s` is the pause between two messages in a channel, of which Slack takes about one a second, and
    `workspace_gap_s` that between any two.
    """

    seed_reactions: bool = False
    message_gap_s: float = Field(1.1, ge=0, le=60)
    workspace_gap_s: float = Field(0.25, ge=0, le=60)
    timeout_s: float = Field(30.0, ge=1, le=300)


class TimingSettings(Strict):
    """Waits. `scale` multiplies every pause, for whole-process tests.

    `settle_s` is how long an unanswered post is left alone before it is looked for; `catch_up_days` bounds what is
    posted unasked after downtime; `poll_s` is the longest pause between looks for a new listing; `patience_s` how long
    a due morning waits for a listing before it says that there is none; `learn_s` is
    how long after a vote the channel is learned from again.
    """

    scale: float = Field(1.0, gt=0, le=10)
    settle_s: float = Field(60.0, ge=0)
    look_gap_s: float = Field(10.0, ge=0)
    poll_s: float = Field(1800.0, gt=0)
    patience_s: float = Field(60.0, gt=0)
    learn_s: float = Field(60.0, ge=0)
    retry_s: float = Field(60.0, gt=0)
    reconcile_s: float = Field(3600.0, gt=0)
    reconcile_days: int = Field(14, ge=1, le=60)
    catch_up_days: int = Field(7, ge=1, le=60)
    misfire_s: int = Field(3600, ge=1)
    stop_s: float = Field(8.0, gt=0, le=10)
