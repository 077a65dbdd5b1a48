"""The papers of one run, in batches side by side, until each has a verdict or a reason why not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.models import Paper
from bot.ports import Progress
from bot.scorers.llm.caller import Caller, Task
from bot.scorers.llm.client import Answer
from bot.scorers.llm.failures import CallFailed, Failure
from bot.scorers.llm.parse import Parsed, Verdict, parse_choice, parse_scores
from bot.scorers.llm.tokens import ANSWER_OVERHEAD, MOST_PER_CHOICE, MOST_PER_SCORE
from bot.settings import LlmSettings

logger = logging.getLogger(__name__)

STAGE = "scoring by LLM"
MOST_ROUNDS = 2  # how often a paper left out is asked about again

# Failures that a smaller batch may avoid, and the size that is not halved any more: a lone paper pays for the whole
# constant part, which a budget at its end is too good for.
_LEAST_BATCH = {Failure.TOO_LONG: 1, Failure.REFUSED: 1, Failure.BUDGET: 3}

KeepVerdicts = Callable[[Mapping[str, Verdict]], Awaitable[None]]


@dataclass(slots=True)
class Outcome:
    """What a run has brought so far, by arxiv_id."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    unscored: dict[str, Failure] = field(default_factory=dict)

    def of_failure(self, *failures: Failure) -> int:
        """How many papers are unscored for one of these reasons."""
        return sum(failure in failures for failure in self.unscored.values())


class Breaker:
    """Opens when nothing more is to be expected, so that a dead server costs one round of attempts and no more."""

    _PATIENCE = (3, 8)  # points in a row before and after the first success
    _POINTS_OF_A_FAILURE = 2  # a request that failed at all its attempts says more than an answer nobody understands

    def __init__(self) -> None:
        self.failure: Failure | None = None
        self._points = 0
        self._has_succeeded = False

    def succeeded(self) -> None:
        """Note a usable answer."""
        self._points = 0
        self._has_succeeded = True

    def failed(self, failure: Failure) -> None:
        """Note a request given up."""
        self._add(self._POINTS_OF_A_FAILURE, failure)

    def not_understood(self) -> None:
        """Note an answer without anything usable in it."""
        self._add(1, Failure.NOT_AN_ANSWER)

    def _add(self, points: int, failure: Failure) -> None:
        self._points += points
        if failure.is_final or self._points >= self._PATIENCE[self._has_succeeded]:
            self.failure = failure


