"""A channel closes before each message of a digest in turn, three ways on each chat, and comes back: every paper once.

Handlers, ledger and the chats' SDKs are the real ones; a chat is a server on this machine. While the channel is closed
nothing is given up; when it is open again recovery posts the rest, in order.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.errors import PlatformError
from bot.models import MessageRef, Post, PostKey, PostState
from bot.platforms.discord._permissions import NEEDED
from bot.settings import ChannelSettings, Settings
from bot.store import Store
from handlers.environment import Environment
from handlers.morning import post_morning
from handlers.morning.delivery import DeliveryPaused
from handlers.recovery import recover_channel
from tests.builders import CHANNEL, some_papers
from tests.fakes import FakeEmbedder, FakeScorer, FakeSource
from tests.platforms.harnesses import DiscordHarness, SlackHarness, discord_harness, slack_harness

_PAPERS, _MORE = 3, 3
MESSAGES = 1 + _PAPERS + _MORE


@dataclass(frozen=True, slots=True)
class Way:
    """How a channel is closed and opened again."""

    close: Callable[[Any], object]
    reopen: Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one closing came to."""

    name: str
    violations: tuple[str, ...]


def _put_out(harness: SlackHarness) -> None:
    harness.slack.people.kick(harness.reader, harness.channel_id)


def _put_out_of_private(harness: SlackHarness) -> None:
    harness.slack.workspace.channels[harness.channel_id].is_private = True
    _put_out(harness)


def _invite(harness: SlackHarness) -> None:
    harness.slack.people.invite(harness.reader, harness.channel_id)


def _archive(harness: SlackHarness) -> None:
    harness.slack.people.archive(harness.reader, harness.channel_id)


def _unarchive(harness: SlackHarness) -> None:
    harness.slack.workspace.channels[harness.channel_id].is_archived = False


def _denied(*rights: str) -> Way:
    def close(harness: DiscordHarness) -> None:
        role = harness.discord.people.bot_role(harness.guild)
        harness.discord.people.permit(harness.channel_id, role, deny=rights)

    def reopen(harness: DiscordHarness) -> None:
        role = harness.discord.people.bot_role(harness.guild)
        harness.discord.people.permit(harness.channel_id, role)

    return Way(close, reopen)


def _put_out_of_guild(harness: DiscordHarness) -> None:
    harness.discord.people.kick(harness.guild)


def _invite_to_guild(harness: DiscordHarness) -> None:
    harness.discord.people.invite(harness.guild, NEEDED.value)


WAYS: Mapping[str, Mapping[str, Way]] = {
    "slack": {
        "put out": Way(_put_out, _invite),
        "put out of a private channel": Way(_put_out_of_private, _invite),
        "archived": Way(_archive, _unarchive),
    },
    "discord": {
        "put out": Way(_put_out_of_guild, _invite_to_guild),
        "may not send": _denied("SEND_MESSAGES"),
        "may not look": _denied("VIEW_CHANNEL"),
    },
}
_HARNESSES: Mapping[str, Callable[[Path], AbstractAsyncContextManager[Any]]] = {
    "slack": slack_harness,
    "discord": discord_harness,
}


class _Closing:
    """A platform whose channel closes just before one of its posts."""

    def __init__(self, platform: Any, before: int, close: Callable[[], object]) -> None:
        self._platform = platform
        self._before = before
        self._close = close
        self._attempts = 0
        self.posted: list[PostKey] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._platform, name)

    async def post(self, channel_id: str, post: Post, key: PostKey, thread: MessageRef | None = None) -> MessageRef:
        self._attempts += 1
        if self._attempts == self._before:
            self._close()
        ref: MessageRef = await self._platform.post(channel_id, post, key, thread)
        self.posted.append(key)
        return ref


def prove_all(say: Callable[[str], None]) -> list[Outcome]:
    """Close before every message, every way."""
    outcomes = []
    for chat, ways in WAYS.items():
        for name in ways:
            for before in range(1, MESSAGES + 1):
                outcome = asyncio.run(prove_one(chat, name, before))
                for violation in outcome.violations:
                    say(f"{outcome.name}: {violation}")
                outcomes.append(outcome)
    violated = sum(bool(outcome.violations) for outcome in outcomes)
    say(f"{len(outcomes)} closings: {violated} violated")
    return outcomes


