"""One request brought to its answer: worded, reserved, sent, settled, and tried again where that may help."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.clock import Clock
from bot.endpoints.failures import CallFailed, Failure
from bot.endpoints.gate import Gate, Ticket, Turn
from bot.endpoints.memory import Memory
from bot.models import CallIntent, Paper
from bot.scorers.llm.booking import Account, Task, Used, answered, guessed, unanswered
from bot.scorers.llm.budget import DayBudget
from bot.scorers.llm.client import ChatClient
from bot.scorers.llm.completion import Answer
from bot.scorers.llm.dialect import Dialect, Dialects, Mode, Trial
from bot.scorers.llm.prompt import Message, Purpose, hash_of, user_part
from bot.scorers.llm.tokens import Gauge, likely_tokens, most_tokens
from bot.scorers.pricing import Usage, completion_usd, prompt_usd
from bot.settings import LlmSettings

_GRACE_S = 120.0  # beyond the time-out, until a reservation is taken for abandoned
_MOST_TRIES = 25  # of one request, other wordings and waits included
_MOST_STRIKES = (4, 20)  # refusals in a row before and after the first success; after it many may be under way
# So many of the longest waits may pass without any answer, however often it is asked.
_PATIENCE = {Failure.LOADING: 3.0, Failure.RATE_LIMITED: 2.0}
_LEAST_ANSWER = 64
_CHOKED = {Failure.SERVER_ERROR, Failure.NOT_AN_ANSWER}
_ASTRAY = {Failure.ADDRESS_WRONG, Failure.NOT_FOUND, Failure.WEB_PAGE}
_CERTAIN = {Failure.NO_KEY, Failure.KEY_REFUSED, Failure.QUOTA, Failure.PROXY, Failure.REGION}
_OF_PAPERS = {Failure.REFUSED, Failure.TOO_LONG, Failure.BUDGET}


@dataclass(frozen=True, slots=True)
class _Request:
    """One request, the same at every attempt. `is_wanted` is asked again when its turn comes."""

    task: Task
    papers: tuple[Paper, ...]
    message: Message
    nonce: str
    asked_for: int
    visible_tokens: int
    is_wanted: Callable[[], bool]
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Shared:
    """What all requests to an endpoint share, over runs and channels."""

    gate: Gate
    dialects: Dialects
    memory: Memory
    gauge: Gauge


class Caller:
    """Sends the requests of one run.

    `failure` is why no more are sent. `take_back` holds papers whose answers are worth nothing after all.
    """

    def __init__(
        self,
        client: ChatClient,
        budget: DayBudget,
        shared: Shared,
        account: Account,
        *,
        settings: LlmSettings,
        clock: Clock,
        nonce: Callable[[], str],
    ) -> None:
        self._client = client
        self._budget = budget
        self._shared = shared
        self._account = account
        self._settings = settings
        self._clock = clock
        self._nonce = nonce
        self._strikes = 0
        self._last_asked = 0
        self.gauge = shared.gauge
        self.memory = shared.memory
        self.used = Used()
        self.failure: Failure | None = None
        self.take_back: set[str] = set()

    async def ask(
        self,
        task: Task,
        papers: Sequence[Paper],
        asked_for: int,
        visible_tokens: int,
        *,
        plain: bool = False,
        after: Ticket = (),
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> Answer:
        """The answer to one request about `papers`; it may be `visible_tokens` long.

        With `plain` no form is asked for. What comes `after` another request has its place in the queue.

        Raises:
            CallFailed: there is none, after all attempts that made sense; TOO_LONG as well if it is not `is_wanted` any
                more when its turn comes, or if the server read only a part of it.
        """
        nonce = self._nonce()
        ticket = self.ticket(after)
        user = await asyncio.to_thread(user_part, task.purpose, papers, nonce, asked_for)
        message = Message(task.system, user)
        request = _Request(task, tuple(papers), message, nonce, asked_for, visible_tokens, is_wanted, ticket)
        trial = self._shared.dialects.trial(plain=plain)
        try:
            for tries in range(1, _MOST_TRIES):
                answer = await self._try(request, trial, tries)
                if answer is not None:
                    return answer
        finally:
            if not after:
                self.done(ticket)
        raise CallFailed(Failure.RATE_LIMITED, f"no answer at {_MOST_TRIES} attempts")

    def ticket(self, after: Ticket = ()) -> Ticket:
        """A place in the queue for a request and all that follows from it."""
        return self._shared.gate.ticket(after)

    def done(self, ticket: Ticket) -> None:
        """Note that nothing more follows from a request."""
        self._shared.gate.done(ticket)

    def stop(self, failure: Failure) -> None:
        """Send nothing more in this run."""
        if self.failure is None:
            self.failure = failure

    async def _try(self, request: _Request, trial: Trial, tries: int) -> Answer | None:
        """Send a request when its turn comes; None if it is to be tried again, in other words or after a while."""
        async with self._shared.gate.turn(request.ticket) as turn:
            if self.failure is not None:
                raise CallFailed(self.failure, "nothing more is sent", is_news=False)
            if not request.is_wanted():
                raise CallFailed(Failure.TOO_LONG, "this was found to be too long meanwhile", is_news=False)
            trial.catch_up()
            try:
                answer = await self._send(request, trial.dialect, turn)
            except CallFailed as failed:
                if not self._goes_on(failed, trial, turn, tries, len(request.papers)):
                    raise
                return None
            self._strikes = 0
            if answer.text.strip() or answer.thoughts or answer.cut_short:
                # Silence is no success: it may be how a server overflows, and the others wait until that is known.
                self._shared.gate.succeeded(turn)
            trial.worked()
        return answer

    def _goes_on(self, failed: CallFailed, trial: Trial, turn: Turn, tries: int, n_papers: int) -> bool:
        """What to do about a failure: whether the request is tried once more, and whether the run can go on."""
        kind = failed.kind
        if kind is Failure.ANSWER_LIMIT:
            return self._lower_answer(failed.limit)
        if kind in _CHOKED and trial.is_tentative and trial.refused("", ""):
            return True
        if kind is Failure.UNSUPPORTED:
            if trial.refused(failed.parameter, failed.said):
                return True
            trial.in_vain()
        if kind in _ASTRAY and self._client.is_bare and not trial.dialect.path and not self._shared.gate.has_succeeded:
            trial.dialect = replace(trial.dialect, path="/v1")  # people leave it out
            return True
        if kind.is_passing:
            return self._waits(failed, turn, tries, n_papers)
        self._strike(kind)
        return False

    def _lower_answer(self, limit: int | None) -> bool:
        asked = self._last_asked
        lower = limit if limit is not None and limit < asked else asked // 2
        if lower < _LEAST_ANSWER:
            return False
        self.memory.note(answer=lower)
        return True

    def _waits(self, failed: CallFailed, turn: Turn, tries: int, n_papers: int) -> bool:
        """Whether a failure that may pass is waited for; a server that brings nothing for long is given up."""
        gate, settings = self._shared.gate, self._settings
        if failed.wait_s is not None and failed.wait_s > settings.longest_wait_s:
            self.stop(failed.kind)
            return False
        gate.failed(turn, failed.kind, failed.wait_s)
        if not self._is_patient(failed):
            self.stop(failed.kind)
            return False
        if failed.kind is Failure.TIMEOUT and n_papers > 1 and turn.beside == 1 and tries > 1:
            return False  # it is not the company: fewer papers take less time
        is_crowd = failed.kind in {Failure.RATE_LIMITED, Failure.LOADING}
        return is_crowd or tries < settings.attempts

    def _is_patient(self, failed: CallFailed) -> bool:
        """Whether there is still hope, after all that happened to the requests of this run."""
        gate, settings = self._shared.gate, self._settings
        waits = _PATIENCE.get(failed.kind, 0.0) if settings.attempts > 1 else 0.0
        if waits and (failed.kind is Failure.LOADING or gate.has_succeeded):
            return self._clock.monotonic() - gate.last_progress_s <= waits * settings.longest_wait_s
        return gate.fruitless < settings.attempts

    def _strike(self, kind: Failure) -> None:
        """Count a refusal that may mean a paper or everything; what certainly means everything ends the run."""
        if kind in _OF_PAPERS:
            return
        self._strikes += 1
        is_certain = kind.is_final and (kind in _CERTAIN or not self._shared.gate.has_succeeded)
        if is_certain or self._strikes >= _MOST_STRIKES[self._shared.gate.has_succeeded]:
            self.stop(kind)

    async def _send(self, request: _Request, dialect: Dialect, turn: Turn) -> Answer:
        schema = json.dumps(request.task.schema) if dialect.mode is Mode.SCHEMA else ""
        estimate = most_tokens(request.message, schema)
        most_prompt = self.gauge.prompt_tokens(estimate)
        most_answer = self._last_asked = self.gauge.answer_tokens(request.visible_tokens)
        intent = self._intent(request, dialect, Usage(most_prompt, most_answer))
        number = await self._budget.reserve(intent)
        started = turn.began_s = self._clock.monotonic()
        try:
            answer = await self._client.ask(request.message, request.task.schema, dialect, most_answer, turn.timeout_s)
        except CallFailed as failure:
            await self._budget.settle(number, unanswered(intent, failure, self._clock.monotonic() - started))
            raise
        except BaseException:
            # Stopped in the middle: the reservation stays until it expires, for the provider may charge for it.
            self._budget.release()
            raise
        usage = answer.usage or guessed(request.message, answer)
        self.used.add(usage, self._account.price)
        await self._budget.settle(
            number, answered(answer, usage, self._account.price, self._clock.monotonic() - started)
        )
        if answer.usage is not None:
            self.gauge.learn(estimate, usage, likely_tokens(answer.text))
            self._look_for_cuts(request, usage)
        return replace(answer, asked=most_answer)

    def _look_for_cuts(self, request: _Request, usage: Usage) -> None:
        """Notice a server that reads only the end of a long prompt, the topics not among it."""
        if request.task.purpose is not Purpose.SCORE:
            return
        characters = len(request.message.system) + len(request.message.user)
        papers = tuple(paper.arxiv_id for paper in request.papers)
        befallen = self.gauge.cut_off(characters, usage.prompt_tokens, papers)
        if befallen is None:
            return
        self.take_back |= set(befallen) - set(papers)
        if set(papers) <= set(befallen):
            raise CallFailed(Failure.TOO_LONG, f"only the last {usage.prompt_tokens} tokens of the prompt were read")

    def _intent(self, request: _Request, dialect: Dialect, most: Usage) -> CallIntent:
        now = self._clock.now()
        price = self._account.price
        return CallIntent(
            started_at=now,
            expires_at=now + timedelta(seconds=self._settings.timeout_s + _GRACE_S),
            purpose=str(request.task.purpose),
            channel=self._account.channel,
            endpoint=self._account.endpoint,
            model=self._account.model,
            dialect=str(dialect),
            papers={paper.arxiv_id: paper.version for paper in request.papers},
            prompt_hash=request.task.prompt_hash,
            message_hash=hash_of(request.message.user),
            nonce=request.nonce,
            asked_for=request.asked_for,
            most_tokens=most.total_tokens,
            most_usd=prompt_usd(price, most) + completion_usd(price, most) if price else None,
        )
