"""Answers to what people ask: nobody is left without one, and a form that cannot be opened gets a button."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.errors import PaperlarkError, PlatformError
from bot.models import DISLIKE, LIKE, Button, Reply, Request

logger = logging.getLogger(__name__)

_FAULT = "there is a fault in the bot; its log says more"


async def safely(what: str, work: Awaitable[None], show: Callable[[Reply], Awaitable[None]]) -> None:
    """Do this for somebody; whatever fails is logged, and told to them by `show`."""
    try:
        await work
    except PaperlarkError as error:
        logger.warning("%s could not be answered: %s", what, error)
        await _apologise(str(error), show)
    except Exception:  # the edge: one bad answer must not end the listening
        logger.exception("%s could not be answered", what)
        await _apologise(_FAULT, show)


async def _apologise(reason: str, show: Callable[[Reply], Awaitable[None]]) -> None:
    try:
        await show(Reply(title="That did not work", lines=(reason,)))
    except PaperlarkError as error:
        logger.warning("nor could the person be told: %s", error)


def with_opener(reply: Reply, request: Request) -> Reply:
    """The reply with a button in place of its form: pressing it can open what a message cannot."""
    if reply.form is None or not request.name:
        return reply
    opener = Button(f"Open: {reply.form.title}", request.name, request.argument)
    return replace(reply, form=None, buttons=(opener, *reply.buttons))


async def seed(react: Callable[[str], Awaitable[object]]) -> None:
    """Put the first reactions under a post, so that readers need only press them; a post without is as good."""
    try:
        for emoji in (LIKE, DISLIKE):
            await react(emoji)
    except PlatformError as error:
        logger.warning("a post was not seeded with reactions: %s", error)
