"""Intended messages become sent ones, each exactly once (docs/design.md).

An intent goes planned → sending → sent. Only a message that certainly was not posted goes back to planned; one whose
answer was lost stays in sending until it was looked for. What a channel does not take now stays written down, for
however long: only a message that the platform can never take is given up.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.errors import ChannelClosed, HistoryHidden, PlatformError, PostDelayed, PostRefused, PostUncertain
from bot.models import Intent, MessageRef, PostRole, PostState
from bot.ports import ChatPlatform
from handlers.environment import Environment

logger = logging.getLogger(__name__)

# The clocks of a platform and of this machine may differ, and this one may be put right between attempt and look. A key
# is used for one message only, so that looking back far costs time and nothing else.
_CLOCK_SKEW = timedelta(days=1)
_DELAYS_TAKEN = 5
_LONGEST_DELAY_S = 60.0  # what takes longer is not slept through here
_OPEN = frozenset({PostState.PLANNED, PostState.SENDING})


class DeliveryPaused(Exception):
    """A digest could not be sent to its end now. What is left stays written down.

    `retry_after_s` is what the platform asked for, in seconds, or None.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class DeliveryClosed(DeliveryPaused):
    """The channel takes nothing, of this digest or another, until a person opens it again."""


class DeliveryUnseen(DeliveryPaused):
    """Whether one message was posted cannot be seen for want of a right; it is not sent again before it can."""


async def deliver(env: Environment, channel: str, number: int) -> bool:
    """Send what is still open of a digest, in order; True once all of it is sent or given up.

    A message that cannot be seen is left as it is while the others go on.

    Raises:
        DeliveryPaused: the platform does not take it now, or another process is sending it.
    """
    header: MessageRef | None = None
    unseen: DeliveryUnseen | None = None
    intents = await env.store.ledger.intents(channel, number)
    waits_for_header = False
    for intent in intents:
        if intent.in_thread and waits_for_header:
            continue  # its thread is not known yet
        ref = intent.ref
        if intent.state in _OPEN:
            try:
                ref = await send(env, intent, header if intent.in_thread else None)
            except DeliveryUnseen as hidden:
                unseen = hidden
                waits_for_header |= intent.key.role is PostRole.HEADER
        if intent.key.role is PostRole.HEADER:
            header = ref
    if await env.store.ledger.give_back(channel, number):
        logger.warning("nothing of digest %d of %s could be posted; `paperlark backfill` can", number, channel)
    done = await env.store.ledger.finish(channel, number, env.clock.now())
    logger.info("digest %d of %s is %s", number, channel, "complete" if done else "still open")
    if unseen is not None:
        raise unseen
    return done


async def abandon(env: Environment, channel: str, number: int, reason: str) -> None:
    """Give up a digest of which no reader has seen anything; one whose answer was lost is settled first.

    A digest that was begun is left for its end, however old it is.

    Raises:
        DeliveryPaused: it cannot be looked whether one was posted.
    """
    intents = await env.store.ledger.intents(channel, number)
    for intent in intents:
        if intent.state is PostState.SENDING:
            await settle(env, _platform_of(env, intent), intent, _header_of(intents) if intent.in_thread else None)
    intents = await env.store.ledger.intents(channel, number)
    if any(intent.state is PostState.SENT for intent in intents):
        return
    for intent in intents:
        if intent.state in _OPEN:
            logger.warning("%s is given up: %s", intent.key, reason)
            await env.store.ledger.drop(intent.key, reason)


def _header_of(intents: Sequence[Intent]) -> MessageRef | None:
    return next((intent.ref for intent in intents if intent.key.role is PostRole.HEADER), None)


async def send(env: Environment, intent: Intent, thread: MessageRef | None = None) -> MessageRef | None:
    """Bring one intent to its end; the message's reference, or None if it was given up.

    Raises:
        DeliveryPaused: it could not be brought to its end now.
    """
    platform = _platform_of(env, intent)
    if intent.state is PostState.SENDING and (found := await settle(env, platform, intent, thread)):
        return found
    for _ in range(_DELAYS_TAKEN):
        if not await env.store.ledger.claim(intent.key, env.clock.now()):
            raise DeliveryPaused(f"{intent.key}: another process is sending it")
        try:
            ref = await platform.post(intent.channel_id, intent.post, intent.key, thread)
        except PostDelayed as error:
            await _put_off(env, intent, error)
        except PostUncertain as error:
            logger.warning("%s: no answer (%s); looking whether it was posted", intent.key, error)
            if found := await _settle_now(env, platform, intent, thread):
                return found
        except (ChannelClosed, PostRefused) as error:
            barer = await _refused(env, intent, error)
            if barer is None:
                return None
            intent = barer
        else:
            await env.store.ledger.complete(intent.key, ref, env.clock.now())
            return ref
    raise DeliveryPaused(f"{intent.key}: the platform keeps asking to wait")


