"""A reader's own data: forget me, remember me; and what is deleted in time by itself."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from bot.errors import StoreError
from bot.models import Button, Holdings, Reply
from bot.rendering import NOT_COUNTED, backups_line, forgotten_line, holdings_line
from handlers.commands.channel import CommandContext
from handlers.environment import Environment
from handlers.learning import refit

logger = logging.getLogger(__name__)

_YES = "me now"
_LOOKS = 3
_BETWEEN_LOOKS_S = 2.0


async def forget(env: Environment, context: CommandContext) -> Reply:
    """Ask whether it is meant; then delete what is stored of the reader, and store nothing from now on."""
    person = context.request.person
    if context.request.argument != _YES:
        if await is_unwanted(env, person):
            return Reply("I have forgotten you already.", (_HOW_BACK,))
        held = await env.store.privacy.holdings(person)
        return Reply(
            "Shall I forget you?",
            (holdings_line(held), *_WHAT_IT_MEANS, "Press the button, or write: forget me now"),
            buttons=(Button("Yes, forget me", "forget", _YES),),
        )
    held = await forget_person(env, person)
    backups = backups_line(backups_gone_by(env))
    return Reply("You are forgotten.", (forgotten_line(held), backups, _HOW_BACK))


async def remember(env: Environment, context: CommandContext) -> Reply:
    """Count the reader's votes again."""
    if not await env.store.privacy.remember(context.request.person):
        return Reply("I never stopped counting you.", ("forget me would do that.",))
    days = env.settings.timing.reconcile_days
    return Reply(
        "Welcome back: your votes count again.",
        (
            "What was deleted stays deleted.",
            f"Reactions of yours that still stand on posts of the last {days} days are counted within the hour.",
        ),
    )


async def is_unwanted(env: Environment, person: str) -> bool:
    """Whether nothing of this person is to be stored."""
    return bool(await env.store.privacy.opted_out([person]))


def counted(
    answer: Callable[[Environment, CommandContext], Awaitable[Reply]],
) -> Callable[[Environment, CommandContext], Awaitable[Reply]]:
    """Tell a reader who was forgotten how to come back, in place of a command that would store something of them."""

    async def answered(env: Environment, context: CommandContext) -> Reply:
        if await is_unwanted(env, context.request.person):
            return Reply(NOT_COUNTED)
        return await answer(env, context)

    return answered


async def forget_person(env: Environment, person: str) -> Holdings:
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


_HOW_BACK = "To be counted again, write: remember me"
_WHAT_IT_MEANS = (
    "Your votes, your list and your follows and mutes are deleted, and what I learned from them.",
    "Your reactions stay where you left them, but I count no vote of yours any more. You can still ask me anything.",
)
