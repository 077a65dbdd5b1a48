"""What is offered while somebody types an option: papers posted here, one's own list, the channel's topics."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

from bot.clock import Clock
from bot.errors import PaperlarkError
from bot.models import PostRole, Reply, Request
from bot.platforms._core.remembered import Remembered
from bot.platforms._core.titles import without_position
from bot.platforms.discord._api import Answer, DiscordApi
from bot.platforms.discord._custom_ids import key_of
from bot.platforms.discord._text import plain, unescaped
from bot.ports import Inbox

logger = logging.getLogger(__name__)

Offers = Mapping[str, str]
"""What can be chosen: each value, and what is shown for it."""

_FRESH_S = 60.0
_PATIENCE_S = 2.0  # what comes after three seconds is not shown
_REMEMBERED = 200
_MOST = 25
_MOST_SHOWN = 100
_PAGE = 100
_NEWEST_THREADS = 2
_HAS_THREAD = 1 << 5
_NUMBERED = re.compile(r"^(?P<number>\d{1,3})\. (?P<title>.+)")
_OWN_LIST = frozenset({"unsave"})


class Completion:
    """Offer values for an option, looked up once a minute."""

    def __init__(self, inbox: Inbox, api: DiscordApi, clock: Clock) -> None:
        self._inbox = inbox
        self._api = api
        self._known: Remembered[str, Offers] = Remembered(clock, kept_s=_FRESH_S, most=_REMEMBERED)

    async def offers(self, option: str, typed: str, request: Request) -> Sequence[tuple[str, str]]:
        """Pairs of what is shown and what it stands for, those that fit best first; none in time is no error.

        `request` says who types in which place, and for which command.
        """
        channel_id = request.channel_id
        if option == "id" and request.name in _OWN_LIST:
            found = await self._soon(f"{channel_id}/{request.person}", lambda: self._saved(request))
        elif option == "id":
            found = await self._soon(channel_id, lambda: self._posted(channel_id))
        elif option == "n":
            found = await self._soon(f"{channel_id}/topics", lambda: self._topics(request))
        else:
            found = {}
        wanted = typed.casefold().split()
        fitting = [
            (plain(shown, _MOST_SHOWN) or value, value)
            for value, shown in found.items()
            if all(word in shown.casefold() for word in wanted)
        ]
        return fitting[:_MOST]

    async def _soon(self, key: str, look: Callable[[], Awaitable[Offers]]) -> Offers:
        """What is known, or is found in time; what comes later is there for the next letter."""
        looking = asyncio.ensure_future(self._known.get(key, lambda: _tolerantly(look())))
        await asyncio.wait({looking}, timeout=_PATIENCE_S)
        return looking.result() if looking.done() else {}

    async def _posted(self, channel_id: str) -> Offers:
        """The papers on the last page of the channel and in its newest threads, newest first."""
        own = await self._api.me()
        messages = [one for one in await self._page(channel_id) if str(one["author"]["id"]) == own]
        threads = [str(one["id"]) for one in messages if int(one.get("flags") or 0) & _HAS_THREAD][:_NEWEST_THREADS]
        for thread in threads:
            messages += [one for one in await self._page(thread) if str(one["author"]["id"]) == own]
        messages.sort(key=lambda one: int(one["id"]), reverse=True)
        offers: dict[str, str] = {}
        for message in messages:
            key = key_of(message)
            if key is not None and key.role is PostRole.PAPER:
                title = without_position(unescaped(str(message.get("content") or "")))
                offers.setdefault(key.subject, f"{key.subject} · {title}")
        return offers

    async def _page(self, channel: str) -> Sequence[Answer]:
        return await self._api.write("reading messages", lambda http: http.logs_from(int(channel), _PAGE))

    async def _saved(self, request: Request) -> Offers:
        """The newest of the person's own list."""
        reply = await self._first(request, "saved")
        return {card.arxiv_id: f"{card.arxiv_id} · {card.title}" for card in reply.cards} if reply else {}

    async def _topics(self, request: Request) -> Offers:
        """The numbers of the channel's topics."""
        reply = await self._first(request, "topics")
        found = filter(None, map(_NUMBERED.match, reply.lines if reply else ()))
        return {one["number"]: f"{one['number']}. {one['title']}" for one in found}

    async def _first(self, request: Request, name: str) -> Reply | None:
        asked = Request(request.platform, request.channel_id, request.person, name, beside=request.beside)
        replies: AsyncIterator[Reply] = self._inbox.request(asked)
        return await anext(replies, None)


async def _tolerantly(looking: Awaitable[Offers]) -> Offers:
    """Nothing, where it cannot be found out: whoever types can type on."""
    try:
        return await looking
    except PaperlarkError as error:
        logger.warning("nothing can be offered to somebody who types: %s", error)
    except Exception:  # the edge: nobody waits for this
        logger.exception("nothing can be offered to somebody who types")
    return {}
