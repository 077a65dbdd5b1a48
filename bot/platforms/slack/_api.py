"""Calls of Slack's Web API: paced, never repeated when they write, and every failure in our own words."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.platforms._core.calls import CallError, Outcome, read
from bot.platforms._core.waits import LongWaits
from bot.platforms.slack._rate_limits import MethodLimits
from bot.platforms.slack._refusals import REMEDIES, outcome_of

logger = logging.getLogger(__name__)

Answer = Mapping[str, Any]

PLATFORM = "slack"
_PAGE = 200


class SlackApi:
    """The calls of one token."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self.client = client
        self._clock = clock
        self._limits = MethodLimits(clock)
        self.waits = LongWaits(clock)

    async def write(self, method: str, **arguments: Any) -> Answer:
        """One attempt, whatever becomes of it.

        Raises:
            CallError: it failed.
        """
        return (await self._call(method, arguments))[0]

    async def upload(self, channel_id: str, filename: str, content: bytes, thread: str | None = None) -> None:
        """Send a file into a conversation.

        Raises:
            CallError: it failed.
        """
        with _translating("files.upload"):
            await self.client.files_upload_v2(filename=filename, content=content, channel=channel_id, thread_ts=thread)

    async def read(self, method: str, **arguments: Any) -> Answer:
        """Make a call that changes nothing, tried again while that may help.

        Raises:
            CallError: it failed for good.
        """
        return (await self._read(method, arguments))[0]

    async def scopes(self) -> tuple[Answer, frozenset[str] | None]:
        """What auth.test says, and the scopes the token has; None where Slack does not tell them.

        Raises:
            CallError: the token is not accepted, or nobody answers.
        """
        answer, headers = await self._read("auth.test", {})
        granted = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
        if granted is None:
            return answer, None
        return answer, frozenset(scope.strip() for scope in granted.split(",") if scope.strip())

    async def pages(self, method: str, name: str, **arguments: Any) -> AsyncIterator[Answer]:
        """The entries of every page of a list.

        Raises:
            CallError: a page could not be read.
        """
        cursor = ""
        while True:
            more = {"cursor": cursor} if cursor else {}
            answer = await self.read(method, limit=_PAGE, **arguments, **more)
            for entry in answer.get(name) or ():
                yield entry
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _read(self, method: str, arguments: dict[str, Any]) -> tuple[Answer, Mapping[str, str]]:
        return await read(lambda: self._call(method, arguments), self._clock)

    async def _call(self, method: str, arguments: dict[str, Any]) -> tuple[Answer, Mapping[str, str]]:
        writes_blocks = method.startswith(("chat.", "views."))
        sent: dict[str, Any] = {"json": arguments} if writes_blocks else {"data": arguments}
        await self._limits.turn(method)
        try:
            with _translating(method):
                response = await self.client.api_call(method, **sent)
        except CallError as error:
            if error.retry_after_s:
                self._limits.hold(method, error.retry_after_s)
            self.waits.note(method, error)
            raise
        if not isinstance(response.data, dict):
            raise CallError(f"{method}: Slack's answer cannot be read", Outcome.UNKNOWN)
        return response.data, response.headers


@contextmanager
def _translating(method: str) -> Iterator[None]:
    try:
        yield
    except SlackApiError as error:
        raise _translated(method, error) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise CallError(f"{method}: Slack cannot be reached ({error})", Outcome.LATER) from error
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError, ValueError) as error:
        raise CallError(f"{method}: no answer from Slack ({type(error).__name__})", Outcome.UNKNOWN) from error


def _translated(method: str, error: SlackApiError) -> CallError:
    """Slack's error in our words; an answer that is no JSON, or has a server error's status, is no answer."""
    # Where the answer was no JSON, the SDK gives aiohttp's response instead of its own.
    status = int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0))
    data = getattr(error.response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429:
        wait = _seconds(getattr(error.response, "headers", {}))
        return CallError(f"{method}: Slack asks to wait", Outcome.LATER, code or "ratelimited", retry_after_s=wait)
    if not code or status >= 500:
        return CallError(f"{method}: no answer from Slack (status {status})", Outcome.UNKNOWN)
    details = _details(data or {})
    remedy = f"; {REMEDIES[code]}" if code in REMEDIES else ""
    return CallError(f"{method}: Slack says {code}{details}{remedy}", outcome_of(code), code)


def _details(data: Answer) -> str:
    if data.get("needed"):
        return f" (needed: {data['needed']})"
    messages = (data.get("response_metadata") or {}).get("messages") or data.get("errors") or ()
    return f" ({'; '.join(map(str, messages[:3]))})" if messages else ""


def _seconds(headers: Mapping[str, str]) -> float | None:
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(value) if value.isdecimal() else None
