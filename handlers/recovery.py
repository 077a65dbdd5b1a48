"""Put right what an interruption left: open messages, missed mornings, missed votes, duplicates."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.errors import PlatformError
from bot.models import FeedbackEvent, PostKey, PostRole, RecentMessage, VoteSource
from bot.ports import ChatPlatform
from bot.store_ports import StoredVote
from handlers.delivery import send
from handlers.environment import Environment
from handlers.morning import deliver_unfinished

logger = logging.getLogger(__name__)


async def recover_channel(env: Environment, key: str) -> None:
    """Finish every message of the channel that was written down and not completed, then reconcile.

    Raises:
        DeliveryPaused: a platform does not take them now.
        PlatformError: it cannot be looked at now.
    """
    await deliver_unfinished(env, key)
    for intent in await env.store.ledger.open_intents(key):
        if intent.key.digest == 0:  # notices belong to no digest
            await send(env, intent)
    await reconcile(env, key)


async def reconcile(env: Environment, key: str) -> int:
    """Make the stored votes what the platform shows on recent posts, and delete duplicates; the number of corrections.

    Raises:
        PlatformError: the platform cannot be looked at now.
    """
    channel = env.channel(key)
    platform = env.platforms.get(channel.platform)
    if platform is None:
        return 0
    # Taken before looking: an event that happens while we look is newer and must win.
    looked_at = env.clock.now()
    recent = await platform.recent(channel.id, looked_at - timedelta(days=env.settings.timing.reconcile_days))
    ours = [(parsed, message) for message in recent if (parsed := PostKey.parse(message.key)) and parsed.channel == key]
    votes = [(post, message) for post, message in ours if post.role is PostRole.PAPER]
    stored = await env.store.feedback.on_messages(channel.platform, channel.id, [m.ref.message for _, m in votes])
    events = tuple(_corrections(key, votes, stored, looked_at))
    if events:
        await env.store.feedback.record_events(events, looked_at)
        logger.info("reconciled %d votes of %s", len(events), key)
    await _heal_duplicates(env, platform, ours)
    return len(events)


def _corrections(
    channel: str,
    messages: Sequence[tuple[PostKey, RecentMessage]],
    stored: Sequence[StoredVote],
    looked_at: datetime,
) -> Iterable[FeedbackEvent]:
    """The events that make the stored state of each message what the platform shows."""
    standing: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for vote in stored:
        if vote.added:
            standing[vote.message].add((vote.person, vote.emoji))
    newer = {(vote.message, vote.person, vote.emoji) for vote in stored if vote.order > looked_at.timestamp()}
    # A vote by button is nowhere to be seen on the platform; only its owner takes it back.
    pressed = {(vote.message, vote.person, vote.emoji) for vote in stored if vote.source is VoteSource.BUTTON}
    for post, message in messages:
        shown = {(person, emoji) for emoji, people in message.reactions.items() for person in people}
        known = standing[message.ref.message]
        for person, emoji in sorted(shown ^ known):
            if (message.ref.message, person, emoji) in newer:
                continue
            added = (person, emoji) in shown
            if not added and (message.ref.message, person, emoji) in pressed:
                continue
            yield FeedbackEvent(
                event_id=f"reconciled:{message.ref.message}:{person}:{emoji}:{looked_at.timestamp()}",
                channel=channel,
                arxiv_id=post.subject,
                person=person,
                emoji=emoji,
                added=added,
                at=looked_at,
                order=looked_at.timestamp(),
                source=VoteSource.REACTION,
                digest=post.digest,
                ref=message.ref,
            )


async def _heal_duplicates(
    env: Environment, platform: ChatPlatform, messages: Sequence[tuple[PostKey, RecentMessage]]
) -> None:
    """Of several messages with one key keep the oldest: a request landed after both looks of its settlement."""
    by_key: dict[PostKey, list[RecentMessage]] = defaultdict(list)
    for post, message in messages:
        by_key[post].append(message)
    for post, twins in by_key.items():
        oldest, *younger = sorted(twins, key=lambda message: message.posted_at)
        if not younger:
            continue
        await env.store.ledger.move_ref(post, oldest.ref)
        for message in younger:
            try:
                await platform.delete(message.ref)
            except PlatformError as error:
                logger.warning("%s stands twice and one cannot be deleted: %s", post, error)
            else:
                logger.warning("%s stood twice (it landed very late); the younger message was deleted", post)
