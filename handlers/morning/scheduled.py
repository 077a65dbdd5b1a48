"""The morning that was due: posted at its time, or late."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from bot.errors import EmbedderError, ScorerError
from bot.ports import Progress, no_progress
from handlers.environment import Environment
from handlers.listing import Ingested, ingest_due
from handlers.morning.by_hand import BY_HAND
from handlers.morning.catching_up import FOUND, catch_up
from handlers.morning.choosing import edition_of_news, edition_of_nothing, edition_of_rest, empty_edition
from handlers.morning.corrections import correct_headers
from handlers.morning.edition import prepare
from handlers.morning.sending import MOST_DIGESTS, deliver_unfinished, plan_and_deliver
from handlers.morning.situation import Situation, situation_of
from handlers.standing import pause_of

logger = logging.getLogger(__name__)


async def post_morning(env: Environment, key: str, scheduled_for: datetime, progress: Progress = no_progress) -> None:
    """Bring the morning that was due at `scheduled_for` to its end, as far as that is possible now.

    What is there is posted; what is missing is said. Repeating it changes nothing, except that a listing which was
    missing then and is there now is posted as a new message. What an older digest still has open does not hold it up.

    Raises:
        DeliveryPaused: messages are left for recovery.
    """
    if await pause_of(env, key) is not None:
        logger.info("%s is paused: no morning", key)
        return
    await catch_up(env, key)
    put_off = await deliver_unfinished(env, key)
    number = await env.store.ledger.next_number(key)
    timing = env.settings.timing
    ingested = await ingest_due(env, progress, timing.patience_s * timing.scale)
    for _ in range(MOST_DIGESTS):
        if not await _post_next(env, key, scheduled_for, ingested, progress):
            break
    await correct_headers(env, key)
    if put_off and number == await env.store.ledger.next_number(key):
        raise put_off[-1]  # beside a newer digest it is left to the hourly recovery


async def _post_next(
    env: Environment, key: str, scheduled_for: datetime, ingested: Ingested, progress: Progress
) -> bool:
    """Post one digest of what the morning still owes; whether there may be another."""
    situation = await situation_of(env, key, scheduled_for)
    occasion = occasion_of(scheduled_for)
    first = await env.store.ledger.digest_for(key, occasion)
    if situation.days:
        edition = await edition_of_news(env, key, situation, first, occasion)
    elif first is None and not await _came_otherwise(env, key, situation, scheduled_for):
        edition = await edition_of_nothing(env, key, situation, ingested, occasion)
    elif rest := await edition_of_rest(env, key):
        edition = rest
    else:
        return False
    try:
        prepared = await prepare(env, edition, progress)
    except (ScorerError, EmbedderError) as error:
        logger.exception("the papers for %s could not be scored", key)
        if first is None:
            remarks = (f"The papers could not be scored ({error}); they follow as soon as that works.",)
            prepared = await prepare(env, empty_edition(key, situation, occasion, remarks), progress)
            await plan_and_deliver(env, prepared)
        return False
    if edition.adds_to is not None and not prepared.digest.ranked:
        return False  # nothing to show: these papers are late ones of the next morning
    await plan_and_deliver(env, prepared)
    return True


async def _came_otherwise(env: Environment, key: str, situation: Situation, scheduled_for: datetime) -> bool:
    """Whether what this morning would have brought was posted by hand or is in the chat: then it has nothing to say."""
    record = await env.store.ledger.digest_of_day(key, situation.expected)
    since = scheduled_for - timedelta(days=1)
    return record is not None and record.occasion.startswith((BY_HAND, FOUND)) and record.planned_at > since


async def has_begun(env: Environment, key: str, scheduled_for: datetime) -> bool:
    """Whether anything was written down for the morning due at `scheduled_for`."""
    return await env.store.ledger.digest_for(key, occasion_of(scheduled_for)) is not None


def occasion_of(scheduled_for: datetime) -> str:
    """What the ledger calls the morning due at `scheduled_for`; what comes of it later has a name that begins so."""
    return f"morning {_minute(scheduled_for)}"


def _minute(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
