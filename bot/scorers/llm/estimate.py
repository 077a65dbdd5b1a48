"""What a run will likely send and cost, before anything is sent."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.models import Paper
from bot.scorers.llm.booking import Task
from bot.scorers.llm.prompt import user_part
from bot.scorers.llm.tokens import LIKELY_PER_SCORE, likely_tokens
from bot.scorers.pricing import Price, Usage, completion_usd, prompt_usd

_NONCE = "0" * 12
_MOST_SAMPLED = 40


@dataclass(frozen=True, slots=True)
class Estimate:
    """What scoring some papers takes. `usd` is None where the price is unknown."""

    papers: int
    calls: int
    prompt_tokens: float
    completion_tokens: float
    usd: float | None

    @property
    def total_tokens(self) -> float:
        """Prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens

    def words(self, model: str, known: int) -> str:
        """One sentence for a dry run; `known` papers have their score already."""
        had = f" ({known:,} more have their score already)" if known else ""
        if not self.papers:
            return f"nothing would be sent to {model}{had}"
        cost = "at an unknown price" if self.usd is None else "under $0.01" if self.usd < 0.01 else f"${self.usd:,.2f}"
        return (
            f"{self.papers:,} papers would go to {model} in {self.calls:,} calls{had}: "
            f"about {self.prompt_tokens:,.0f} + {self.completion_tokens:,.0f} tokens, {cost}"
        )


def estimate(task: Task, papers: Sequence[Paper], batch_size: int, price: Price | None) -> Estimate:
    """What scoring `papers` in batches will likely take; nobody is asked twice in it."""
    calls = math.ceil(len(papers) / batch_size)
    constant = likely_tokens(task.system + json.dumps(task.schema))
    prompt = calls * constant
    for start in range(0, len(papers), batch_size):
        batch = papers[start : start + batch_size]
        prompt += likely_tokens(user_part(task.purpose, batch, _NONCE, len(batch)))
    completion = len(papers) * LIKELY_PER_SCORE
    usage = Usage(prompt, completion)
    usd = prompt_usd(price, usage) + completion_usd(price, usage) if price else None
    return Estimate(len(papers), calls, prompt, completion, usd)


def likely_per_paper(task: Task, papers: Sequence[Paper], batch_size: int, price: Price | None) -> Estimate:
    """The share of one paper, from a sample of at least one."""
    whole = estimate(task, papers[:_MOST_SAMPLED], batch_size, price)
    n = whole.papers
    usd = None if whole.usd is None else whole.usd / n
    return Estimate(1, 1, whole.prompt_tokens / n, whole.completion_tokens / n, usd)
