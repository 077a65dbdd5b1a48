"""Intended messages become sent ones, each exactly once (docs/design.md).

An intent goes planned → sending → sent. Only a message that certainly was not posted goes back to planned; one whose
answer was lost stays in sending until it was looked for twice.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from bot.errors import ChannelClosed, PlatformError, PostDelayed, PostRefused, PostUncertain
from bot.models import Intent, MessageRef, PostRole, PostState
from bot.ports import ChatPlatform
from handlers.environment import Environment

logger = logging.getLogger(__name__)

# The clocks of a platform and of this machine may differ, and this one may be put right between attempt and look. A key
# is used for one message only, so that looking back far costs time and nothing else.
_CLOCK_SKEW = timedelta(days=1)
_DELAYS_TAKEN = 5


class DeliveryPaused(Exception):
    """A digest could not be sent to its end now. What is left stays written down."""


async def deliver(env: Environment, channel: str, number: int) -> bool:
    """Send what is still open of a digest, in order; True once all of it is sent or given up.

    Raises:
        DeliveryPaused: the platform does not take it now, or another process is sending it.
    """
    header: MessageRef | None = None
    for intent in await env.store.ledger.intents(channel, number):
        ref = intent.ref
        if intent.state in {PostState.PLANNED, PostState.SENDING}:
            ref = await send(env, intent, header if intent.in_thread else None)
        if intent.key.role is PostRole.HEADER:
            header = ref
    if await env.store.ledger.give_back(channel, number):
        logger.warning("nothing of digest %d of %s could be posted; `paperlark backfill` can", number, channel)
    done = await env.store.ledger.finish(channel, number, env.clock.now())
    logger.info("digest %d of %s is %s", number, channel, "complete" if done else "still open")
    return done


async def abandon(env: Environment, channel: str, number: int, reason: str) -> None:
    """Give up the messages of a digest that were not posted; one whose answer was lost is settled first.

    Raises:
        DeliveryPaused: it cannot be looked whether one was posted.
    """
    header: MessageRef | None = None
    for intent in await env.store.ledger.intents(channel, number):
        ref = intent.ref
        if intent.state is PostState.SENDING:
            ref = await settle(env, _platform_of(env, intent), intent, header if intent.in_thread else None)
        if intent.state in {PostState.PLANNED, PostState.SENDING} and ref is None:
            logger.warning("%s is given up: %s", intent.key, reason)
            await env.store.ledger.drop(intent.key, reason)
        if intent.key.role is PostRole.HEADER:
            header = ref


async def send(env: Environment, intent: Intent, thread: MessageRef | None = None) -> MessageRef | None:
    """Bring one intent to its end; the message's reference, or None if it was given up.

    Raises:
        DeliveryPaused: it could not be brought to its end now.
    """
    platform = _platform_of(env, intent)
    if intent.state is PostState.SENDING:
        found = await settle(env, platform, intent, thread)
        if found:
            return found
    for _ in range(_DELAYS_TAKEN):
        if not await env.store.ledger.claim(intent.key, env.clock.now()):
            raise DeliveryPaused(f"{intent.key}: another process is sending it")
        try:
            ref = await platform.post(intent.channel_id, intent.post, intent.key, thread)
        except PostDelayed as error:
            await env.store.ledger.release(intent.key, str(error))
            pause_s = error.retry_after_s or env.settings.timing.retry_s
            logger.warning("%s is put off for %.1f s: %s", intent.key, pause_s, error)
            await env.clock.sleep(pause_s)
        except PostUncertain as error:
            logger.warning("%s: no answer (%s); looking whether it was posted", intent.key, error)
            found = await _settle_now(env, platform, intent, thread)
            if found:
                return found
        except (ChannelClosed, PostRefused) as error:
            await _give_up(env, intent, error)
            return None
        else:
            await env.store.ledger.complete(intent.key, ref, env.clock.now())
            return ref
    raise DeliveryPaused(f"{intent.key}: the platform keeps asking to wait")


def _platform_of(env: Environment, intent: Intent) -> ChatPlatform:
    platform = env.platforms.get(intent.platform)
    if platform is None:
        raise DeliveryPaused(f"{intent.key}: platform {intent.platform} is not running")
    return platform


async def settle(
    env: Environment, platform: ChatPlatform, intent: Intent, thread: MessageRef | None = None
) -> MessageRef | None:
    """Find out what became of a message whose answer was lost; None once it is planned again.

    Waits until `settle_s` after the attempt, then looks twice.

    Raises:
        DeliveryPaused: the platform cannot be looked at now.
    """
    attempted_at = intent.attempted_at or env.clock.now()
    timing = env.settings.timing
    # A clock that jumped back must not turn the wait into days.
    elapsed_s = max(0.0, (env.clock.now() - attempted_at).total_seconds())
    await env.clock.sleep(max(0.0, timing.settle_s - elapsed_s))
    for look in range(2):
        if look:
            await env.clock.sleep(timing.look_gap_s)
        try:
            found = await platform.find(intent.channel_id, intent.key, attempted_at - _CLOCK_SKEW, thread)
        except PlatformError as error:
            raise DeliveryPaused(f"{intent.key}: cannot look whether it was posted ({error})") from error
        if found:
            await env.store.ledger.complete(intent.key, found[0], env.clock.now())
            logger.info("%s had been posted; its lost answer is settled", intent.key)
            return found[0]
    # A request may still land after both looks: the one ambiguity that stays. Reconciliation heals it.
    logger.info("%s was not posted as far as two looks can tell; it is sent again", intent.key)
    await env.store.ledger.release(intent.key, "not found after an attempt without answer", intent.attempts)
    return None


async def _settle_now(
    env: Environment, platform: ChatPlatform, intent: Intent, thread: MessageRef | None
) -> MessageRef | None:
    for current in await env.store.ledger.open_intents(intent.key.channel):
        if current.key == intent.key:
            return await settle(env, platform, current, thread)
    return None


async def _give_up(env: Environment, intent: Intent, error: ChannelClosed | PostRefused) -> None:
    if isinstance(error, ChannelClosed) or intent.key.role is PostRole.HEADER:
        # What a closed channel does not take is sound, and without a header there is no digest: it stays planned.
        await env.store.ledger.release(intent.key, str(error))
        raise DeliveryPaused(f"{intent.key}: refused ({error})") from error
    logger.error("%s was refused and is given up: %s", intent.key, error)
    await env.store.ledger.drop(intent.key, str(error))
