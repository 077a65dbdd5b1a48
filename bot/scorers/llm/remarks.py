"""What the reader is told when the LLM did not score what it should have."""

from __future__ import annotations

from collections import Counter

from bot.endpoints.failures import Failure
from bot.rendering import budget_reached, llm_failed, llm_left_out
from bot.scorers.llm.outcome import Outcome

FAILURE_SHARE = 0.2  # of the papers sent; above it the scorer has failed, whatever it did score


def remarks_on(outcome: Outcome, beyond_budget: int) -> tuple[str, ...]:
    """Honest lines for the header; none if every paper that was to be scored was."""
    refused_budget = outcome.of_failure(Failure.BUDGET)
    unscored = len(outcome.unscored) - refused_budget
    sent = len(outcome.verdicts) + unscored
    remarks = []
    if unscored > FAILURE_SHARE * sent:
        remarks.append(llm_failed(unscored, _main_reason(outcome)))
    elif unscored:
        remarks.append(llm_left_out(unscored))
    if refused_budget + beyond_budget:
        remarks.append(budget_reached(refused_budget + beyond_budget))
    return tuple(remarks)


def _main_reason(outcome: Outcome) -> str:
    counts = Counter(failure for failure in outcome.unscored.values() if failure is not Failure.BUDGET)
    return counts.most_common(1)[0][0].words
