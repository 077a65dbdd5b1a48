"""Somebody wants to be forgotten; and what is deleted in time by itself."""

from __future__ import annotations

import logging
from datetime import date, timedelta

from bot.errors import StoreError
from bot.models import Holdings
from handlers.environment import Environment
from handlers.learning import refit

logger = logging.getLogger(__name__)

_LOOKS = 3
_BETWEEN_LOOKS_S = 2.0


async def forget(env: Environment, person: str) -> Holdings:
    """Delete everything about a person, for good, and learn again from the others' votes; returns what there was.

    Deleting is one transaction. What follows it is done again at the next start or morning if it is cut off.
    """
    held = await env.store.privacy.forget(person, env.clock.now())
    for key in held.channels:
        await refit(env, key)
    if not held.is_empty:
        await rebuild(env)
    logger.info("a person was forgotten: %d events and %d rules are deleted", held.events, held.rules)
    return held


def backups_gone_by(env: Environment) -> date | None:
    """The day by which the last nightly backup made so far is rotated away; None where none are made."""
    backup = env.settings.backup
    return env.clock.now().date() + timedelta(days=backup.kept_days) if backup.enabled else None


async def rebuild(env: Environment) -> bool:
    """Rid the database file of what was deleted, if that is owed; whether it is done. The next tidying tries again."""
    if not await env.store.privacy.rebuild_owed():
        return True
    try:
        for look in range(_LOOKS):
            if look:
                await env.clock.sleep(_BETWEEN_LOOKS_S)
            if await env.store.privacy.rebuild():
                return True
    except StoreError as error:
        logger.warning("the database could not be written anew: %s", error)
        return False
    logger.warning("the database could not be written anew: another process reads it all the time")
    return False


async def tidy(env: Environment) -> None:
    """Delete what is older than the settings want, and finish a rebuild that is owed. Repeating it changes nothing."""
    keep_days = env.settings.privacy.keep_days
    if keep_days is not None:
        expired = await env.store.privacy.expire(env.clock.now() - timedelta(days=keep_days))
        if expired:
            logger.info("%d votes and rules older than %d days were deleted", expired, keep_days)
    await rebuild(env)
