"""What Slack tells the bot: every event that the manifest subscribes to has its listener here."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.emoji import normalise
from bot.models import MessageRef, PostKey, PostRole, Reply, Request, TopicsOffer, Vote, VoteSource
from bot.platforms.slack._answers import Answers, Asked, asked_by
from bot.platforms.slack._api import SlackApi
from bot.platforms.slack._blocks import ASK, VOTES
from bot.platforms.slack._bolt import quiet_app
from bot.platforms.slack._deliveries import Deliveries
from bot.platforms.slack._files import text_file
from bot.platforms.slack._history import PLATFORM, History
from bot.platforms.slack._people import People
from bot.platforms.slack._replies import FORM, answer
from bot.platforms.slack._text import as_typed, fitted, unescaped, without_mentions
from bot.ports import Inbox
from bot.rendering import vote_confirmation

logger = logging.getLogger(__name__)

Body = Mapping[str, Any]
_VOTE_ACTION = re.compile("|".join(VOTES))
_ASK_ACTION = re.compile(f"{ASK}:.*")
_LEFT = ("channel_left", "group_left", "channel_archive", "group_archive", "channel_deleted", "group_deleted")
_SAID = frozenset({None, "file_share", "thread_broadcast"})  # the last: a reply also sent to the channel
_BACK = ("channel_unarchive", "group_unarchive")
_SHORT_TITLE = 80
_PATIENCE_S = 1.5  # an event must be acknowledged within three seconds
_POSITION = re.compile(r"\d+\. ")
_MOST_PAGES = 10_000
_PASTE = Reply(
    "I cannot read that file.", ("A short text file kept on Slack is what I can read. Or please paste the text here.",)
)


class Listeners:
    """Turns Slack's events into calls of the inbox.

    A vote is acknowledged once it is stored, so that Slack delivers it again if it is not. What takes longer is done
    after the acknowledgement.
    """

    def __init__(
        self,
        *,
        inbox: Inbox,
        api: SlackApi,
        answers: Answers,
        people: People,
        history: History,
        deliveries: Deliveries,
        identity: Body,
    ) -> None:
        self._inbox = inbox
        self._api = api
        self._people = people
        self._history = history
        self._deliveries = deliveries
        self._identity = identity
        self._own_user = str(identity["user_id"])
        self._answers = answers
        self._tasks: set[asyncio.Task[None]] = set()

    def app(self) -> AsyncApp:
        """A Bolt app with every listener."""

        async def authorize() -> AuthorizeResult:  # Bolt looks at its parameters, and understands no method
            return self._authorize()

        app = quiet_app(self._api.client, authorize)
        app.event("reaction_added")(self._reaction)
        app.event("reaction_removed")(self._reaction)
        app.event("member_joined_channel")(self._once(self._joined))
        app.event("member_left_channel")(self._once(self._member_left))
        for kind in _LEFT:
            app.event(kind)(self._once(self._left))
        for kind in _BACK:
            app.event(kind)(self._once(self._back))
        app.event("app_mention")(self._once(self._mentioned))
        app.event("message")(self._once(self._message))
        app.action(_VOTE_ACTION)(self._vote_pressed)
        app.action(_ASK_ACTION)(self._ask_pressed)
        app.view(FORM)(self._form_sent)
        app.command("/papers")(self._commanded)
        return app

    def _once(self, listen: Callable[[Body], Awaitable[None]]) -> Callable[[Body, Body], Awaitable[None]]:
        """A listener that nothing reaches twice: a question has one answer, and an old farewell ends nothing new."""

        async def listener(event: Body, body: Body) -> None:  # Bolt looks at these names
            event_id = str(body.get("event_id", ""))
            if not self._deliveries.is_done(event_id):
                await listen(event)
                self._deliveries.done(event_id)

        return listener

    async def drain(self) -> None:
        """Return when what was begun is done."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _authorize(self) -> AuthorizeResult:
        identity = self._identity
        return AuthorizeResult(
            enterprise_id=identity.get("enterprise_id"),
            team_id=identity.get("team_id"),
            bot_id=identity.get("bot_id"),
            bot_user_id=self._own_user,
            bot_token=self._api.client.token,
        )

    async def _reaction(self, event: Body, body: Body) -> None:
        """Somebody added or removed an emoji. What is not on a message of ours costs nothing."""
        channel_id = event.get("item") or {}
        if channel_id.get("type") != "message" or event.get("item_user", self._own_user) != self._own_user:
            return
        person = str(event["user"])
        if await self._is_bot(person):
            return
        order = float(event["event_ts"])
        vote = Vote(
            event_id=f"{PLATFORM}:{body['event_id']}",
            ref=MessageRef(PLATFORM, str(channel_id["channel"]), str(channel_id["ts"])),
            person=person,
            emoji=normalise(str(event["reaction"])),
            added=event["type"] == "reaction_added",
            at=datetime.fromtimestamp(order, UTC),
            order=order,
        )
        await self._inbox.vote(vote)

    async def _is_bot(self, person: str) -> bool:
        """Whether it is a bot; somebody of whom Slack does not tell in time votes as a person."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return (await self._people.get(person)).is_bot
        except TimeoutError:
            return False

    async def _vote_pressed(self, ack: Any, body: Body, action: Body) -> None:
        await ack()
        self._spawn(self._press(body, action))

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

    async def _ask_pressed(self, ack: Any, body: Body, action: Body) -> None:
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
        self._spawn(self._answers.to(asked, request))

    async def _form_sent(self, ack: Any, body: Body, view: Body) -> None:
        await ack()
        about = json.loads(view["private_metadata"])
        text = view["state"]["values"][FORM][FORM].get("value") or ""
        person = str(body["user"]["id"])
        asked = Asked(channel_id=about["channel_id"], person=person, is_direct=about["channel_id"].startswith("D"))
        request = Request(PLATFORM, asked.channel_id, person, about["name"], about["argument"], text=text)
        self._spawn(self._answers.to(asked, request))

    async def _commanded(self, ack: Any, body: Body) -> None:
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
        self._spawn(self._answers.to(asked, Request(PLATFORM, channel_id, asked.person, "papers", argument)))

    async def _mentioned(self, event: Body) -> None:
        if not event.get("bot_id") and event.get("user"):
            self._spawn(self._heed(event))

    async def _message(self, event: Body) -> None:
        """Only what is said to the bot: in a direct conversation, or in reply to one of its own messages."""
        if event.get("bot_id") or event.get("subtype") not in _SAID or not event.get("user"):
            return
        if f"<@{self._own_user}>" in str(event.get("text", "")) and event.get("channel_type") != "im":
            return  # a mention comes as an event of its own
        if event.get("channel_type") == "im":
            self._spawn(self._heed(event))
        elif _parents_author(event) == self._own_user:
            self._spawn(self._offer(event))

    async def _heed(self, event: Body) -> None:
        """A mention is a topics text where one is waited for, else a command or a question."""
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
            file = await text_file(self._api, event["files"])
            text = file or text
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

    async def _joined(self, event: Body) -> None:
        if event.get("user") == self._own_user:
            self._spawn(self._inbox.invited(PLATFORM, str(event["channel"])))

    async def _member_left(self, event: Body) -> None:
        if event.get("user") == self._own_user:
            await self._inbox.removed(PLATFORM, str(event["channel"]))

    async def _left(self, event: Body) -> None:
        await self._inbox.removed(PLATFORM, str(event["channel"]))

    async def _back(self, event: Body) -> None:
        self._spawn(self._inbox.invited(PLATFORM, str(event["channel"])))

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.ensure_future(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


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
    text = as_typed(str((body.get("message") or {}).get("text") or "")).split("\n", 1)[0]
    title = fitted(_POSITION.sub("", text), _SHORT_TITLE)
    return f"“{title}”" if title else "this paper"


async def _logged(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except Exception:  # the edge: one event must not end the listening
        logger.exception("an event from Slack could not be dealt with")
