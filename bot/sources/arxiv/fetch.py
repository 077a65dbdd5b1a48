"""One guarded request at a time to arXiv: its turn, its time limits, what its answer must be, and when to ask again."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar

import aiohttp
import tenacity
from yarl import URL

from bot import __version__
from bot.clock import Clock
from bot.errors import BadSourceAnswer, QueryRejected, SourceUnavailable
from bot.ports import Throttle
from bot.redaction import redacted, without_login
from bot.settings import ArxivSettings

_log = logging.getLogger(__name__)
T = TypeVar("T")

USER_AGENT = f"paperlark/{__version__}"
_WHOLE_ANSWER = 4  # times the time limit of one read
_LARGEST_ANSWER = 64 * 2**20
_LONGEST_WAIT_S = 300.0
# Without it arXiv's edge answers 406 more often.
_HEADERS = {"User-Agent": USER_AGENT, "Accept": "application/atom+xml, application/rss+xml, */*"}
_LATER = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS},
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the body is whole and uncompressed."""

    status: int
    content_type: str
    body: bytes
    retry_after_s: float | None


class Fetcher:
    """Asks arXiv, one request at a time, each in its turn, and again where that may help.

    Of the settings `timeout_s` bounds connecting and each read, four times that the whole answer. Failed attempts are
    `backoff_s` apart, doubled each time and shifted by chance; a longer Retry-After is honoured up to five minutes,
    beyond which the error goes to the caller at once. `their_time` is what the last answer said of the time.
    """

    def __init__(self, settings: ArxivSettings, *, throttle: Throttle, clock: Clock, random: random.Random) -> None:
        self._throttle = throttle
        self._clock = clock
        self._random = random
        self._attempts = settings.attempts
        self._backoff_s = settings.backoff_s
        self._limits = aiohttp.ClientTimeout(
            total=settings.timeout_s * _WHOLE_ANSWER, sock_connect=settings.timeout_s, sock_read=settings.timeout_s
        )
        self._one_at_a_time = asyncio.Lock()
        self.their_time: datetime | None = None

    async def get(self, url: str, read: Callable[[Answer], T]) -> T:
        """What `read` makes of the answer to `url`.

        `read` runs in a worker thread, also for answers that are no success, and raises BadSourceAnswer or
        SourceUnavailable to have the request repeated.

        Raises:
            SourceUnavailable, BadSourceAnswer: every attempt failed; the last one's error.
            QueryRejected: arXiv refuses the request.
        """
        retrying = tenacity.AsyncRetrying(
            sleep=self._clock.sleep,
            stop=_Stop(self._attempts),
            wait=self._wait_s,
            retry=tenacity.retry_if_exception_type((SourceUnavailable, BadSourceAnswer)),
            before_sleep=self._log_retry,
            reraise=True,
        )
        return await retrying(self._attempt, url, read)

    async def _attempt(self, url: str, read: Callable[[Answer], T]) -> T:
        # The session is ready before the turn comes, so that requests arrive as far apart as their turns are.
        async with (
            self._one_at_a_time,
            aiohttp.ClientSession(timeout=self._limits, trust_env=True, middlewares=(_only_once,)) as session,
        ):
            await self._throttle.turn()
            answer = await self._request(session, url)
        return await asyncio.to_thread(read, answer)

    async def _request(self, session: aiohttp.ClientSession, url: str) -> Answer:
        try:
            async with session.get(URL(url, encoded=True), headers=_HEADERS) as response:
                self.their_time = _moment(response.headers.get("Date"))
                body = await _whole_body(response, url)
                return Answer(
                    status=response.status,
                    content_type=response.content_type,
                    body=body,
                    retry_after_s=self._retry_after_s(response.headers.get("Retry-After")),
                )
        except TimeoutError as error:
            raise SourceUnavailable(f"{_host(url)} gave no whole answer in time ({_reason(error)})") from error
        except aiohttp.ClientPayloadError as error:
            raise BadSourceAnswer(f"the answer of {_host(url)} is cut off ({_reason(error)})") from error
        except (aiohttp.ClientError, OSError) as error:
            raise SourceUnavailable(f"{_host(url)} cannot be reached ({_reason(error)})") from error

    def _retry_after_s(self, header: str | None) -> float | None:
        """Seconds from a Retry-After header, which holds seconds or a date; None if it holds neither."""
        text = (header or "").strip()
        if text.isdecimal():
            return float(text[:9])
        at = _moment(text)
        return None if at is None else max(0.0, (at - self._clock.now()).total_seconds())

    def _wait_s(self, state: tenacity.RetryCallState) -> float:
        doubled_s = self._backoff_s * 2.0 ** (state.attempt_number - 1)
        wait_s = min(doubled_s * self._random.uniform(0.75, 1.25), _LONGEST_WAIT_S)
        return max(wait_s, _asked_wait_s(state))

    def _log_retry(self, state: tenacity.RetryCallState) -> None:
        _log.warning(
            "arXiv: attempt %s of %s failed, next in %.0f s: %s",
            state.attempt_number,
            self._attempts,
            state.upcoming_sleep,
            _error_of(state),
        )


