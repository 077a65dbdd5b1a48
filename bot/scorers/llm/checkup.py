"""What the doctor finds out about the LLM with one tiny call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.endpoints.failures import CallFailed, Failure
from bot.endpoints.memory import Learned
from bot.errors import PromptError, SettingsError
from bot.models import Finding, Paper, Severity, TokenCost, Topics
from bot.ports import no_progress
from bot.prompting import load_prompt
from bot.scorers.llm.assessment import Assessment
from bot.scorers.llm.booking import Task
from bot.scorers.llm.dialect import NO_LIMIT, Dialect, Mode
from bot.scorers.llm.endpoint import LlmEndpoint
from bot.scorers.llm.parse import Verdict
from bot.scorers.llm.prompt import Purpose, answer_schema, score_schema, score_system
from bot.scorers.llm.scorer import price_within

_SUBJECT = "llm"
_CHANNEL = "doctor"
_SYSTEM = 'Answer with this JSON and nothing else: {"sentences": []}'
_MOST_TOKENS = 32
_FORMS = {Mode.SCHEMA: "JSON by a schema", Mode.OBJECT: "JSON", Mode.TEXT: "plain text"}
_PROMPTS = {"score": ("topics", "numbers"), "sift_titles": ("topics",), "answer": ("question",)}
_REMEDIES = {
    Failure.NO_KEY: "set OPENAI_API_KEY to a key of this provider, in the environment or .env",
    Failure.KEY_REFUSED: "set OPENAI_API_KEY to a valid key of this provider, in the environment or .env",
    Failure.FORBIDDEN: "check at the provider what the key in OPENAI_API_KEY may do",
    Failure.QUOTA: "add credit or raise the limit at the provider; until then papers are scored locally",
    Failure.NOT_FOUND: "check llm.model and OPENAI_BASE_URL: the address ends before /chat/completions",
    Failure.MODEL_UNKNOWN: "set llm.model to a name that the provider lists; with Ollama, pull it first",
    Failure.ADDRESS_WRONG: "check OPENAI_BASE_URL: it ends before /chat/completions, such as https://host/v1",
    Failure.WEB_PAGE: "check that OPENAI_BASE_URL is an OpenAI-compatible API, such as https://host/v1",
    Failure.REGION: "use a provider, or a gateway, that serves this country",
    Failure.FIREWALL: "let this machine reach the provider, or ask who runs the firewall; the key is not the reason",
    Failure.PROXY: "give the proxy's login in HTTPS_PROXY, or list the provider in NO_PROXY",
    Failure.CONNECTION: "check the network, the proxy settings and OPENAI_BASE_URL",
    Failure.BUDGET: "wait for the next UTC day or raise the budget in [llm]; until then papers are scored locally",
    Failure.NOT_AN_ANSWER: "check that OPENAI_BASE_URL is an OpenAI-compatible API, such as https://host/v1",
    Failure.REFUSED: "the provider checks contents; papers that it refuses are scored locally",
}
_LATER = "try again later; until it answers papers are scored locally, and digests say so"


async def check_up(
    endpoint: LlmEndpoint, batch: Sequence[Paper] = (), topics: Topics | None = None
) -> tuple[Finding, ...]:
    """Findings about prompts, price and the answer to one tiny call, which is booked and within the day's budget.

    With `batch` these papers are scored against `topics` as well, as a morning does it, and the manner of the server
    is named.
    """
    findings = _prompts(endpoint.options.prompts_dir)
    try:
        price_within(endpoint.settings)
    except SettingsError as error:
        unkept = "no call is made until the cap can be kept"
        return (*findings, *(Finding(Severity.PROBLEM, _SUBJECT, mistake, unkept) for mistake in error.mistakes))
    call = await _call(endpoint)
    if not batch or topics is None or call.severity is not Severity.OK or findings:
        return (*findings, call, *_known(await endpoint.learned()))
    return (call, *await _batch(endpoint, batch, topics))


async def _call(endpoint: LlmEndpoint) -> Finding:
    model = endpoint.settings.model
    task = Task(Purpose.ANSWER, _SYSTEM, answer_schema())
    await endpoint.options.costs.save_prompt(task.prompt_hash, task.kept)
    async with endpoint.caller(_CHANNEL, attempts=1) as caller:
        try:
            await caller.ask(task, (), 0, _MOST_TOKENS)
        except CallFailed as failed:
            severity = Severity.WARNING if failed.kind is Failure.BUDGET else Severity.PROBLEM
            remedy = _REMEDIES.get(failed.kind, _LATER)
            return Finding(severity, _SUBJECT, f"{model}: {failed.kind.words} ({failed})", remedy)
    return Finding(Severity.OK, _SUBJECT, f"{model} answers: {_bill(caller.used.cost(model))}")


async def _batch(endpoint: LlmEndpoint, papers: Sequence[Paper], topics: Topics) -> tuple[Finding, ...]:
    """What scoring one real batch showed, and what is known of the endpoint after it."""
    task = Task(Purpose.SCORE, score_system(load_prompt("score", endpoint.options.prompts_dir), topics), score_schema())
    await endpoint.options.costs.save_prompt(task.prompt_hash, task.kept)
    numbers = frozenset(topic.number for topic in topics.topics)
    async with endpoint.caller(_CHANNEL) as caller:
        assessment = Assessment(caller, task, endpoint.settings, numbers, _keep_nothing)
        outcome = await assessment.run(papers, no_progress)
    scored = f"{len(outcome.verdicts)} of {len(papers)} papers of a batch were scored"
    bill = f"{caller.used.calls} answers, {_bill(caller.used.cost(endpoint.settings.model))}"
    if outcome.unscored:
        failure = next(iter(outcome.unscored.values()))
        finding = Finding(Severity.PROBLEM, _SUBJECT, f"{scored}: {failure.words}", _REMEDIES.get(failure, _LATER))
    else:
        finding = Finding(Severity.OK, _SUBJECT, f"{scored}: {bill}")
    return (finding, *_known(caller.memory.known))


async def _keep_nothing(_: Mapping[str, Verdict]) -> None:
    """Forget the scores of a batch that was asked about for the doctor alone."""


def _known(known: Learned) -> tuple[Finding, ...]:
    """The endpoint's manner, as far as it is known."""
    findings = []
    if known.context is not None:
        cut = f"it reads only {known.context:,} tokens of a prompt and drops the rest without a word"
        remedy = "raise the context (Ollama: num_ctx, llama.cpp: -c); until then it is sent fewer papers at once"
        findings.append(Finding(Severity.WARNING, _SUBJECT, cut, remedy))
    if manner := manner_of(known):
        findings.append(Finding(Severity.OK, _SUBJECT, f"its manner: {manner}"))
    return tuple(findings)


def manner_of(known: Learned) -> str:
    """What was learned of an endpoint, in words."""
    dialect = Dialect.parse(known.dialect)
    says = [
        f"answers in {_FORMS[dialect.mode]}" if dialect else "",
        "takes no temperature" if dialect and not dialect.temperature else "",
        f"bounds answers by {dialect.limit}" if dialect and dialect.limit != NO_LIMIT else "",
        "takes no system message" if dialect and not dialect.system else "",
        "streams" if dialect and dialect.stream else "",
        "its API is at /v1" if dialect and dialect.path else "",
        f"thinks about {known.thinking:,} tokens before it writes" if known.thinking else "",
        f"gives answers at most {known.answer:,} tokens" if known.answer else "",
        f"takes {known.papers} papers at once" if known.papers else "",
        f"bears {known.at_once} requests at once" if known.at_once else "",
        f"takes {known.texts} texts for vectors at once" if known.texts else "",
        f"takes texts of {known.characters:,} characters for vectors" if known.characters else "",
    ]
    return ", ".join(one for one in says if one)


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
