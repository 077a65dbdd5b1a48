"""Scorers: who judges papers. The registry is the only place that names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.clock import Clock
from bot.errors import SettingsError
from bot.models import Finding
from bot.ports import Answerer, Embedder, Scorer
from bot.settings import LlmSettings
from bot.store import CostStore

if TYPE_CHECKING:
    from bot.scorers.llm.answerer import AnswererParts

__all__ = ["SCORERS", "LlmOptions", "ScorerOptions", "check_llm", "llm_answerer"]


@dataclass(frozen=True, slots=True)
class LlmOptions:
    """What the scorer by LLM needs: its settings, where it books its costs, and whom it asks."""

    settings: LlmSettings
    costs: CostStore
    clock: Clock
    base_url: str
    api_key: SecretStr
    prompts_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class ScorerOptions:
    """What a scorer may need; each takes what it uses."""

    embedder: Embedder
    llm: LlmOptions | None = None


def _local(options: ScorerOptions) -> Scorer:
    from bot.scorers.local import LocalScorer

    return LocalScorer(options.embedder)


def _llm(options: ScorerOptions) -> Scorer:
    from bot.scorers.llm.scorer import LlmParts, LlmScorer

    if options.llm is None:
        raise SettingsError(["scorer = 'llm': needs a database to book its costs in"])
    return LlmScorer(
        LlmParts(
            local=_local(options),
            costs=options.llm.costs,
            settings=options.llm.settings,
            clock=options.llm.clock,
            base_url=options.llm.base_url,
            api_key=options.llm.api_key.get_secret_value(),
            prompts_dir=options.llm.prompts_dir,
        )
    )


SCORERS: Mapping[str, Callable[[ScorerOptions], Scorer]] = {
    "local": _local,
    "llm": _llm,
}


def llm_answerer(options: LlmOptions) -> Answerer:
    """Answers questions by the LLM that scores.

    Raises:
        PromptError: its prompt cannot be used.
    """
    from bot.scorers.llm.answerer import LlmAnswerer

    return LlmAnswerer(_answerer_parts(options))


async def check_llm(options: LlmOptions) -> tuple[Finding, ...]:
    """What the doctor finds out about the LLM, with one tiny call."""
    from bot.scorers.llm.checkup import check_up

    return await check_up(_answerer_parts(options))


def _answerer_parts(options: LlmOptions) -> AnswererParts:
    from bot.scorers.llm.answerer import AnswererParts

    return AnswererParts(
        costs=options.costs,
        settings=options.settings,
        clock=options.clock,
        base_url=options.base_url,
        api_key=options.api_key.get_secret_value(),
        prompts_dir=options.prompts_dir,
    )