def _platform_of(env: Environment, intent: Intent) -> ChatPlatform:
    platform = env.platforms.get(intent.platform)
    if platform is None:
        raise DeliveryPaused(f"{intent.key}: platform {intent.platform} is not running")
    return platform


async def _put_off(env: Environment, intent: Intent, error: PostDelayed) -> None:
    await env.store.ledger.release(intent.key, str(error))
    pause_s = error.retry_after_s or env.settings.timing.retry_s
    logger.warning("%s is put off for %.1f s: %s", intent.key, pause_s, error)
    if pause_s > _LONGEST_DELAY_S:
        raise DeliveryPaused(f"{intent.key}: the platform asks to wait {pause_s:.0f} s", pause_s) from error
    await env.clock.sleep(pause_s)


async def _refused(env: Environment, intent: Intent, error: ChannelClosed | PostRefused) -> Intent | None:
    """What is tried instead of a message that can never be posted: a header without its lines. None: it is given up.

    Raises:
        DeliveryClosed: it is the channel that takes nothing now.
        DeliveryPaused: without a header there is no digest.
    """
    if isinstance(error, ChannelClosed):
        await env.store.ledger.release(intent.key, str(error))
        raise DeliveryClosed(f"{intent.key}: the channel takes nothing ({error})") from error
    if intent.key.role is not PostRole.HEADER:
        logger.error("%s was refused and is given up: %s", intent.key, error)
        await env.store.ledger.drop(intent.key, str(error))
        return None
    await env.store.ledger.release(intent.key, str(error))
    if not intent.post.lines:
        raise DeliveryPaused(f"{intent.key}: refused ({error})") from error
    logger.error("%s was refused and goes without its lines: %s", intent.key, error)
    return replace(intent, post=replace(intent.post, text=intent.post.title, lines=()))


async def settle(
    env: Environment, platform: ChatPlatform, intent: Intent, thread: MessageRef | None = None
) -> MessageRef | None:
    """Find out what became of a message whose answer was lost; None once it is planned again.

    Looks at once, and twice more when `settle_s` has passed since the attempt: only then it counts as not posted.

    Raises:
        DeliveryPaused: the platform cannot be looked at now.
    """
    attempted_at = intent.attempted_at or env.clock.now()
    timing = env.settings.timing
    # A clock that jumped back must not turn the wait into days.
    elapsed_s = max(0.0, (env.clock.now() - attempted_at).total_seconds())
    rest_s = max(0.0, timing.settle_s - elapsed_s)
    if rest_s:
        if found := await _look(env, platform, intent, thread, is_last=False):
            return found
        await env.clock.sleep(rest_s)
    for look in range(2):
        if look:
            await env.clock.sleep(timing.look_gap_s)
        if found := await _look(env, platform, intent, thread):
            return found
    # A request may still land after both looks: the one ambiguity that stays. Reconciliation heals it.
    logger.info("%s was not posted as far as two looks can tell; it is sent again", intent.key)
    await env.store.ledger.release(intent.key, "not found after an attempt without answer", intent.attempts)
    return None


async def _look(
    env: Environment, platform: ChatPlatform, intent: Intent, thread: MessageRef | None, *, is_last: bool = True
) -> MessageRef | None:
    """The message if it stands there, which completes its intent; a failure counts only in the last looks.

    Raises:
        DeliveryPaused: the platform cannot be looked at.
    """
    since = (intent.attempted_at or env.clock.now()) - _CLOCK_SKEW
    try:
        found = await platform.find(intent.channel_id, intent.key, since, thread)
    except HistoryHidden as error:
        # Blindness is not absence: what cannot be seen may stand there.
        await env.store.ledger.note(intent.key, str(error))
        raise DeliveryUnseen(f"{intent.key}: cannot see whether it was posted ({error})") from error
    except PlatformError as error:
        if not is_last:
            return None
        raise DeliveryPaused(f"{intent.key}: cannot look whether it was posted ({error})") from error
    if not found:
        return None
    await env.store.ledger.complete(intent.key, found[0], env.clock.now())
    logger.info("%s had been posted; its lost answer is settled", intent.key)
    return found[0]


async def _settle_now(
    env: Environment, platform: ChatPlatform, intent: Intent, thread: MessageRef | None
) -> MessageRef | None:
    for current in await env.store.ledger.open_intents(intent.key.channel):
        if current.key == intent.key:
            return await settle(env, platform, current, thread)
    return None
