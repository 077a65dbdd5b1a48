"""A reader's own data: forget me, remember me."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.models import Button, Reply
from bot.rendering import NOT_COUNTED, backups_line, forgotten_line, holdings_line
from handlers import forgetting
from handlers.commands.channel import CommandContext
from handlers.environment import Environment

_YES = "me now"


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
    held = await forgetting.forget(env, person)
    backups = backups_line(forgetting.backups_gone_by(env))
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


_HOW_BACK = "To be counted again, write: remember me"
_WHAT_IT_MEANS = (
    "Your votes, your list and your follows and mutes are deleted, and what I learned from them.",
    "Your reactions stay where you left them, but I count no vote of yours any more. You can still ask me anything.",
)
