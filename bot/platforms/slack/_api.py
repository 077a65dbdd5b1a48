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
from bot.errors import PlatformError, PostDelayed, PostRefused, PostUncertain
from bot.platforms.slack._tiers import Tiers

logger = logging.getLogger(__name__)

Answer = Mapping[str, Any]

_READS = 4  # attempts of a call that changes nothing
_READ_PAUSE_S = 2.0
_LONGEST_WAIT_S = 120.0
_PAGE = 200

# Slack says of these that part of the work may have been done.
_UNCERTAIN = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout", "unknown_error"})
_LATER = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
# The door is closed by something a person can put right; the message itself is sound and worth keeping.
_CLOSED = frozenset(
    {
        "account_inactive", "invalid_auth", "not_authed", "token_revoked", "token_expired", "missing_scope",
        "not_allowed_token_type", "team_access_not_granted", "org_login_required", "ekm_access_denied",
    }
)  # fmt: skip
REMEDIES: Mapping[str, str] = {
    "not_in_channel": "invite the bot: type /invite @paperlark in the channel",
    "channel_not_found": "check the channel's id (its details, at the bottom) and invite the bot, if it is private",
    "is_archived": "unarchive the channel, or take it out of the settings",
    "invalid_auth": "copy the token again from api.slack.com/apps, and restart",
    "not_authed": "set the token in the environment, and restart",
    "account_inactive": "install the app in the workspace again, and copy the new token",
    "token_revoked": "install the app in the workspace again, and copy the new token",
    "token_expired": "switch token rotation off in the app's settings, or copy a new token",
    "not_allowed_token_type": "SLACK_BOT_TOKEN begins with xoxb-, SLACK_APP_TOKEN with xapp-: they may be swapped",
    "missing_scope": "add the scope under OAuth & Permissions at api.slack.com/apps, and reinstall the app",
}


class SlackCallError(PlatformError):
    """Slack answered with an error, or not at all. `code` is Slack's word for it, "" where there was no answer."""

    def __init__(self, message: str, code: str = "", *, retry_after_s: float | None = None, sent: bool = True) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after_s = retry_after_s
        self.sent = sent


class SlackApi:
    """The calls of one token."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self.client = client
        self._clock = clock
        self._tiers = Tiers(clock)

    async def write(self, method: str, **arguments: Any) -> Answer:
        """One attempt, whatever becomes of it.

        Raises:
            SlackCallError: it failed.
        """
        return (await self._call(method, arguments))[0]

    async def post(self, method: str, **arguments: Any) -> Answer:
        """One attempt to write a message.

        Raises:
            PostRefused, PostDelayed: certainly not written.
            PostUncertain: perhaps written.
        """
        try:
            return await self.write(method, **arguments)
        except SlackCallError as error:
            raise _of_a_post(error) from error

    async def upload(self, channel_id: str, filename: str, content: bytes, thread: str | None = None) -> None:
        """Send a file into a conversation.

        Raises:
            SlackCallError: it failed.
        """
        with _translating("files.upload"):
            await self.client.files_upload_v2(filename=filename, content=content, channel=channel_id, thread_ts=thread)

    async def read(self, method: str, **arguments: Any) -> Answer:
        """A call that changes nothing, tried again while that may help.

        Raises:
            SlackCallError: it failed for good.
        """
        return (await self._read(method, arguments))[0]

    async def scopes(self) -> tuple[Answer, frozenset[str]]:
        """What auth.test says, and the scopes the token has.

        Raises:
            SlackCallError: the token is not accepted, or nobody answers.
        """
        answer, headers = await self._read("auth.test", {})
        granted = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
        return answer, frozenset(scope.strip() for scope in granted.split(",") if scope.strip())

    async def pages(self, method: str, name: str, **arguments: Any) -> AsyncIterator[Answer]:
        """The entries of every page of a list.

        Raises:
            SlackCallError: a page could not be read.
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
        for attempt in range(1, _READS + 1):
            try:
                return await self._call(method, arguments)
            except SlackCallError as error:
                worth_it = not error.code or error.code in _UNCERTAIN | _LATER
                if attempt == _READS or not worth_it:
                    raise
                pause_s = error.retry_after_s or _READ_PAUSE_S * 2 ** (attempt - 1)
                await self._clock.sleep(min(pause_s, _LONGEST_WAIT_S))
        raise AssertionError("the last attempt returns or raises")

    async def _call(self, method: str, arguments: dict[str, Any]) -> tuple[Answer, Mapping[str, str]]:
        writes_blocks = method.startswith(("chat.", "views."))
        sent: dict[str, Any] = {"json": arguments} if writes_blocks else {"params": arguments}
        await self._tiers.turn(method)
        try:
            with _translating(method):
                response = await self.client.api_call(method, **sent)
        except SlackCallError as error:
            if error.retry_after_s:
                self._tiers.hold(method, error.retry_after_s)
            raise
        if not isinstance(response.data, dict):
            raise SlackCallError(f"{method}: Slack's answer cannot be read")
        return response.data, response.headers


@contextmanager
def _translating(method: str) -> Iterator[None]:
    try:
        yield
    except SlackApiError as error:
        raise _translated(method, error) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise SlackCallError(f"{method}: Slack cannot be reached ({error})", sent=False) from error
    except (aiohttp.ClientError, SlackClientError, TimeoutError, OSError, ValueError) as error:
        raise SlackCallError(f"{method}: no answer from Slack ({type(error).__name__})") from error


def _translated(method: str, error: SlackApiError) -> SlackCallError:
    """Slack's error in our words; an answer that is no JSON, or has a server error's status, is no answer."""
    # Where the answer was no JSON, the SDK gives aiohttp's response instead of its own.
    status = int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0))
    data = getattr(error.response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or code in _LATER:
        wait = _seconds(getattr(error.response, "headers", {}))
        return SlackCallError(f"{method}: Slack asks to wait", "ratelimited", retry_after_s=wait)
    if not code or status >= 500:
        return SlackCallError(f"{method}: no answer from Slack (status {status})")
    details = _details(data or {})
    remedy = f"; {REMEDIES[code]}" if code in REMEDIES else ""
    return SlackCallError(f"{method}: Slack says {code}{details}{remedy}", code)


def _details(data: Answer) -> str:
    if data.get("needed"):
        return f" (needed: {data['needed']})"
    messages = (data.get("response_metadata") or {}).get("messages") or data.get("errors") or ()
    return f" ({'; '.join(map(str, messages[:3]))})" if messages else ""


def _seconds(headers: Mapping[str, str]) -> float | None:
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(value) if value.isdecimal() else None


def _of_a_post(error: SlackCallError) -> PlatformError:
    if error.code == "ratelimited" or not error.sent or error.code in _CLOSED:
        return PostDelayed(str(error), error.retry_after_s)
    if not error.code or error.code in _UNCERTAIN:
        return PostUncertain(str(error))
    return PostRefused(str(error))
