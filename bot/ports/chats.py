"""What is asked of a chat, and what a chat asks of the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.models import (
    Finding,
    MessageRef,
    PlatformStatus,
    Post,
    PostKey,
    RecentMessage,
    Reply,
    Request,
    TopicsOffer,
    Vote,
    VoteOutcome,
)


class Inbox(Protocol):
    """What a platform hands in. `app.py` gives each platform one; adapters never import handlers."""

    async def vote(self, vote: Vote) -> VoteOutcome:
        """Record a vote; returns once it is stored."""
        ...

    def request(self, request: Request) -> AsyncIterator[Reply]:
        """Answer a button or command; several replies may follow each other."""
        ...

    async def press(self, vote: Vote) -> VoteOutcome:
        """A vote button was pressed: give the vote, or take back one given by button; returns once it is stored.

        Pressing 👍 takes back a pressed 👎 and the other way round. `vote.added` is not looked at.
        """
        ...

    async def reconnected(self, platform: str, channel_id: str | None = None) -> None:
        """The platform may have missed events, or heard of changes without whose they were: reconcile.

        With `channel_id` only there.
        """
        ...

    async def invited(self, platform: str, channel_id: str, beside: Sequence[str] = ()) -> None:
        """The bot is a member of this channel; harmless to repeat.

        Where it comes to many channels at once, `beside` names the others: those known already are taken up again, and
        only if none is known the bot introduces itself, in this one.
        """
        ...

    async def removed(self, platform: str, channel_id: str) -> None:
        """The bot was removed from this channel, or it was closed; harmless to repeat."""
        ...

    async def topics_awaited(self, platform: str, channel_id: str, person: str) -> bool:
        """Whether the channel waits for its topics and this person may give them: only then a file is fetched."""
        ...

    async def topics_offered(self, offer: TopicsOffer) -> Reply | None:
        """Start the channel with these topics if it waits for them; what to tell the person, None for nothing."""
        ...


class ChatPlatform(Protocol):
    """A chat where readers are. A platform may do anything native behind this; only values cross it."""

    @property
    def name(self) -> str:
        """The platform's name in settings and tables."""
        ...

    async def run(self, inbox: Inbox) -> None:
        """Listen until cancelled.

        Raises:
            TokenRefused: nothing helps but another token.
            PlatformError: it cannot be reached now.
        """
        ...

    async def post(self, channel_id: str, post: Post, key: PostKey, thread: MessageRef | None = None) -> MessageRef:
        """Send one message carrying `key`; never repeats by itself.

        With `thread` it goes into the thread of that message; where the bot may not make or use threads it goes into
        the channel itself, and the answer's `thread` is None.

        Raises:
            ChannelClosed: not posted, nor will any other message be until a person opens the channel: keep them all.
            PostRefused: not posted, and this message never will be; others may.
            PostDelayed: not posted now. A wait of more than a minute is for somebody who has other things to do.
            PostUncertain: perhaps posted: look with `find` before it is sent again.
        """
        ...

    async def edit(self, ref: MessageRef, post: Post, key: PostKey) -> None:
        """Replace a message of ours.

        Raises:
            PlatformError: it could not be replaced.
        """
        ...

    async def delete(self, ref: MessageRef) -> None:
        """Remove a message of ours; a message already gone is no error.

        Raises:
            PlatformError: it could not be removed.
        """
        ...

    async def find(
        self, channel_id: str, key: PostKey, since: datetime, thread: MessageRef | None = None
    ) -> tuple[MessageRef, ...]:
        """Our messages carrying `key` since then, oldest first (more than one: a duplicate to heal).

        Without `thread` those that stand in the channel itself; with it those in the thread of that message, and those
        that `post` put into the channel for want of a thread.

        Raises:
            HistoryHidden: the bot may not see the channel's messages; whether one is there cannot be known.
            PlatformError: it could not look now.
        """
        ...

    async def recent(self, channel_id: str, since: datetime) -> tuple[RecentMessage, ...]:
        """Our messages since then with the reactions they have now, threads included.

        Raises:
            HistoryHidden: the bot may not see the channel's messages.
            PlatformError: it could not look now.
        """
        ...

    async def notify(self, target: str, text: str) -> None:
        """Tell a person or channel something outside the ledger."""
        ...

    async def upload(self, channel_id: str, filename: str, content: bytes, thread: MessageRef | None = None) -> None:
        """Send a file."""
        ...

    async def check(self) -> tuple[Finding, ...]:
        """What the doctor should know about this platform."""
        ...

    def status(self) -> PlatformStatus:
        """Whether it is connected now."""
        ...


@runtime_checkable
class KnowsManagers(Protocol):
    """A platform that can tell who may change a channel; on others everybody may, unless the settings name some."""

    @property
    def who_manages(self) -> str:
        """Who that is, to be said after "is left to": "whoever made the channel or …"."""
        ...

    async def manages(self, channel_id: str, person: str) -> bool:
        """Whether this person is one of them.

        Raises:
            PlatformError: it could not be asked.
        """
        ...


@runtime_checkable
class KnowsMembers(Protocol):
    """A platform that can tell who reads and who writes where; on others everybody does."""

    async def may_see(self, channel_id: str, person: str) -> bool:
        """Whether this person reads the channel.

        Raises:
            PlatformError: it could not be asked.
        """
        ...

    async def may_write(self, channel_id: str, person: str) -> bool:
        """Whether this person may write in the channel themselves.

        Raises:
            PlatformError: it could not be asked.
        """
        ...

    async def called(self, channel_id: str, person: str) -> str:
        """What readers of the channel know this person by, as plain text that alerts nobody; "" if nobody can tell."""
        ...
