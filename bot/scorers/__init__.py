"""Scorers: who judges papers. The registry is the only place that names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import SettingsError
from bot.models import Finding, Paper, Topics
from bot.ports import Answerer, Embedder, Scorer
from bot.scorers.options import LlmOptions

if TYPE_CHECKING:
    from bot.scorers.llm.endpoint import LlmEndpoint

__all__ = ["SCORERS", "LlmOptions", "ScorerOptions", "check_llm", "llm_answerer", "llm_endpoint"]


@dataclass(frozen=True, slots=True)
class ScorerOptions:
    """What a scorer may need; each takes what it uses."""

    embedder: Embedder
    llm: LlmEndpoint | None = None


def _local(options: ScorerOptions) -> Scorer:
    from bot.scorers.local import LocalScorer

    return LocalScorer(options.embedder)


def _llm(options: ScorerOptions) -> Scorer:
    from bot.scorers.steady import SteadyScorer

    local = _local(options)

    def make() -> Scorer:
        from bot.scorers.llm.scorer import LlmScorer

        if options.llm is None:
            raise SettingsError(["scorer = 'llm': needs a database to book its costs in"])
        return LlmScorer(options.llm, local)

    return SteadyScorer(make, local)


SCORERS: Mapping[str, Callable[[ScorerOptions], Scorer]] = {
    "local": _local,
    "llm": _llm,
}


def llm_endpoint(options: LlmOptions) -> LlmEndpoint:
    """The endpoint that scorer, answerer and check-up of one process share."""
    from bot.scorers.llm.endpoint import LlmEndpoint

    return LlmEndpoint(options)


def llm_answerer(endpoint: LlmEndpoint) -> Answerer:
    """Answers questions by the LLM that scores.

    Raises:
        PromptError: its prompt cannot be used.
    """
    from bot.scorers.llm.answerer import LlmAnswerer

    return LlmAnswerer(endpoint)


async def check_llm(
    options: LlmOptions, batch: Sequence[Paper] = (), topics: Topics | None = None
) -> tuple[Finding, ...]:
    """What the doctor finds out about the LLM, with one tiny call and, given a `batch`, by scoring that."""
    from bot.scorers.llm.checkup import check_up

    return await check_up(llm_endpoint(options), batch, topics)
