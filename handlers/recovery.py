"""Put right what an interruption left: open messages, missed mornings, missed votes, duplicates."""

from __future__ import annotations

import logging
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import PlatformError
from bot.models import FeedbackEvent, PostKey, PostRole, RecentMessage, StoredVote, VoteSource
from bot.ports import ChatPlatform
from handlers.environment import Environment
from handlers.morning import deliver_unfinished
from handlers.morning.catching_up import catch_up
from handlers.morning.corrections import correct_headers
from handlers.morning.delivery import DeliveryPaused, send

logger = logging.getLogger(__name__)


async def recover_channel(env: Environment, key: str) -> None:
    """Take up what only the chat knows, finish every message written down and not completed, and reconcile.

    Raises:
        DeliveryPaused: a platform does not take them now; what can be looked at was reconciled all the same.
        PlatformError: it cannot be looked at now.
    """
    await catch_up(env, key)
    put_off: list[DeliveryPaused] = []
    try:
        put_off += await deliver_unfinished(env, key)
        for intent in await env.store.ledger.open_intents(key):
            if intent.key.digest == 0:  # notices belong to no digest
                await send(env, intent)
    except DeliveryPaused as pause:
        put_off.append(pause)
    await reconcile(env, key)
    await correct_headers(env, key)
    if put_off:
        raise put_off[-1]


Ours = Sequence[tuple[PostKey, RecentMessage]]
_Standing = tuple[str, str, str]  # message, person, emoji


async def reconcile(env: Environment, key: str) -> int:
    """Make the stored votes what the platform shows on recent posts, and delete duplicates; the number of corrections.

    Raises:
        PlatformError: the platform cannot be looked at now.
    """
    platform = env.platforms.get(env.channel(key).platform)
    if platform is None:
        return 0
    ours = await _look(env, platform, key)
    before = await _stored(env, key, ours)
    events: tuple[FeedbackEvent, ...] = ()
    if any(_differences(ours, before)):
        # A vote that comes while we look must win, and the clocks of platform and machine do not agree on when that is.
        # What was stored before a look and still stands after it is older than what the look shows.
        ours = await _look(env, platform, key)
        after = await _stored(env, key, ours)
        events = tuple(_corrections(ours, before, after, env.clock.now()))
    if events:
        await env.store.feedback.record_events(events, env.clock.now())
        logger.info("reconciled %d votes of %s", len(events), key)
    await _heal_duplicates(env, platform, ours)
    return len(events)


async def _look(env: Environment, platform: ChatPlatform, key: str) -> Ours:
    since = env.clock.now() - timedelta(days=env.settings.timing.reconcile_days)
    recent = await platform.recent(env.channel(key).id, since)
    ours = [(post, message) for message in recent if (post := PostKey.parse(message.key)) and post.channel == key]
    everybody = {person for _, message in ours for people in message.reactions.values() for person in people}
    unwanted = await env.store.privacy.opted_out(everybody)
    return [(post, _without(message, unwanted)) for post, message in ours]


def _without(message: RecentMessage, unwanted: Collection[str]) -> RecentMessage:
    """The message without the reactions of people who opted out: they are no difference to be put right."""
    if not unwanted:
        return message
    left = {emoji: tuple(one for one in people if one not in unwanted) for emoji, people in message.reactions.items()}
    return replace(message, reactions=left)


async def _stored(env: Environment, key: str, ours: Ours) -> Mapping[_Standing, StoredVote]:
    channel = env.channel(key)
    messages = [message.ref.message for _, message in ours]
    stored = await env.store.feedback.on_messages(channel.platform, channel.id, messages)
    return {(vote.message, vote.person, vote.emoji): vote for vote in stored}


def _differences(
    ours: Ours, stored: Mapping[_Standing, StoredVote]
) -> Iterable[tuple[PostKey, RecentMessage, _Standing, bool]]:
    """Where platform and store disagree: the post, its message, who and what, and whether the platform shows it."""
    for post, message in ours:
        if post.role is not PostRole.PAPER:
            continue
        one = message.ref.message
        shown = {(one, person, emoji) for emoji, people in message.reactions.items() for person in people}
        known = {which for which, vote in stored.items() if which[0] == one and vote.added}
        for which in sorted(shown ^ known):
            # A vote by button is nowhere to be seen on the platform; only its owner takes it back.
            if which in shown or stored[which].source is not VoteSource.BUTTON:
                yield post, message, which, which in shown


def _corrections(
    ours: Ours, before: Mapping[_Standing, StoredVote], after: Mapping[_Standing, StoredVote], at: datetime
) -> Iterable[FeedbackEvent]:
    """The events that make the stored state of each message what the platform shows."""
    for post, message, which, is_shown in _differences(ours, after):
        known = after.get(which)
        if known != before.get(which):
            continue
        # Just behind what it corrects, so that whatever happens next on the platform comes after it.
        order = math.nextafter(known.order, math.inf) if known else message.posted_at.timestamp()
        _, person, emoji = which
        yield FeedbackEvent(
            event_id=f"reconciled:{message.ref.message}:{person}:{emoji}:{order!r}",
            channel=post.channel,
            arxiv_id=post.subject,
            person=person,
            emoji=emoji,
            added=is_shown,
            at=at,
            order=order,
            source=VoteSource.REACTION,
            digest=post.digest,
            ref=message.ref,
        )


async def _heal_duplicates(env: Environment, platform: ChatPlatform, ours: Ours) -> None:
    """Of several messages with one key keep the oldest: a request landed after both looks of its settlement."""
    threads = {message.ref.thread for _, message in ours}
    by_key: dict[PostKey, list[RecentMessage]] = defaultdict(list)
    for post, message in ours:
        by_key[post].append(message)
    for post, twins in by_key.items():
        # A header with a thread takes it along when it goes, so that one stays whatever its age.
        kept, *others = sorted(twins, key=lambda twin: (twin.ref.message not in threads, twin.posted_at))
        if not others:
            continue
        await env.store.ledger.move_ref(post, kept.ref)
        for message in others:
            if post.role is PostRole.PAPER:
                await env.store.feedback.adopt(message.ref, post)
            try:
                await platform.delete(message.ref)
            except PlatformError as error:
                logger.warning("%s stands twice and one cannot be deleted: %s", post, error)
            else:
                logger.warning("%s stood twice (it landed very late); one message was deleted", post)