async def prove_one(chat: str, way: str, before: int) -> Outcome:
    """One morning whose channel closes before its nth message and is opened a day later."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with _HARNESSES[chat](folder) as harness:
            with closing(Store(folder / "paperlark.db")) as store:
                violations = await _live(harness, store, folder, WAYS[chat][way], before)
    return Outcome(f"{chat}, {way} before message {before}", tuple(violations))


async def _live(harness: Any, store: Store, folder: Path, way: Way, before: int) -> list[str]:
    platform = _Closing(harness.platform, before, lambda: way.close(harness))
    env = _environment(harness, store, folder, platform)
    began = harness.clock.now()
    problems = []
    for look in range(3):
        try:
            await (post_morning(env, CHANNEL, began) if look == 0 else recover_channel(env, CHANNEL))
        except (DeliveryPaused, PlatformError):
            harness.clock.advance(3600)
        except Exception as error:  # noqa: BLE001 - the proof counts whatever is let out
            problems.append(f"{type(error).__name__}: {error}")
        else:
            problems.append("nobody noticed that the channel is closed")
    problems += await _while_closed(store, platform.posted, before)
    way.reopen(harness)
    harness.clock.advance(86_400)
    await recover_channel(env, CHANNEL)
    problems += await _at_last(harness, store, platform.posted, began - timedelta(hours=1))
    return problems


def _environment(harness: Any, store: Store, folder: Path, platform: Any) -> Environment:
    source = FakeSource(harness.clock)
    day = harness.clock.now().date()
    source.announce(day, *some_papers(_PAPERS + _MORE, day.day))
    channel = ChannelSettings(
        platform=harness.platform.name, categories=("cs.CL",), id=harness.channel_id, papers=_PAPERS, more=_MORE
    )
    return Environment(
        settings=Settings(data_dir=folder, channels={CHANNEL: channel}),
        store=store,
        source=source,
        scorer=FakeScorer(),
        embedder=FakeEmbedder(),
        platforms={harness.platform.name: platform},
        clock=harness.clock,
        topics_texts={CHANNEL: "1. Quantization\n - Relevant: low-bit weights\n"},
    )


async def _while_closed(store: Store, posted: Sequence[PostKey], before: int) -> list[str]:
    problems = []
    if len(posted) != before - 1:
        problems.append(f"{len(posted)} messages were posted, not {before - 1}")
    states = Counter(intent.state for intent in await store.ledger.intents(CHANNEL, 1))
    if states != Counter({PostState.SENT: before - 1, PostState.PLANNED: MESSAGES - before + 1}) - Counter():
        problems.append(f"the ledger keeps {dict(states)}")
    if await store.ledger.unfinished(CHANNEL) != (1,):
        problems.append("the digest is called complete")
    return problems


async def _at_last(harness: Any, store: Store, posted: Sequence[PostKey], since: datetime) -> list[str]:
    """What is wrong in the channel after its return, by the chat's own transcript."""
    problems = []
    wanted = [intent.key for intent in await store.ledger.intents(CHANNEL, 1)]
    if list(posted) != wanted:
        problems.append(f"posted in this order: {', '.join(map(str, posted))}")
    messages = await harness.platform.recent(harness.channel_id, since)
    shown = Counter(message.key for message in messages)
    problems += [f"{key} stands {shown[str(key)]} times" for key in wanted if shown[str(key)] != 1]
    header = next((one.ref.message for one in messages if one.key == str(wanted[0])), None)
    threads = Counter(one.ref.thread == header for one in messages if one.ref.thread)
    if threads != Counter({True: _MORE}):
        problems.append(f"{threads} papers stand in the header's thread")
    if await store.ledger.unfinished(CHANNEL):
        problems.append("the digest is not complete")
    return problems
