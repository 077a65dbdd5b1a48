"""Put headers right: papers of their listing came late or could not be posted, or a doubt was settled."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from bot.errors import PlatformError
from bot.models import DigestRecord, ListingState, PostRole, PostState
from bot.rendering import corrected, header_post
from handlers.environment import Environment
from handlers.listing import admitted_types
from handlers.morning.edition import stored_digest

logger = logging.getLogger(__name__)


async def correct_headers(env: Environment, key: str) -> None:
    """Make the headers of recent digests say what came of their listings. Repeating it changes nothing.

    A header that cannot be edited now is edited the next time.
    """
    oldest = env.clock.now() - timedelta(days=env.settings.timing.catch_up_days)
    for record in await env.store.ledger.digests(key):
        if record.days and record.planned_at >= oldest:
            remarks = await _remarks_now(env, key, record)
            if remarks != record.remarks:
                record_now = replace(record, remarks=remarks)
                shown = await env.store.ledger.ranked(key, record.number)
                await env.store.ledger.correct(record_now, header_post(stored_digest(record_now, shown)))
    await _edit(env, key)


async def _remarks_now(env: Environment, key: str, record: DigestRecord) -> tuple[str, ...]:
    channel = env.channel(key)
    came = await env.store.ledger.came_with(key, channel.categories, admitted_types(channel), record.days)
    listings = env.store.listings
    records = await listings.records(env.source.name, channel.categories, record.days[0], record.days[-1])
    is_settled = not any(one.state is ListingState.PARTIAL for one in records)
    late = {number: papers for number, papers in came.items() if number > record.number}
    intents = await env.store.ledger.intents(key, record.number)
    given_up = sum(one.state is PostState.DROPPED and one.key.role is PostRole.PAPER for one in intents)
    return corrected(record.remarks, late, given_up, is_settled=is_settled)


async def _edit(env: Environment, key: str) -> None:
    platform = env.platforms.get(env.channel(key).platform)
    for intent in await env.store.ledger.to_edit(key):
        if platform is None or intent.ref is None:
            continue
        try:
            await platform.edit(intent.ref, intent.post, intent.key)
        except PlatformError as error:
            logger.warning("%s could not be corrected, the next time it will: %s", intent.key, error)
            continue
        await env.store.ledger.edited(intent)
