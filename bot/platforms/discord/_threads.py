"""The thread on a header: its id is that of the message, so it is made once however often it is tried."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Literal

from cachetools import LRUCache

from bot.models import MessageRef
from bot.platforms._core.calls import CallError, Outcome
from bot.platforms.discord._api import DiscordApi
from bot.platforms.discord._refusals import THREAD_ARCHIVED, THREAD_EXISTS, UNKNOWN_CHANNEL
from bot.platforms.discord._text import plain, unescaped

logger = logging.getLogger(__name__)

_MOST_NAME = 90
_NAME = "More papers"
_A_WEEK: Literal[10080] = 10_080  # minutes until Discord folds a silent thread away
_REMEMBERED = 200
_SOON_S = 2.0  # after a lost answer; the thread may well be there


class Threads:
    """Open threads; those that are open, and what headers are called, is remembered."""

    def __init__(self, api: DiscordApi) -> None:
        self._api = api
        self._open: LRUCache[str, None] = LRUCache(_REMEMBERED)
        self._titles: LRUCache[str, str] = LRUCache(_REMEMBERED)

    def titled(self, header: MessageRef, title: str) -> None:
        """Remember what a header is called, to name its thread after it."""
        self._titles[header.message] = title

    def in_a_thread(self, header: MessageRef, error: CallError) -> CallError:
        """What a failure means if it happened in a thread: one that is gone can be made again, its channel is there."""
        if error.code != UNKNOWN_CHANNEL or header.message not in self._open:
            return error
        self.gone(header.message)
        return CallError(str(error), Outcome.LATER, error.code, status=error.status, retry_after_s=_SOON_S)

    def gone(self, thread: str) -> None:
        """Somebody deleted this thread."""
        self._open.pop(thread, None)

    async def open(self, header: MessageRef) -> str:
        """The id of the header's thread, which is made if it is not there yet.

        Raises:
            CallError: there is none.
        """
        thread = header.message
        if thread in self._open:
            return thread
        name = await self._name(header)
        try:
            await self._api.write(
                "opening a thread",
                lambda http: http.start_thread_with_message(
                    int(header.channel_id), int(thread), name=name, auto_archive_duration=_A_WEEK
                ),
            )
        except CallError as error:
            if error.code != THREAD_EXISTS:
                raise _not_sent(error) from error
        self._open[thread] = None
        return thread

    async def awake(self, ref: MessageRef, change: Callable[[], Awaitable[object]]) -> None:
        """Change a message; if Discord has folded its thread away, unfold it first.

        Raises:
            CallError: it could not be changed.
        """
        try:
            await change()
        except CallError as error:
            if error.code != THREAD_ARCHIVED or ref.thread is None:
                raise
            thread = int(ref.thread)
            await self._api.write("unfolding a thread", lambda http: http.edit_channel(thread, archived=False))
            await change()

    async def _name(self, header: MessageRef) -> str:
        title = self._titles.get(header.message)
        if title is None:
            try:
                message = await self._api.read(
                    "reading a header", lambda http: http.get_message(int(header.channel_id), int(header.message))
                )
            except CallError as error:
                logger.warning("a thread gets a plain name: %s", error)
                return _NAME
            title = unescaped(str(message.get("content") or ""))
        day = title.partition(":")[0].removeprefix("🐦").strip()
        return plain(f"More: {day}" if day else _NAME, _MOST_NAME)


def _not_sent(error: CallError) -> CallError:
    """The same failure, for a message that was certainly not sent: whether there is a thread now will be seen."""
    if error.outcome is not Outcome.UNKNOWN:
        return error
    return CallError(str(error), Outcome.LATER, error.code, status=error.status, retry_after_s=_SOON_S)
