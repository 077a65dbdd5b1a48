"""What scorers are made of, without any SDK."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.clock import Clock
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
