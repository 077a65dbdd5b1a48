"""The papers of one run, in batches side by side, until each has a verdict or a reason why not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from bot.endpoints.failures import CallFailed, Failure
from bot.endpoints.gate import Ticket
from bot.models import Paper
from bot.ports import Progress
from bot.scorers.llm.booking import Task
from bot.scorers.llm.caller import Caller
from bot.scorers.llm.completion import Answer
from bot.scorers.llm.outcome import Confusion, Outcome, reason_of, smaller, split
from bot.scorers.llm.parse import Parsed, Reading, Verdict, examples_in, parse_choice, parse_scores
from bot.scorers.llm.tokens import ANSWER_OVERHEAD, MOST_PER_CHOICE, MOST_PER_SCORE, likely_tokens
from bot.settings import LlmSettings

logger = logging.getLogger(__name__)

STAGE = "scoring by LLM"
MOST_ROUNDS = 2  # how often a paper left out is asked about again
_MOST_GROWTHS = 6  # how often one batch may be given more room
_ENVELOPE = 320  # characters of a paper's line and id beside its title and abstract

# Failures that a smaller batch may avoid, and the size that is not halved any more: a lone paper pays for the whole
# constant part, which a budget at its end is too good for.
_LEAST_BATCH = {Failure.TOO_LONG: 1, Failure.TIMEOUT: 1, Failure.BUDGET: 3}
# Failures that may be one paper's alone, if the server is well otherwise.
_OF_ONE_PAPER = {
    Failure.REFUSED, Failure.FORBIDDEN, Failure.FIREWALL, Failure.UNSUPPORTED, Failure.BAD_REQUEST,
    Failure.SERVER_ERROR, Failure.DROPPED, Failure.NOT_AN_ANSWER, Failure.WEB_PAGE, Failure.MODEL_UNKNOWN,
    Failure.NOT_FOUND, Failure.ADDRESS_WRONG,
}  # fmt: skip

KeepVerdicts = Callable[[Mapping[str, Verdict]], Awaitable[None]]


class Assessment:
    """One run over the papers. Verdicts are handed to `keep` as they arrive."""

    def __init__(
        self, caller: Caller, task: Task, settings: LlmSettings, topics: frozenset[int], keep: KeepVerdicts
    ) -> None:
        self._caller = caller
        self._task = task
        self._keep = keep
        self._confusion = Confusion()
        self._reading = Reading(topics=topics, examples=examples_in(task.system))
        self._batch_size = settings.batch_size
        self._largest = min(settings.batch_size, caller.memory.known.papers or settings.batch_size)
        self._largest_answered = 0
        self._growths = 0
        self._postponed: list[Paper] = []
        self.outcome = Outcome()

    async def run(self, papers: Sequence[Paper], progress: Progress) -> Outcome:
        """Ask about `papers`, most important first.

        The first request goes alone: it finds out how the server wants to be asked, fills the provider's prompt cache,
        and meets a refused key once instead of many times.
        """
        self._progress = progress
        self._total = len(papers)
        self._by_id = {paper.arxiv_id: paper for paper in papers}
        self._report()
        left = list(papers)
        while left:
            await self._side_by_side(((batch, 0) for batch in self._batches(left)), after=())
            left, self._postponed = self._postponed, []
        if self._largest < self._batch_size and self._largest_answered:
            self._caller.memory.note(papers=self._largest)
        return self.outcome

    async def choose(self, task: Task, papers: Sequence[Paper], most: int) -> tuple[str, ...]:
        """Of `papers` the arxiv_ids, at most `most`, whose titles look best; () if there is no answer."""
        visible = ANSWER_OVERHEAD + most * MOST_PER_CHOICE
        try:
            answer = await self._caller.ask(task, papers, most, visible)
        except CallFailed as failed:
            logger.warning("no choice among %d titles: %s", len(papers), failed)
            return ()
        return parse_choice(answer.text or answer.thoughts, [paper.arxiv_id for paper in papers], most)

    def _batches(self, papers: Sequence[Paper]) -> list[list[Paper]]:
        """The papers in their order, as many together as a request may hold."""
        batches: list[list[Paper]] = []
        for paper in papers:
            if batches and len(batches[-1]) < self._largest and self._fits([*batches[-1], paper]):
                batches[-1].append(paper)
            else:
                batches.append([paper])
        return batches

    def _fits(self, papers: Sequence[Paper]) -> bool:
        if len(papers) == 1:
            return True
        if len(papers) > self._largest:
            return False
        characters = sum(len(paper.title) + len(paper.abstract) + _ENVELOPE for paper in papers)
        return self._caller.gauge.fits(len(self._task.system) + characters, len(papers) * MOST_PER_SCORE)

    async def _side_by_side(
        self, batches: Iterable[tuple[Sequence[Paper], int]], after: Ticket, *, plain: bool = False
    ) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                for papers, round_number in batches:
                    ticket = self._caller.ticket(after)
                    tasks.create_task(self._to_its_end(papers, round_number, ticket, plain=plain))
        except BaseExceptionGroup as group:
            # What fails here is the keeping of scores; one reason is enough.
            raise group.exceptions[0] from group

    async def _to_its_end(self, papers: Sequence[Paper], round_number: int, ticket: Ticket, *, plain: bool) -> None:
        try:
            await self._batch(papers, round_number, ticket, plain=plain)
        finally:
            if len(ticket) == 1:
                self._caller.done(ticket)

    async def _batch(self, papers: Sequence[Paper], round_number: int, ticket: Ticket, *, plain: bool = False) -> None:
        if not self._fits(papers):
            await self._side_by_side(((part, round_number) for part in self._batches(papers)), ticket, plain=plain)
            return
        answer = await self._ask(papers, ticket, plain=plain)
        if isinstance(answer, Answer) and not answer.refused:
            await self._take_in(papers, answer, round_number, ticket, plain=plain)
        else:
            failure = answer if isinstance(answer, Failure) else Failure.REFUSED
            await self._do_without(papers, failure, round_number, ticket)
        await self._take_back()

    async def _do_without(self, papers: Sequence[Paper], failure: Failure, round_number: int, ticket: Ticket) -> None:
        """What to do about a batch that got no answer."""
        if self._caller.failure is not None:
            self._give_up(papers, self._caller.failure)
        elif failure in _LEAST_BATCH:
            if failure is not Failure.BUDGET:
                self._largest = max(1, min(self._largest, len(papers) // 2)) if self._fits(papers) else self._largest
            if len(papers) > _LEAST_BATCH[failure]:
                halves = split(papers, (len(papers) + 1) // 2)
                await self._side_by_side(((half, round_number) for half in halves), ticket)
            else:
                self._give_up(papers, failure)
        elif failure in _OF_ONE_PAPER:
            await self._isolate(papers, failure, ticket)
        else:
            self._give_up(papers, failure)

    async def _isolate(self, papers: Sequence[Paper], failure: Failure, ticket: Ticket) -> None:
        """Find the one paper for which all of `papers` are refused; the others are asked about again, together."""
        while len(papers) > 1:
            half, rest = split(papers, (len(papers) + 1) // 2)
            answer = await self._ask(half, ticket)
            if isinstance(answer, Answer) and not answer.refused:
                await self._take_in(half, answer, 0, ticket)
                papers = rest
            elif isinstance(answer, Answer) or answer in _OF_ONE_PAPER:
                if self._caller.failure is not None:
                    self._give_up(papers, self._caller.failure)
                    self._give_up(rest, self._caller.failure)
                    return
                self._postponed += rest
                papers = half
                failure = answer if isinstance(answer, Failure) else failure
            else:
                self._give_up(half, answer)
                papers = rest
        answer = await self._ask(papers, ticket)
        if isinstance(answer, Answer) and not answer.refused:
            await self._take_in(papers, answer, 0, ticket)
        else:
            self._give_up(papers, answer if isinstance(answer, Failure) else Failure.REFUSED)
            logger.warning("%s is left out: %s", papers[0].arxiv_id, failure.words)

    async def _ask(self, papers: Sequence[Paper], ticket: Ticket, *, plain: bool = False) -> Answer | Failure:
        if self._caller.failure is not None:
            return self._caller.failure
        visible = ANSWER_OVERHEAD + len(papers) * MOST_PER_SCORE
        try:
            return await self._caller.ask(
                self._task,
                papers,
                len(papers),
                visible,
                plain=plain,
                after=ticket,
                is_wanted=lambda: self._fits(papers),
            )
        except CallFailed as failed:
            if failed.is_news:
                logger.warning("no scores for %d papers: %s", len(papers), failed)
            return failed.kind

    async def _take_in(
        self, papers: Sequence[Paper], answer: Answer, round_number: int, ticket: Ticket, *, plain: bool = False
    ) -> None:
        parsed = await self._parsed(papers, answer, insists=round_number >= MOST_ROUNDS)
        if parsed.verdicts:
            self._confusion.understood()
            self._largest_answered = max(self._largest_answered, len(papers))
            self.outcome.verdicts.update(parsed.verdicts)
            await self._keep(parsed.verdicts)
            self._report()
        missing = [paper for paper in papers if paper.arxiv_id not in parsed.verdicts]
        if not missing:
            return
        if answer.cut_short and not parsed.verdicts and self._makes_room(answer):
            await self._batch(missing, round_number, ticket, plain=plain)
        elif self._is_confusing(papers, answer, parsed) and self._confusion.is_too_much():
            self._caller.stop(Failure.NOT_AN_ANSWER)
            self._give_up(missing, Failure.NOT_AN_ANSWER)
        elif round_number < MOST_ROUNDS or (answer.cut_short and len(papers) > 1):
            await self._again(papers, answer, parsed, round_number, ticket)
        else:
            self._give_up(missing, reason_of(answer, parsed))

    def _is_confusing(self, papers: Sequence[Paper], answer: Answer, parsed: Parsed) -> bool:
        """Whether an answer says something, and nothing that can be understood; to silence fewer papers may help."""
        is_nothing = not parsed.verdicts and not parsed.disputed and not answer.cut_short
        return is_nothing and (len(papers) == 1 or bool(answer.text.strip() or answer.thoughts))

    async def _parsed(self, papers: Sequence[Paper], answer: Answer, *, insists: bool) -> Parsed:
        wanted = {paper.arxiv_id for paper in papers}
        reading = Reading(
            self._reading.topics, self._reading.examples, self._reading.scale, insists=insists, is_cut=answer.cut_short
        )
        parsed = await asyncio.to_thread(parse_scores, answer.text, wanted, reading)
        if not parsed.verdicts and answer.thoughts and not answer.text.strip() and not answer.cut_short:
            # Some servers take the answer for a thought.
            parsed = await asyncio.to_thread(parse_scores, answer.thoughts, wanted, reading)
        if parsed.scale is not None and parsed.verdicts:
            self._reading = Reading(self._reading.topics, self._reading.examples, parsed.scale)
        return parsed

    async def _again(
        self, papers: Sequence[Paper], answer: Answer, parsed: Parsed, round_number: int, ticket: Ticket
    ) -> None:
        """Ask again about what was left out, in smaller batches; after nothing usable without asking for a form."""
        nothing = not parsed.verdicts and not parsed.disputed
        if nothing and not answer.text.strip() and self._largest_answered < len(papers) > 1:
            self._largest = max(
                1, min(self._largest, (len(papers) + 1) // 2)
            )  # some servers are silent where they overflow
        missing = [paper for paper in papers if paper.arxiv_id not in parsed.verdicts]
        parts = smaller(missing, parsed, len(papers))
        await self._side_by_side(((part, round_number + 1) for part in parts), ticket, plain=nothing)

    def _makes_room(self, answer: Answer) -> bool:
        """Whether an answer that was cut short before anything usable gets more room, instead of fewer papers."""
        completion = answer.usage.completion_tokens if answer.usage else answer.asked
        if self._growths >= _MOST_GROWTHS:
            return False
        self._growths += 1
        return self._caller.gauge.make_room(answer.asked, completion, likely_tokens(answer.text))

    async def _take_back(self) -> None:
        """Ask again about papers whose answers turned out to be worth nothing."""
        worthless, self._caller.take_back = self._caller.take_back, set()
        again = [self._by_id[one] for one in sorted(worthless) if self.outcome.verdicts.pop(one, None) is not None]
        if again:
            await self._side_by_side(((batch, 0) for batch in self._batches(again)), after=())

    def _give_up(self, papers: Sequence[Paper], failure: Failure) -> None:
        self.outcome.unscored.update({paper.arxiv_id: failure for paper in papers})
        self._report()

    def _report(self) -> None:
        self._progress(STAGE, len(self.outcome.verdicts) + len(self.outcome.unscored), self._total)
