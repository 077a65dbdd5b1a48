"""What the doctor finds out about the LLM with one tiny call."""

from __future__ import annotations

from bot.errors import PromptError, SettingsError
from bot.models import Budget, Finding, Severity, TokenCost
from bot.prompting import load_prompt
from bot.scorers.llm.answerer import AnswererParts
from bot.scorers.llm.caller import Account, Caller, Task
from bot.scorers.llm.client import ChatClient
from bot.scorers.llm.dialect import Dialect, Dialects
from bot.scorers.llm.prompt import Purpose, answer_schema
from bot.scorers.llm.purse import Purse
from bot.scorers.llm.scorer import price_within
from bot.scorers.llm.troubles import CallFailed, Trouble
from bot.scorers.pricing import Price

_SUBJECT = "llm"
_CHANNEL = "doctor"
_SYSTEM = 'Answer with this JSON and nothing else: {"sentences": []}'
_MOST_TOKENS = 32
_PROMPTS = {"score": ("topics", "numbers"), "sift_titles": ("topics",), "answer": ("question",)}
_REMEDIES = {
    Trouble.KEY_REFUSED: "set OPENAI_API_KEY to a valid key of this provider, in the environment or .env",
    Trouble.QUOTA: "add credit or raise the limit at the provider; until then papers are scored locally",
    Trouble.NOT_FOUND: "check llm.model and OPENAI_BASE_URL: the address ends before /chat/completions",
    Trouble.CONNECTION: "check the network and OPENAI_BASE_URL",
    Trouble.BUDGET: "wait for the next UTC day or raise the budget in [llm]; until then papers are scored locally",
    Trouble.NOT_AN_ANSWER: "check that OPENAI_BASE_URL is an OpenAI-compatible API, such as https://host/v1",
}
_LATER = "try again later; until it answers papers are scored locally, and digests say so"


async def check_up(parts: AnswererParts) -> tuple[Finding, ...]:
    """Findings about prompts, price and the answer to one tiny call, which is booked and within the day's budget."""
    findings = _prompts(parts)
    try:
        price = price_within(parts.settings)
    except SettingsError as error:
        unkept = "no call is made until the cap can be kept"
        return (*findings, *(Finding(Severity.PROBLEM, _SUBJECT, mistake, unkept) for mistake in error.mistakes))
    return (*findings, await _call(parts, price))


async def _call(parts: AnswererParts, price: Price | None) -> Finding:
    model = parts.settings.model
    settings = parts.settings.model_copy(update={"attempts": 1})
    budget = Budget(settings.daily_budget_tokens, settings.daily_budget_usd)
    task = Task(Purpose.ANSWER, _SYSTEM, answer_schema())
    await parts.costs.save_prompt(task.prompt_hash, task.kept)
    async with ChatClient(parts.base_url, parts.api_key, model, settings.timeout_s, parts.clock) as client:
        caller = Caller(
            client,
            Purse(parts.costs, budget),
            Dialects(Dialect.first_guess(parts.base_url)),
            Account(_CHANNEL, parts.base_url, model, price),
            settings=settings,
            clock=parts.clock,
            nonce=parts.nonce,
            chance=parts.chance,
        )
        try:
            await caller.ask(task, (), 0, _MOST_TOKENS)
        except CallFailed as failure:
            severity = Severity.WARNING if failure.trouble is Trouble.BUDGET else Severity.PROBLEM
            remedy = _REMEDIES.get(failure.trouble, _LATER)
            return Finding(severity, _SUBJECT, f"{model}: {failure.trouble.words} ({failure})", remedy)
    return Finding(Severity.OK, _SUBJECT, f"{model} answers: {_bill(caller.used.cost(model))}")


def _prompts(parts: AnswererParts) -> tuple[Finding, ...]:
    findings = []
    for name, variables in _PROMPTS.items():
        try:
            load_prompt(name, parts.prompts_dir).render(dict.fromkeys(variables, ""))
        except PromptError as error:
            remedy = "mend the file in prompts_dir, or remove it to use the one that comes with Paperlark"
            findings.append(Finding(Severity.PROBLEM, _SUBJECT, str(error), remedy))
    return tuple(findings)


def _bill(cost: TokenCost) -> str:
    tokens = f"{cost.prompt_tokens:,} + {cost.completion_tokens:,} tokens"
    if cost.prompt_usd is None or cost.completion_usd is None:
        return f"{tokens}, price unknown"
    return f"{tokens}, ${cost.prompt_usd + cost.completion_usd:.6f}"
