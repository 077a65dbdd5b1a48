"""Calls of Discord's REST API, and every failure in our own words.

discord.py repeats a request by itself when the server has an error or asks to wait. A message is sent with a nonce, by
which Discord knows such a repetition and drops it.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any, TypeVar

import aiohttp
import discord
from discord.http import HTTPClient, MultipartParameters, handle_message_parameters

from bot.clock import Clock
from bot.models import Attachment
from bot.platforms._core.calls import CallError, Outcome, read
from bot.platforms._core.waits import LongWaits
from bot.platforms.discord._messages import Content
from bot.platforms.discord._refusals import REMEDIES, TOKEN_REFUSED, outcome_of
from bot.platforms.discord._wire import Wire

logger = logging.getLogger(__name__)

T = TypeVar("T")
Answer = Mapping[str, Any]

PLATFORM = "discord"
NOBODY = discord.AllowedMentions.none()
_PAGE = 100
_NONCE = 25


class DiscordApi:
    """The calls of one bot."""

    def __init__(self, wire: Wire, clock: Clock) -> None:
        self._wire = wire
        self._clock = clock
        self._sends = 0
        self.waits = LongWaits(clock)

    async def write(self, what: str, call: Callable[[HTTPClient], Awaitable[T]]) -> T:
        """Make one call, whatever becomes of it; `what` names it in errors.

        Raises:
            CallError: it failed.
        """
        try:
            with translating(what):
                async with self._wire.http() as http:
                    return await call(http)
        except CallError as error:
            self.waits.note(what, error)
            raise

    async def read(self, what: str, call: Callable[[HTTPClient], Awaitable[T]]) -> T:
        """Make a call that changes nothing, tried again while that may help.

        Raises:
            CallError: it failed for good.
        """
        return await read(lambda: self.write(what, call), self._clock)

    async def send(self, channel: str, content: Content, about: str = "", **more: Any) -> Answer:
        """Send a message; nobody is called by it. `about` makes its nonce its own.

        Raises:
            CallError: it failed.
        """
        nonce = self._nonce(f"{channel} {about}")
        with parameters(content, nonce=nonce, **more) as params:
            answer: Answer = await self.write("sending", lambda http: http.send_message(int(channel), params=params))
            return answer

    async def edit(self, channel: str, message: str, content: Content) -> None:
        """Replace a message of ours.

        Raises:
            CallError: it failed.
        """
        with parameters(content) as params:
            await self.write("editing", lambda http: http.edit_message(int(channel), int(message), params=params))

    async def me(self) -> str:
        """The bot's own user id.

        Raises:
            CallError: it cannot be asked.
        """
        connected = self._wire.connected
        if connected is not None and connected.user is not None:
            return str(connected.user.id)
        user = await self.read("asking who I am", lambda http: http.request(discord.http.Route("GET", "/users/@me")))
        return str(user["id"])

    async def member_of(self, guild_id: int, person: str) -> discord.Member:
        """A person as a member of a server, with all of its roles.

        Raises:
            CallError: they are none, or it cannot be asked.
        """
        async with self._client("asking for a server") as client:
            guild = await self.read("asking for a server", lambda _: client.fetch_guild(guild_id, with_counts=False))
            return await self.read("asking for a member", lambda _: guild.fetch_member(int(person)))

    async def permissions(self, channel_id: str, person: str) -> discord.Permissions:
        """What a person may do in a channel; nothing outside of a server.

        Raises:
            CallError: it cannot be asked.
        """
        async with self._client("asking for a channel") as client:
            channel: Answer = await self.read("asking for a channel", lambda http: http.get_channel(int(channel_id)))
            if not (guild_id := int(channel.get("guild_id") or 0)):
                return discord.Permissions.none()
            held = client.get_channel(int(channel_id))
            member = await self.member_of(guild_id, person)
            if not isinstance(held, discord.abc.GuildChannel):
                held = await self.read("asking for a channel", lambda _: member.guild.fetch_channel(int(channel_id)))
            return held.permissions_for(member)

    @asynccontextmanager
    async def _client(self, what: str) -> AsyncIterator[discord.Client]:
        with translating(what):
            async with self._wire.client() as client:
                yield client

    async def history(self, channel: str, since: datetime) -> Sequence[Answer]:
        """The messages of a channel or thread since then, oldest first.

        Raises:
            CallError: they cannot be read.
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
    """Raise whatever Discord, discord.py or the network say as a CallError."""
    try:
        yield
    except discord.RateLimited as error:
        waiting = error.retry_after
        raise CallError(f"{what}: Discord asks to wait", Outcome.LATER, status=429, retry_after_s=waiting) from error
    except discord.LoginFailure as error:
        said = f"DISCORD_TOKEN is not accepted; {REMEDIES['401']}"
        raise CallError(said, Outcome.CLOSED, status=TOKEN_REFUSED) from error
    except discord.HTTPException as error:
        raise _translated(what, error) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise CallError(f"{what}: Discord cannot be reached ({error})", Outcome.LATER) from error
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise CallError(f"{what}: no answer from Discord ({type(error).__name__})", Outcome.UNKNOWN) from error
    except RuntimeError as error:
        if "closed" not in str(error):
            raise
        raise CallError(f"{what}: the connection to Discord is just being closed", Outcome.LATER) from error


def _translated(what: str, error: discord.HTTPException) -> CallError:
    code = str(error.code or "")
    outcome = outcome_of(error.status, code)
    if error.status == 429:
        wait = str(error.response.headers.get("Retry-After", ""))
        seconds = float(wait) if wait.replace(".", "", 1).isdecimal() else None
        return CallError(f"{what}: Discord asks to wait", outcome, code, status=429, retry_after_s=seconds)
    if error.status >= 500:
        said = f"{what}: no answer from Discord (status {error.status})"
        return CallError(said, outcome, code, status=error.status)
    remedy = REMEDIES.get(code) or REMEDIES.get(str(error.status))
    said = error.text[:300] or f"status {error.status}"
    said = f"{what}: Discord says {said}{f'; {remedy}' if remedy else ''}"
    return CallError(said, outcome, code, status=error.status)