class Assessment:
    """One run over the papers. Verdicts are handed to `keep` as they arrive."""

    def __init__(
        self, caller: Caller, task: Task, settings: LlmSettings, topics: frozenset[int], keep: KeepVerdicts
    ) -> None:
        self._caller = caller
        self._task = task
        self._settings = settings
        self._topics = topics
        self._keep = keep
        self._slots = asyncio.Semaphore(settings.parallel)
        self._breaker = Breaker()
        self._largest = settings.batch_size
        self._has_begun = False
        self._first_came_back = asyncio.Event()
        self.outcome = Outcome()

    async def run(self, papers: Sequence[Paper], progress: Progress) -> Outcome:
        """Ask about `papers`, most important first.

        The first request goes alone: it finds out how the server wants to be asked, fills the provider's prompt cache,
        and meets a refused key once instead of many times.
        """
        self._progress = progress
        self._total = len(papers)
        self._report()
        await self._side_by_side((batch, 0) for batch in _split(papers, self._settings.batch_size))
        return self.outcome

    async def choose(self, task: Task, papers: Sequence[Paper], most: int) -> tuple[str, ...]:
        """Of `papers` the arxiv_ids, at most `most`, whose titles look best; () if there is no answer."""
        visible = ANSWER_OVERHEAD + most * MOST_PER_CHOICE
        try:
            answer = await self._caller.ask(task, papers, most, visible)
        except CallFailed as failure:
            logger.warning("no choice among %d titles: %s", len(papers), failure)
            if failure.kind not in {Failure.TOO_LONG, Failure.BUDGET}:
                self._breaker.failed(failure.kind)
            return ()
        return parse_choice(answer.text, [paper.arxiv_id for paper in papers], most)

    async def _side_by_side(self, batches: Iterable[tuple[Sequence[Paper], int]]) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                for papers, round_number in batches:
                    tasks.create_task(self._batch(papers, round_number))
        except BaseExceptionGroup as group:
            # What fails here is the keeping of scores; one reason is enough.
            raise group.exceptions[0] from group

    async def _batch(self, papers: Sequence[Paper], round_number: int) -> None:
        if self._has_begun:
            await self._first_came_back.wait()
        self._has_begun = True
        async with self._slots:
            # What was learned while waiting for the slot counts.
            answer = await self._ask(papers) if len(papers) <= self._largest else Failure.TOO_LONG
        self._first_came_back.set()
        if isinstance(answer, Answer):
            await self._take_in(papers, answer, round_number)
        elif len(papers) > _LEAST_BATCH.get(answer, len(papers)):
            await self._side_by_side((part, round_number) for part in _split(papers, (len(papers) + 1) // 2))
        else:
            self._give_up(papers, answer)

    async def _ask(self, papers: Sequence[Paper]) -> Answer | Failure:
        if self._breaker.failure is not None:
            return self._breaker.failure
        visible = ANSWER_OVERHEAD + len(papers) * MOST_PER_SCORE
        try:
            return await self._caller.ask(self._task, papers, len(papers), visible)
        except CallFailed as failure:
            logger.warning("no scores for %d papers: %s", len(papers), failure)
            if failure.kind is Failure.TOO_LONG:
                self._largest = max(1, min(self._largest, len(papers) // 2))
            elif failure.kind not in {Failure.BUDGET, Failure.REFUSED}:
                self._breaker.failed(failure.kind)
            return failure.kind

    async def _take_in(self, papers: Sequence[Paper], answer: Answer, round_number: int) -> None:
        wanted = {paper.arxiv_id for paper in papers}
        parsed = await asyncio.to_thread(parse_scores, answer.text, wanted, self._topics)
        if parsed.verdicts:
            self._breaker.succeeded()
            self.outcome.verdicts.update(parsed.verdicts)
            await self._keep(parsed.verdicts)
            self._report()
        elif not answer.refused and not answer.cut_short and not parsed.disputed:
            self._breaker.not_understood()
        missing = [paper for paper in papers if paper.arxiv_id not in parsed.verdicts]
        if round_number < MOST_ROUNDS:
            await self._side_by_side((part, round_number + 1) for part in _smaller(missing, parsed, len(papers)))
        else:
            self._give_up(missing, _reason(answer, parsed))

    def _give_up(self, papers: Sequence[Paper], failure: Failure) -> None:
        self.outcome.unscored.update({paper.arxiv_id: failure for paper in papers})
        self._report()

    def _report(self) -> None:
        self._progress(STAGE, len(self.outcome.verdicts) + len(self.outcome.unscored), self._total)


def _reason(answer: Answer, parsed: Parsed) -> Failure:
    if answer.refused:
        return Failure.REFUSED
    return Failure.LEFT_OUT if parsed.verdicts or answer.cut_short or parsed.disputed else Failure.NOT_AN_ANSWER


def _smaller(missing: Sequence[Paper], parsed: Parsed, asked: int) -> list[Sequence[Paper]]:
    """Smaller batches of what was left out; a disputed paper stands alone, out of its neighbours' reach."""
    alone: list[Sequence[Paper]] = [[paper] for paper in missing if paper.arxiv_id in parsed.disputed]
    others = [paper for paper in missing if paper.arxiv_id not in parsed.disputed]
    return alone + _split(others, max(1, asked // 2))


def _split(papers: Sequence[Paper], size: int) -> list[Sequence[Paper]]:
    return [papers[start : start + size] for start in range(0, len(papers), size)]
