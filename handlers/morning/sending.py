"""Digests written down, then sent; and those that an interruption left open."""

from __future__ import annotations

import logging
from datetime import timedelta

from handlers.environment import Environment
from handlers.morning.corrections import correct_headers
from handlers.morning.delivery import DeliveryClosed, DeliveryPaused, abandon, deliver
from handlers.morning.edition import Prepared

logger = logging.getLogger(__name__)

# More than the listing days that are ever caught up one by one, and room for losing to another process.
MOST_DIGESTS = 70


async def deliver_unfinished(env: Environment, key: str) -> tuple[DeliveryPaused, ...]:
    """Send what earlier digests of the channel still have open, oldest first; returns why some of it must wait.

    No digest waits for another. One that nobody has seen anything of is given up when it is too old to be news.

    Raises:
        DeliveryClosed: the channel takes nothing at all.
    """
    oldest = env.clock.now() - timedelta(days=env.settings.timing.catch_up_days)
    planned = {record.number: record.planned_at for record in await env.store.ledger.digests(key)}
    put_off = []
    for number in await env.store.ledger.unfinished(key):
        try:
            if number not in planned or planned[number] < oldest:
                await abandon(env, key, number, f"older than {env.settings.timing.catch_up_days} days")
            await deliver(env, key, number)
        except DeliveryClosed:
            raise
        except DeliveryPaused as pause:
            logger.warning("digest %d of %s must wait: %s", number, key, pause)
            put_off.append(pause)
    return tuple(put_off)


async def plan_and_deliver(env: Environment, prepared: Prepared) -> bool:
    """Write the digest down, then send it; False if another process wrote one down first."""
    if not await env.store.ledger.plan(prepared.plan):
        return False
    record = prepared.plan.record
    logger.info(
        "planned digest %d of %s: %d of %d relevant papers", record.number, record.channel,
        len(prepared.plan.shown), record.totals.relevant,
    )  # fmt: skip
    await deliver(env, record.channel, record.number)
    await correct_headers(env, record.channel)
    return True
