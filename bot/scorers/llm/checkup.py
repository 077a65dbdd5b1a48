"""What the doctor finds out about the LLM with one tiny call."""

from __future__ import annotations

from pathlib import Path

from bot.errors import PromptError, SettingsError
from bot.models import Finding, Severity, TokenCost
from bot.prompting import load_prompt
from bot.scorers.llm.caller import Task
from bot.scorers.llm.endpoint import LlmEndpoint
from bot.scorers.llm.failures import CallFailed, Failure
from bot.scorers.llm.prompt import Purpose, answer_schema
from bot.scorers.llm.scorer import price_within

_SUBJECT = "llm"
_CHANNEL = "doctor"
_SYSTEM = 'Answer with this JSON and nothing else: {"sentences": []}'
_MOST_TOKENS = 32
_PROMPTS = {"score": ("topics", "numbers"), "sift_titles": ("topics",), "answer": ("question",)}
_REMEDIES = {
    Failure.KEY_REFUSED: "set OPENAI_API_KEY to a valid key of this provider, in the environment or .env",
    Failure.QUOTA: "add credit or raise the limit at the provider; until then papers are scored locally",
    Failure.NOT_FOUND: "check llm.model and OPENAI_BASE_URL: the address ends before /chat/completions",
    Failure.CONNECTION: "check the network and OPENAI_BASE_URL",
    Failure.BUDGET: "wait for the next UTC day or raise the budget in [llm]; until then papers are scored locally",
    Failure.NOT_AN_ANSWER: "check that OPENAI_BASE_URL is an OpenAI-compatible API, such as https://host/v1",
}
_LATER = "try again later; until it answers papers are scored locally, and digests say so"


async def check_up(endpoint: LlmEndpoint) -> tuple[Finding, ...]:
    """Findings about prompts, price and the answer to one tiny call, which is booked and within the day's budget."""
    findings = _prompts(endpoint.options.prompts_dir)
    try:
        price_within(endpoint.settings)
    except SettingsError as error:
        unkept = "no call is made until the cap can be kept"
        return (*findings, *(Finding(Severity.PROBLEM, _SUBJECT, mistake, unkept) for mistake in error.mistakes))
    return (*findings, await _call(endpoint))


async def _call(endpoint: LlmEndpoint) -> Finding:
    model = endpoint.settings.model
    task = Task(Purpose.ANSWER, _SYSTEM, answer_schema())
    await endpoint.options.costs.save_prompt(task.prompt_hash, task.kept)
    async with endpoint.caller(_CHANNEL, attempts=1) as caller:
        try:
            await caller.ask(task, (), 0, _MOST_TOKENS)
        except CallFailed as failure:
            severity = Severity.WARNING if failure.kind is Failure.BUDGET else Severity.PROBLEM
            remedy = _REMEDIES.get(failure.kind, _LATER)
            return Finding(severity, _SUBJECT, f"{model}: {failure.kind.words} ({failure})", remedy)
    return Finding(Severity.OK, _SUBJECT, f"{model} answers: {_bill(caller.used.cost(model))}")


def _prompts(folder: Path | None) -> tuple[Finding, ...]:
    findings = []
    for name, variables in _PROMPTS.items():
        try:
            load_prompt(name, folder).render(dict.fromkeys(variables, ""))
        except PromptError as error:
            remedy = "fix the file in prompts_dir, or remove it to use the one that comes with Paperlark"
            findings.append(Finding(Severity.PROBLEM, _SUBJECT, str(error), remedy))
    return tuple(findings)


def _bill(cost: TokenCost) -> str:
    tokens = f"{cost.prompt_tokens:,} + {cost.completion_tokens:,} tokens"
    if cost.prompt_usd is None or cost.completion_usd is None:
        return f"{tokens}, price unknown"
    return f"{tokens}, ${cost.prompt_usd + cost.completion_usd:.6f}"
