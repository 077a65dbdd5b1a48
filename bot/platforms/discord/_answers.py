"""Requests handed to the inbox, and its replies shown to whoever asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

import discord

from bot.errors import PaperlarkError
from bot.models import Reply, Request
from bot.platforms._core.answers import safely, with_opener
from bot.platforms.discord._api import DiscordApi, file_of, translating
from bot.platforms.discord._messages import Content
from bot.platforms.discord._replies import contents, form_window
from bot.ports import Inbox

logger = logging.getLogger(__name__)

T = TypeVar("T")

_PATIENCE_S = 1.5  # an interaction must be answered within three seconds: what takes longer is deferred
_NONE = Reply("There is no answer.")
_HERE = "Type /papers and choose: ask is for questions, the rest are the commands. Or mention me and write either."


class Audience(Protocol):
    """Whoever asked, and how they can be answered."""

    @property
    def takes_forms(self) -> bool:
        """Whether a window can be opened now."""
        ...

    async def open(self, window: discord.ui.Modal) -> None:
        """Open a window to write in."""
        ...

    async def wait(self) -> None:
        """Show that an answer is coming."""
        ...

    async def show(self, messages: Sequence[Content], *, instead: bool = False) -> None:
        """Show messages; in place of those shown before, if `instead`."""
        ...


class InteractionAudience:
    """The person behind an interaction: a slash command, a button, a sent form. Only they see the answers.

    With `in_place` the first answer takes the place of the message whose button was pressed.
    """

    def __init__(self, interaction: discord.Interaction[Any], *, in_place: bool = False) -> None:
        self._interaction = interaction
        self._in_place = in_place
        self._deferred = False
        self._shown: list[discord.WebhookMessage | None] = []

    @property
    def takes_forms(self) -> bool:
        """See Audience."""
        is_form = self._interaction.type is discord.InteractionType.modal_submit
        return not self._interaction.response.is_done() and not is_form

    async def open(self, window: discord.ui.Modal) -> None:
        """See Audience."""
        with translating("opening a window"):
            await self._interaction.response.send_modal(window)

    async def wait(self) -> None:
        """See Audience."""
        if self._interaction.response.is_done():
            return
        with translating("deferring"):
            if self._in_place:
                await self._interaction.response.defer()
            else:
                await self._interaction.response.defer(ephemeral=True, thinking=True)
        self._deferred = True

    async def show(self, messages: Sequence[Content], *, instead: bool = False) -> None:
        """See Audience."""
        with translating("answering"):
            for number, content in enumerate(messages):
                if instead and self._shown and number == 0:
                    await self._change(content)
                else:
                    await self._say(content)

    async def _say(self, content: Content) -> None:
        response = self._interaction.response
        if not response.is_done():
            if self._in_place and content.attachment is None:
                await response.edit_message(**_edited(content))
            else:
                await response.send_message(**_sent(content), ephemeral=True)
            self._shown.append(None)
        elif self._deferred and not self._shown:
            await self._interaction.edit_original_response(**_edited(content))
            self._shown.append(None)
        else:
            self._shown.append(await self._interaction.followup.send(**_sent(content), ephemeral=True, wait=True))

    async def _change(self, content: Content) -> None:
        last = self._shown[-1]
        if last is None:
            await self._interaction.edit_original_response(**_edited(content))
        else:
            await last.edit(**_edited(content))


class ChannelAudience:
    """Those who read a place where the bot was mentioned, or a direct conversation: answers are messages there."""

    def __init__(self, api: DiscordApi, channel: str, message: str) -> None:
        self._api = api
        self._channel = channel
        self._message = message
        self._last = ""

    @property
    def takes_forms(self) -> bool:
        """See Audience."""
        return False

    async def open(self, window: discord.ui.Modal) -> None:
        """See Audience."""
        raise NotImplementedError("a message opens no windows")

    async def wait(self) -> None:
        """See Audience."""
        with translating("typing"):
            await self._api.write("typing", lambda http: http.send_typing(int(self._channel)))

    async def show(self, messages: Sequence[Content], *, instead: bool = False) -> None:
        """See Audience."""
        reference: Any = {"message_id": self._message, "channel_id": self._channel, "fail_if_not_exists": False}
        for number, content in enumerate(messages):
            if instead and self._last and number == 0:
                await self._api.edit(self._channel, self._last, content)
            else:
                answer = await self._api.send(self._channel, content, self._message, message_reference=reference)
                self._last = str(answer["id"])


class Answers:
    """Show replies to whoever asked. Many may be answered at a time."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def safely(self, audience: Audience, what: str, work: Awaitable[None]) -> None:
        """Do this for somebody; whatever fails is told to them, and logged."""
        await safely(what, work, lambda reply: audience.show(contents(reply)))

    async def all_of(self, audience: Audience, request: Request) -> None:
        """Show every reply to a request.

        Raises:
            PaperlarkError: it cannot be answered, or not be shown.
        """
        replies = self._inbox.request(request)
        reply: Reply | None = await patiently(audience, anext(replies, _NONE))
        while reply is not None:
            if reply.form is not None and audience.takes_forms:
                await audience.open(form_window(reply.form))
            else:
                await audience.show(contents(_in_our_manner(reply, request)), instead=reply.replaces)
            reply = await patiently(audience, anext(replies, None))


async def patiently(audience: Audience, work: Awaitable[T]) -> T:
    """The result of this work; if it takes long, the person is told that an answer is coming."""
    task: asyncio.Future[T] = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=_PATIENCE_S)
        if not done:
            try:
                await audience.wait()
            except PaperlarkError as error:  # a vote counts all the same, whether or not its giver can be told
                logger.warning("somebody could not be asked to wait: %s", error)
        return await task
    finally:
        task.cancel()


def _in_our_manner(reply: Reply, request: Request) -> Reply:
    """The reply with what only Discord does otherwise.

    A form that could not be opened now can be opened by pressing a button, and the help says where its commands are.
    """
    if request.name == "help":
        return replace(reply, lines=(_HERE, *reply.lines))
    return with_opener(reply, request)


def _sent(content: Content) -> dict[str, Any]:
    shown: dict[str, Any] = {"content": content.text, "embeds": list(content.embeds)}
    if content.rows:
        shown["view"] = content.view()
    if file := file_of(content.attachment):
        shown["file"] = file
    return shown


def _edited(content: Content) -> dict[str, Any]:
    file = file_of(content.attachment)
    return {
        "content": content.text,
        "embeds": list(content.embeds),
        "view": content.view() if content.rows else None,
        "attachments": [file] if file else [],
    }
