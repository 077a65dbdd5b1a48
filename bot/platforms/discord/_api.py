"""Calls of Discord's REST API, and every failure in our own words.

discord.py repeats a request by itself when the server has an error or asks to wait. A message is sent with a nonce, by
which Discord knows such a repetition and drops it.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import aiohttp
import discord
from discord.http import HTTPClient, MultipartParameters, handle_message_parameters

from bot.clock import Clock
from bot.errors import PlatformError, PostDelayed, PostRefused, PostUncertain
from bot.models import Attachment
from bot.platforms.discord._messages import Content
from bot.platforms.discord._wire import Wire

logger = logging.getLogger(__name__)

T = TypeVar("T")
Answer = Mapping[str, Any]

PLATFORM = "discord"
NOBODY = discord.AllowedMentions.none()
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, MISSING_ACCESS = 10003, 10008, 50001
THREAD_EXISTS, THREAD_ARCHIVED = 160004, 50083
_READS = 3  # attempts of a call that changes nothing, after those that discord.py makes by itself
_READ_PAUSE_S = 2.0
_PAGE = 100
_NONCE = 25
REMEDIES: Mapping[int, str] = {
    10003: "check the channel's id: switch on Developer Mode, right-click the channel, Copy Channel ID",
    50001: "let the bot in: the channel's settings, Permissions, add its role with View Channel",
    50013: "the channel's settings, Permissions: allow the bot what `paperlark doctor` names",
    50007: "the person takes no messages from bots",
    401: "reset the token at discord.com/developers/applications, Bot, put it into DISCORD_TOKEN and restart",
}


class DiscordCallError(PlatformError):
    """Discord answered with an error, or not at all.

    `status` is HTTP's, 0 where there was no answer; `code` Discord's own, 0 where it gave none. With `sent` false the
    request certainly had no effect.
    """

    def __init__(
        self, message: str, status: int = 0, code: int = 0, *, retry_after_s: float | None = None, sent: bool = True
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s
        self.sent = sent


class DiscordApi:
    """The calls of one bot."""

    def __init__(self, wire: Wire, clock: Clock) -> None:
        self._wire = wire
        self._clock = clock
        self._sends = 0

    async def write(self, what: str, call: Callable[[HTTPClient], Awaitable[T]]) -> T:
        """Make one call, whatever becomes of it; `what` names it in errors.

        Raises:
            DiscordCallError: it failed.
        """
        with translating(what):
            async with self._wire.http() as http:
                return await call(http)

    async def read(self, what: str, call: Callable[[HTTPClient], Awaitable[T]]) -> T:
        """Make a call that changes nothing, tried again while that may help.

        Raises:
            DiscordCallError: it failed for good.
        """
        for attempt in range(1, _READS + 1):
            try:
                return await self.write(what, call)
            except DiscordCallError as error:
                if attempt == _READS or error.status not in {0, 429, 500, 502, 503, 504}:
                    raise
                await self._clock.sleep(min(error.retry_after_s or _READ_PAUSE_S * attempt, 60.0))
        raise AssertionError("the last attempt returns or raises")

    async def send(self, channel: str, content: Content, about: str = "", **more: Any) -> Answer:
        """Send a message; nobody is called by it. `about` makes its nonce its own.

        Raises:
            DiscordCallError: it failed.
        """
        nonce = self._nonce(f"{channel} {about}")
        with parameters(content, nonce=nonce, **more) as params:
            answer: Answer = await self.write("sending", lambda http: http.send_message(int(channel), params=params))
            return answer

    async def post(self, channel: str, content: Content, about: str) -> Answer:
        """Send a message of the ledger.

        Raises:
            PostRefused, PostDelayed: certainly not posted.
            PostUncertain: perhaps posted.
        """
        try:
            return await self.send(channel, content, about)
        except DiscordCallError as error:
            raise of_a_post(error) from error

    async def edit(self, channel: str, message: str, content: Content) -> None:
        """Replace a message of ours.

        Raises:
            DiscordCallError: it failed.
        """
        with parameters(content) as params:
            await self.write("editing", lambda http: http.edit_message(int(channel), int(message), params=params))

    async def me(self) -> str:
        """The bot's own user id.

        Raises:
            DiscordCallError: it cannot be asked.
        """
        connected = self._wire.connected
        if connected is not None and connected.user is not None:
            return str(connected.user.id)
        user = await self.read("asking who I am", lambda http: http.request(discord.http.Route("GET", "/users/@me")))
        return str(user["id"])

    async def history(self, channel: str, since: datetime) -> Sequence[Answer]:
        """The messages of a channel or thread since then, oldest first.

        Raises:
            DiscordCallError: they cannot be read.
        """
        before: int | None = None
        first = max(0, discord.utils.time_snowflake(since) - 1)
        found: list[Answer] = []
        while True:
            page = await self.read("reading messages", _page(int(channel), before))
            fresh = [message for message in page if int(message["id"]) > first]
            found += fresh
            if len(page) < _PAGE or len(fresh) < len(page):
                break
            before = min(int(message["id"]) for message in page)
        return sorted(found, key=lambda message: int(message["id"]))

    def _nonce(self, about: str) -> str:
        """The same for every repetition of one attempt, and for no other attempt."""
        self._sends += 1
        attempt = f"{about} {self._clock.now().isoformat()} {self._sends}"
        return hashlib.blake2b(attempt.encode(), digest_size=16).hexdigest()[:_NONCE]


def _page(channel: int, before: int | None) -> Callable[[HTTPClient], Awaitable[Sequence[Answer]]]:
    return lambda http: http.logs_from(channel, _PAGE, before=before)


def parameters(content: Content, *, nonce: str | None = None, **more: Any) -> MultipartParameters:
    """A message in the form that discord.py sends."""
    return handle_message_parameters(
        content=content.text,
        embeds=content.embeds,
        view=content.view() if content.rows else None,
        allowed_mentions=NOBODY,
        nonce=nonce,
        file=file_of(content.attachment) or discord.utils.MISSING,
        **more,
    )


def file_of(attachment: Attachment | None) -> discord.File | None:
    """An attachment in the form that discord.py sends."""
    return discord.File(io.BytesIO(attachment.content), attachment.filename) if attachment else None


@contextmanager
def translating(what: str) -> Iterator[None]:
    """Raise whatever Discord, discord.py or the network say as a DiscordCallError."""
    try:
        yield
    except discord.RateLimited as error:
        raise DiscordCallError(f"{what}: Discord asks to wait", 429, retry_after_s=error.retry_after) from error
    except discord.LoginFailure as error:
        raise DiscordCallError(f"DISCORD_TOKEN is not accepted; {REMEDIES[401]}", 401, sent=False) from error
    except discord.HTTPException as error:
        raise _translated(what, error) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise DiscordCallError(f"{what}: Discord cannot be reached ({error})", sent=False) from error
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise DiscordCallError(f"{what}: no answer from Discord ({type(error).__name__})") from error
    except RuntimeError as error:
        if "closed" not in str(error):
            raise
        raise DiscordCallError(f"{what}: the connection to Discord is just being closed", sent=False) from error


def _translated(what: str, error: discord.HTTPException) -> DiscordCallError:
    if error.status == 429:
        wait = str(error.response.headers.get("Retry-After", ""))
        seconds = float(wait) if wait.replace(".", "", 1).isdecimal() else None
        return DiscordCallError(f"{what}: Discord asks to wait", 429, error.code, retry_after_s=seconds)
    if error.status >= 500:
        return DiscordCallError(f"{what}: no answer from Discord (status {error.status})", error.status, error.code)
    remedy = REMEDIES.get(error.code) or REMEDIES.get(error.status)
    said = error.text[:300] or f"status {error.status}"
    return DiscordCallError(f"{what}: Discord says {said}{f'; {remedy}' if remedy else ''}", error.status, error.code)


def of_a_post(error: DiscordCallError) -> PlatformError:
    """What a failed call means for the message it was to post.

    A closed door (a token, a permission) can be opened again by a person; the message is sound and worth keeping.
    """
    is_door = error.status in {401, 403} or (error.status == 404 and not error.code)
    if error.status == 429 or not error.sent or is_door:
        return PostDelayed(str(error), error.retry_after_s)
    if not error.status or error.status >= 500:
        return PostUncertain(str(error))
    return PostRefused(str(error))
