"""What people say, press and send on Slack, handed to the inbox after it was acknowledged."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.models import MessageRef, PostKey, PostRole, Reply, Request, TopicsOffer, Vote, VoteSource
from bot.platforms._core.titles import quoted_title
from bot.platforms.slack._answers import Answers, Asked, asked_by
from bot.platforms.slack._api import PLATFORM, SlackApi
from bot.platforms.slack._blocks import VOTES
from bot.platforms.slack._files import text_file
from bot.platforms.slack._history import History
from bot.platforms.slack._people import People
from bot.platforms.slack._replies import FORM, answer
from bot.platforms.slack._text import as_typed, unescaped, without_mentions
from bot.ports import Inbox
from bot.rendering import vote_confirmation

logger = logging.getLogger(__name__)

Body = Mapping[str, Any]
_SAID = frozenset({None, "file_share", "thread_broadcast"})  # the last: a reply also sent to the channel
_MOST_PAGES = 10_000
_PASTE = Reply(
    "I cannot read that file.", ("A short text file kept on Slack is what I can read. Or please paste the text here.",)
)


class Conversation:
    """Acknowledge what people do, and answer it in a task of its own."""

    def __init__(
        self, *, inbox: Inbox, api: SlackApi, answers: Answers, people: People, history: History, own_user: str
    ) -> None:
        self._inbox = inbox
        self._api = api
        self._answers = answers
        self._people = people
        self._history = history
        self._own_user = own_user
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Begin some work that nothing waits for; what it fails at is logged."""
        task = asyncio.ensure_future(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, within_s: float) -> None:
        """Return when what was begun is done; what takes longer is given up."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within_s)
        for task in self._tasks:
            task.cancel()

    async def vote_pressed(self, ack: Any, body: Body, action: Body) -> None:
        """Take a press of a vote button."""
        await ack()
        self.spawn(self._press(body, action))

    async def _press(self, body: Body, action: Body) -> None:
        asked = asked_by(body)
        container = body["container"]
        order = float(action["action_ts"])
        emoji = VOTES[action["action_id"]]
        message = str(container["message_ts"])
        vote = Vote(
            event_id=f"{PLATFORM}:{asked.channel_id}:{message}:{asked.person}:{action['action_ts']}",
            ref=MessageRef(PLATFORM, asked.channel_id, message, asked.thread),
            person=asked.person,
            emoji=emoji,
            added=True,
            at=datetime.fromtimestamp(order, UTC),
            order=order,
            source=VoteSource.BUTTON,
        )
        words = vote_confirmation(await self._inbox.press(vote), emoji, _title(body))
        if words:
            await self._answers.show(asked, answer(Reply(title=words)))

    async def ask_pressed(self, ack: Any, body: Body, action: Body) -> None:
        """Take a press of a button that asks something."""
        await ack()
        asked = asked_by(body)
        wanted = _value_of(action)
        if wanted is None:
            logger.warning("a button's value cannot be read: %s", action.get("action_id"))
            return
        request = Request(
            platform=PLATFORM,
            channel_id=asked.channel_id,
            person=asked.person,
            name=wanted.get("name", "help"),
            argument=wanted.get("argument", ""),
            arxiv_id=wanted.get("arxiv_id"),
            page=wanted.get("page", 1),
        )
        self.spawn(self._answers.to(asked, request))

    async def form_sent(self, ack: Any, body: Body, view: Body) -> None:
        """Take a form; what it is about travels in it."""
        await ack()
        about = json.loads(view["private_metadata"])
        text = view["state"]["values"][FORM][FORM].get("value") or ""
        person = str(body["user"]["id"])
        asked = Asked(channel_id=about["channel_id"], person=person, is_direct=about["channel_id"].startswith("D"))
        request = Request(PLATFORM, asked.channel_id, person, about["name"], about["argument"], text=text)
        self.spawn(self._answers.to(asked, request))

    async def commanded(self, ack: Any, body: Body) -> None:
        """Take a slash command."""
        await ack()
        channel_id = str(body["channel_id"])
        asked = Asked(
            channel_id=channel_id,
            person=str(body["user_id"]),
            response_url=str(body.get("response_url", "")),
            trigger_id=str(body.get("trigger_id", "")),
            is_direct=channel_id.startswith("D"),
        )
        argument = unescaped(str(body.get("text", ""))).strip()
        self.spawn(self._answers.to(asked, Request(PLATFORM, channel_id, asked.person, "papers", argument)))

    async def mentioned(self, event: Body) -> None:
        """Take a message that names the bot."""
        if not event.get("bot_id") and event.get("user"):
            self.spawn(self._heed(event))

    async def said(self, event: Body) -> None:
        """Take a message if it is said to the bot: in a direct conversation, or in reply to one of its own messages."""
        if event.get("bot_id") or event.get("subtype") not in _SAID or not event.get("user"):
            return
        if f"<@{self._own_user}>" in str(event.get("text", "")) and event.get("channel_type") != "im":
            return  # a mention comes as an event of its own
        if event.get("channel_type") == "im":
            self.spawn(self._heed(event))
        elif _parents_author(event) == self._own_user:
            self.spawn(self._offer(event))

    async def _heed(self, event: Body) -> None:
        """Take a message for a topics text where one is waited for, else for a command or a question."""
        if await self._offer(event):
            return
        channel_id, person = str(event["channel"]), str(event["user"])
        asked = Asked(channel_id, person, thread=event.get("thread_ts"), is_direct=event.get("channel_type") == "im")
        argument = without_mentions(str(event.get("text", "")))
        await self._answers.to(asked, Request(PLATFORM, channel_id, person, "papers", argument))

    async def _offer(self, event: Body) -> bool:
        """Hand in what may be a topics text; whether somebody was told something about it."""
        text: str | bytes = as_typed(str(event.get("text", ""))).strip()
        person = str(event["user"])
        if event.get("files") and await self._is_awaited(event):
            text = await text_file(self._api, event["files"]) or text
            if not text:
                await self._answers.show(_asked_there(event), answer(_PASTE))
                return True
        known = await self._people.get(person)
        offer = TopicsOffer(PLATFORM, str(event["channel"]), person, text, known.timezone)
        reply = await self._inbox.topics_offered(offer)
        if reply is not None:
            await self._answers.show(_asked_there(event), answer(reply))
        return reply is not None

    async def _is_awaited(self, event: Body) -> bool:
        """Whether a file of this person may be topics for this channel; no other file is ever fetched."""
        if not await self._answers_a_notice(event):
            return False
        return await self._inbox.topics_awaited(PLATFORM, str(event["channel"]), str(event["user"]))

    async def _answers_a_notice(self, event: Body) -> bool:
        """Whether a file is meant for the bot: sent to it, or in reply to a notice; a paper's thread is for talk."""
        if _parents_author(event) != self._own_user:
            return True
        key = PostKey.parse(await self._history.key_at(str(event["channel"]), str(event["thread_ts"])))
        return key is not None and key.role is PostRole.NOTICE


def _value_of(action: Body) -> dict[str, Any] | None:
    """What a button of ours says; None for anything else, since whoever can send a click can send any value."""
    try:
        wanted = json.loads(str(action.get("value") or "{}"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(wanted, dict) or not all(isinstance(wanted.get(key, ""), str) for key in ("name", "argument")):
        return None
    page = wanted.get("page", 1)
    is_page = isinstance(page, int) and not isinstance(page, bool) and 1 <= page <= _MOST_PAGES
    return wanted if is_page and isinstance(wanted.get("arxiv_id"), str | None) else None


def _asked_there(event: Body) -> Asked:
    return Asked(str(event["channel"]), str(event["user"]), thread=str(event.get("thread_ts") or "") or None)


def _parents_author(event: Body) -> object:
    """Who wrote the message that this one is a reply to; None if it is no reply."""
    return event.get("parent_user_id") or (event.get("root") or {}).get("user")


def _title(body: Body) -> str:
    return quoted_title(as_typed(str((body.get("message") or {}).get("text") or "")))


async def _logged(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except Exception:  # the edge: one event must not end the listening
        logger.exception("an event from Slack could not be dealt with")
