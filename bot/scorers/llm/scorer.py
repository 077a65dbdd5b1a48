"""The cascade: the local scorer ranks everything, and the best of it goes to the LLM (docs/design.md)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC

from bot.errors import SettingsError
from bot.models import Paper, Score
from bot.ports import Progress, Scorer, ScoringJob, ScoringResult, no_progress
from bot.prompting import Prompt, load_prompt
from bot.ranking.cascade import cascade_size, cascade_stages
from bot.scorers.llm.assessment import Assessment
from bot.scorers.llm.booking import Task, Used
from bot.scorers.llm.caller import Caller
from bot.scorers.llm.endpoint import LlmEndpoint
from bot.scorers.llm.estimate import Estimate, estimate, likely_per_paper
from bot.scorers.llm.outcome import Outcome
from bot.scorers.llm.parse import Verdict
from bot.scorers.llm.prompt import Purpose, hash_of, score_schema, score_system, sift_schema, sift_system
from bot.scorers.llm.remarks import remarks_on
from bot.scorers.pricing import Price, price_of
from bot.settings import LlmSettings

logger = logging.getLogger(__name__)

LAYOUT = 1  # of the part of a request that code writes; a new one makes new scores


class LlmScorer:
    """Scores the most promising papers by an LLM, the others by `local`, which ranks before it and stands in for it.

    Raises:
        SettingsError: a budget in USD for a model whose price is unknown.
        PromptError: a prompt cannot be used.
    """

    def __init__(self, endpoint: LlmEndpoint, local: Scorer) -> None:
        self._endpoint = endpoint
        self._local = local
        self._settings = endpoint.settings
        self._price = price_within(endpoint.settings)
        self._costs = endpoint.options.costs
        prompts_dir = endpoint.options.prompts_dir
        self._prompt = _checked(load_prompt("score", prompts_dir), {"topics", "numbers"})
        self._sift_prompt = _checked(load_prompt("sift_titles", prompts_dir), {"topics"})

    @property
    def name(self) -> str:
        """What the digest's header says it was scored by."""
        return self._settings.model

    @property
    def fingerprint(self) -> str:
        """What its scores depend on besides paper and topics."""
        return f"llm|{self._settings.model}|{hash_of(self._prompt.text, str(LAYOUT))}"

    async def score(self, job: ScoringJob, progress: Progress = no_progress) -> ScoringResult:
        """Score every paper of the job; what gets no score from the LLM keeps its local one, marked as a fallback.

        Raises:
            ScorerError, EmbedderError: the local scorer failed.
            StoreError: costs or scores could not be written down.
        """
        local = await self._local.score(replace(job, known={}), progress)
        task = Task(Purpose.SCORE, score_system(self._prompt, job.topics), score_schema())
        selection = await self._select(job, local.scores, task)
        if job.rehearsal:
            return self._rehearsed(job, local, selection, task)
        if not selection.candidates:
            return self._result(job, local, Outcome(), selection, None)
        return await self._run(job, local, selection, task, progress)

    async def _run(
        self, job: ScoringJob, local: ScoringResult, selection: _Selection, task: Task, progress: Progress
    ) -> ScoringResult:
        sift = Task(Purpose.SIFT, sift_system(self._sift_prompt, job.topics), sift_schema())
        for one in (task, sift) if selection.sifted else (task,):
            await self._costs.save_prompt(one.prompt_hash, one.kept)
        closeness = {score.arxiv_id: score for score in local.scores}
        papers = {paper.arxiv_id: paper for paper in job.papers}

        async def keep(verdicts: Mapping[str, Verdict]) -> None:
            await job.keep([self._final(papers[one], verdict, closeness[one]) for one, verdict in verdicts.items()])

        numbers = frozenset(topic.number for topic in job.topics.topics)
        async with self._endpoint.caller(job.channel) as caller:
            assessment = Assessment(caller, task, self._settings, numbers, keep)
            chosen = list(selection.direct)
            if selection.sifted:
                chosen += await self._sift(assessment, sift, selection)
            outcome = await assessment.run(chosen, progress)
        logger.info(
            "%s scored %d of %d papers in %d calls, %d + %d tokens",
            self._settings.model, len(outcome.verdicts), len(chosen), caller.used.calls,
            caller.used.prompt_tokens, caller.used.completion_tokens,
        )  # fmt: skip
        return self._result(job, local, outcome, selection, caller)

    async def _sift(self, assessment: Assessment, task: Task, selection: _Selection) -> Sequence[Paper]:
        """The papers that the LLM chose by title; without an answer those next in order."""
        named = await assessment.choose(task, selection.sifted, selection.chosen)
        by_id = {paper.arxiv_id: paper for paper in selection.sifted}
        return [by_id[one] for one in named] or selection.sifted[: selection.chosen]

    async def _select(self, job: ScoringJob, scores: Sequence[Score], task: Task) -> _Selection:
        """Whom to ask about: the best of the order, as far as the budget goes, but for what is known."""
        if job.order is None:
            order: Sequence[int] = sorted(range(len(scores)), key=lambda i: (-scores[i].closeness, scores[i].arxiv_id))
        else:
            order = await asyncio.to_thread(job.order, scores)
        size = cascade_size(
            len(order), share=self._settings.share, most=self._settings.most_papers, wanted=job.wanted, votes=job.votes
        )
        in_order = [job.papers[place] for place in order]
        known = sum(paper.arxiv_id in job.known for paper in in_order[:size])
        unknown = [paper for paper in in_order if paper.arxiv_id not in job.known]
        affordable = await self._affordable(task, unknown[:size])
        stages = cascade_stages(len(unknown), size - known, affordable=affordable, sift=self._settings.sift)
        return _Selection(
            direct=tuple(unknown[: stages.direct]),
            sifted=tuple(unknown[stages.direct : stages.direct + stages.sifted]),
            chosen=stages.chosen,
            beyond_budget=size - known - stages.scored if affordable is not None else 0,
        )

    async def _affordable(self, task: Task, papers: Sequence[Paper]) -> int | None:
        """For how many papers the rest of the day's budget will do; None without a budget."""
        budget = self._endpoint.budget
        if not papers or (budget.tokens is None and budget.usd is None):
            return None
        spent = await self._costs.spending(self._endpoint.options.clock.now().astimezone(UTC).date())
        each = await asyncio.to_thread(likely_per_paper, task, papers, self._settings.batch_size, self._price)
        limits = []
        if budget.tokens is not None:
            limits.append((budget.tokens - spent.tokens) / each.total_tokens)
        if budget.usd is not None and each.usd:
            limits.append((budget.usd - spent.usd) / each.usd)
        return max(0, int(min(limits))) if limits else None

    def _final(self, paper: Paper, verdict: Verdict, local: Score) -> Score:
        return Score(
            arxiv_id=paper.arxiv_id,
            version=paper.version,
            relevance=verdict.relevance,
            novelty=verdict.novelty,
            comment=verdict.comment,
            topics=verdict.topics,
            scorer="llm",
            model=self._settings.model,
            closeness=local.closeness,
        )

    def _result(
        self, job: ScoringJob, local: ScoringResult, outcome: Outcome, selection: _Selection, caller: Caller | None
    ) -> ScoringResult:
        scores = []
        for paper, score in zip(job.papers, local.scores, strict=True):
            if verdict := outcome.verdicts.get(paper.arxiv_id):
                scores.append(self._final(paper, verdict, score))
            elif known := job.known.get(paper.arxiv_id):
                scores.append(replace(known, closeness=score.closeness))
            else:
                scores.append(replace(score, fallback=True))
        by_llm = not scores or any(not score.fallback for score in scores)
        return ScoringResult(
            scores=tuple(scores),
            cost=(caller.used if caller else Used()).cost(self._settings.model),
            remarks=(*local.remarks, *remarks_on(outcome, selection.beyond_budget)),
            scored_by=self.name if by_llm else self._local.name,
        )

    def _rehearsed(self, job: ScoringJob, local: ScoringResult, selection: _Selection, task: Task) -> ScoringResult:
        planned = (*selection.direct, *selection.sifted[: selection.chosen])
        guess: Estimate = estimate(task, planned, self._settings.batch_size, self._price)
        result = self._result(job, local, Outcome(), selection, None)
        known = sum(not score.fallback for score in result.scores)
        return replace(result, rehearsed=guess.words(self._settings.model, known))


@dataclass(frozen=True, slots=True)
class _Selection:
    """Whom to ask about: `direct` in any case, `chosen` of the `sifted`; `beyond_budget` counts who had to stay out."""

    direct: tuple[Paper, ...]
    sifted: tuple[Paper, ...]
    chosen: int
    beyond_budget: int

    @property
    def candidates(self) -> tuple[Paper, ...]:
        """Everybody who may be asked about."""
        return (*self.direct, *self.sifted)


def price_within(settings: LlmSettings) -> Price | None:
    """The model's price, None if unknown.

    Raises:
        SettingsError: it is unknown and there is a budget in USD.
    """
    price = price_of(settings.model, settings.prices)
    if price is None and settings.daily_budget_usd is not None:
        cap = f"llm.daily_budget_usd = {settings.daily_budget_usd:g}"
        remedy = "give it in [llm.prices], or set llm.daily_budget_tokens instead"
        raise SettingsError([f"{cap}: nobody knows the price of {settings.model!r}; {remedy}"])
    return price


def _checked(prompt: Prompt, variables: set[str]) -> Prompt:
    """The prompt, refused at start rather than in the morning if its variables are not these."""
    prompt.render(dict.fromkeys(variables, ""))
    return prompt