def refuse_failure(answer: Answer, url: str, explanation: str = "", *, is_about_query: bool = False) -> None:
    """Raise what the status of an answer means; a success means nothing.

    A refusal is final only if arXiv's API itself explains that it `is_about_query`. What an edge, a proxy or a portal
    says (406 and 403 come in waves, a 3xx leads elsewhere) passes.

    Raises:
        SourceUnavailable: try later.
        QueryRejected: never with this request.
    """
    if answer.status == HTTPStatus.OK:
        return
    said = f": {explanation}" if explanation else ""
    message = f"{_host(url)} answered {answer.status}{said}"
    is_refusal = HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    if not is_about_query or not is_refusal or answer.status in _LATER:
        raise SourceUnavailable(message, answer.retry_after_s)
    raise QueryRejected(f"{message} (asked for {without_login(url)[:300]})")


def short(body: bytes, limit: int = 120) -> str:
    """The beginning of an answer on one line, for messages; some proxies repeat a request there, login included."""
    text = redacted(body[: 40 * limit].decode("utf-8", errors="replace"))
    return " ".join(text.split())[:limit]


async def _only_once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Hides broken connections from aiohttp, which would send the request again without waiting for its turn."""
    try:
        return await send(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        if isinstance(error, TimeoutError):
            raise
        raise SourceUnavailable(f"{_host(str(request.url))} cannot be reached ({_reason(error)})") from error


def _moment(header: str | None) -> datetime | None:
    """The time in a header, which is UTC if it does not say; None if there is none."""
    try:
        at = parsedate_to_datetime((header or "").strip())
    except (ValueError, TypeError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


async def _whole_body(response: aiohttp.ClientResponse, url: str) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > _LARGEST_ANSWER:
            raise BadSourceAnswer(f"the answer of {_host(url)} has more than {_LARGEST_ANSWER} bytes")
    return bytes(body)


class _Stop(tenacity.stop.stop_base):
    """After so many attempts, or when arXiv asks to wait so long that the caller should decide."""

    def __init__(self, attempts: int) -> None:
        self._attempts = attempts

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        return retry_state.attempt_number >= self._attempts or _asked_wait_s(retry_state) > _LONGEST_WAIT_S


def _asked_wait_s(state: tenacity.RetryCallState) -> float:
    error = _error_of(state)
    return (error.retry_after_s or 0.0) if isinstance(error, SourceUnavailable) else 0.0


def _error_of(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _host(url: str) -> str:
    address = URL(url, encoded=True)
    return f"{address.host}:{address.explicit_port}" if address.explicit_port else str(address.host)


def _reason(error: BaseException) -> str:
    return without_login(str(error)) or type(error).__name__
