"""Requests handed to the inbox, and its replies shown to whoever asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.models import Attachment, Reply, Request
from bot.platforms._core.answers import safely, with_opener
from bot.platforms._core.calls import CallError
from bot.platforms.slack._api import SlackApi
from bot.platforms.slack._blocks import notification
from bot.platforms.slack._rate_limits import MessagePace
from bot.platforms.slack._replies import answer, form_window, short, waiting_window, window
from bot.platforms.slack._shared_channels import SharedChannels
from bot.ports import Inbox

logger = logging.getLogger(__name__)

_WINDOWS = {"abstract": "Abstract"}
_STILL = {"unfurl_links": False, "unfurl_media": False}
_FILE_ELSEWHERE = "The file is in your direct messages from me."
_PATIENCE_S = 1.0  # a trigger lives three seconds: what takes longer comes into a window that waits


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a question came from, and how it can be answered.

    A `response_url` takes five answers within half an hour; a `trigger_id` opens one window within three seconds.
    """

    channel_id: str
    person: str
    response_url: str = ""
    trigger_id: str = ""
    thread: str | None = None
    in_private: bool = False  # asked in a message or conversation that nobody else sees
    is_direct: bool = False


def asked_by(body: Mapping[str, Any]) -> Asked:
    """Where a button was pressed, by whom, and how the press can be answered."""
    container = body["container"]
    channel_id = str((body.get("channel") or {}).get("id") or container.get("channel_id"))
    thread = container.get("thread_ts")
    return Asked(
        channel_id=channel_id,
        person=str(body["user"]["id"]),
        response_url=str(body.get("response_url") or ""),
        trigger_id=str(body.get("trigger_id") or ""),
        thread=thread if thread != container.get("message_ts") else None,
        in_private=bool(container.get("is_ephemeral")),
        is_direct=channel_id.startswith("D"),
    )


class Answers:
    """Show replies to whoever asked, in messages or windows. Many may be answered at a time."""

    def __init__(self, api: SlackApi, inbox: Inbox, pace: MessagePace, shared: SharedChannels) -> None:
        self._api = api
        self._inbox = inbox
        self._pace = pace
        self._shared = shared

    async def to(self, asked: Asked, request: Request) -> None:
        """Answer a request; whatever fails is told to the person, and logged."""
        await safely(request.name, self._to(asked, request), lambda reply: self.show(asked, answer(reply)))

    async def _to(self, asked: Asked, request: Request) -> None:
        request = replace(request, beside=await self._shared.beside(asked.channel_id, asked.person))
        if request.name in _WINDOWS and asked.trigger_id:
            await self._in_window(asked, request)
        else:
            await self._in_messages(asked, request)

    async def _in_messages(self, asked: Asked, request: Request) -> None:
        async for reply in self._inbox.request(request):
            if reply.form is not None:
                if await self._opened(asked, form_window(reply.form, asked.channel_id)):
                    continue
                reply = with_opener(reply, request)  # noqa: PLW2901 - the same reply in another manner
            if reply.attachment is not None and not asked.is_direct:
                reply = replace(reply, lines=(*reply.lines, _FILE_ELSEWHERE))  # noqa: PLW2901 - with one line more
            instead = asked.in_private and (reply.replaces or request.page > 1)
            shown = answer(reply) if instead or not reply.replaces else short(reply)
            await self.show(asked, shown, instead=instead)
            if reply.attachment is not None:
                await self._send_file(asked.person, reply.attachment, reply.title)

    async def _in_window(self, asked: Asked, request: Request) -> None:
        title = _WINDOWS[request.name]
        task = asyncio.ensure_future(_first(self._inbox.request(request)))
        await asyncio.wait({task}, timeout=_PATIENCE_S)
        if task.done():
            if not await self._opened(asked, window(title, await task)):
                await self.show(asked, answer(await task))
            return
        waiting = await self._opened(asked, waiting_window(title))
        reply = await task
        if waiting:
            try:
                await self._api.write("views.update", view_id=waiting, view=window(title, reply))
            except CallError as error:
                logger.warning("a window could not be filled: %s", error)
            else:
                return
        await self.show(asked, answer(reply))

    async def _opened(self, asked: Asked, view: Mapping[str, Any]) -> str:
        """The id of the window that was opened; "" where none could be, so that a message has to do."""
        if not asked.trigger_id:
            return ""
        try:
            opened = await self._api.write("views.open", trigger_id=asked.trigger_id, view=view)
        except CallError as error:
            logger.warning("a window could not be opened: %s", error)
            return ""
        return str(opened["view"]["id"])

    async def show(self, asked: Asked, shown: dict[str, Any], *, instead: bool = False) -> None:
        """Show a message to the person alone, in place of the one whose button was pressed if `instead`.

        Raises:
            CallError: Slack does not take it.
        """
        thread = {"thread_ts": asked.thread} if asked.thread else {}
        if asked.response_url and await self._respond(asked, {**shown, **thread}, instead=instead):
            return
        if asked.is_direct:
            await self._write(asked.channel_id, **shown, **thread)
        else:
            await self._api.write("chat.postEphemeral", channel=asked.channel_id, user=asked.person, **shown, **thread)

    async def _respond(self, asked: Asked, shown: dict[str, Any], *, instead: bool) -> bool:
        """Whether the response_url took it; it may be used up, or out of reach behind a gateway."""
        client = self._api.client
        hook = AsyncWebhookClient(
            asked.response_url, timeout=client.timeout, ssl=client.ssl, proxy=client.proxy, retry_handlers=[]
        )
        try:
            response = await hook.send_dict({**shown, "response_type": "ephemeral", "replace_original": instead})
        except Exception as error:  # noqa: BLE001 - the SDK lets every transport's own errors through
            logger.warning("a response_url cannot be reached (%s); answering through the Web API", type(error).__name__)
            return False
        return bool(response.status_code == 200)

    async def _send_file(self, person: str, attachment: Attachment, about: str) -> None:
        """Files cannot be shown to one person in a channel: they go into the direct conversation."""
        note = await self._write(person, text=notification(about))
        await self._api.upload(str(note["channel"]), attachment.filename, attachment.content)

    async def _write(self, target: str, **shown: Any) -> Mapping[str, Any]:
        """Post a message that answers somebody, when it is its turn."""
        await self._pace.turn(target)
        written = await self._api.write("chat.postMessage", channel=target, **_STILL, **shown)
        self._pace.arrived(target)
        return written


async def _first(replies: AsyncIterator[Reply]) -> Reply:
    async for reply in replies:
        return reply
    return Reply(title="There is no answer.")
