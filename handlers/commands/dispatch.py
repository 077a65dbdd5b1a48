"""Each request to what answers it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace

from bot.models import Reply, Request
from bot.query import COMMANDS, parse_line
from bot.rendering import help_reply
from bot.text import whole
from handlers.ask import Asking, ask
from handlers.commands import mornings, orders, papers, privacy, topics
from handlers.commands.channel import CommandContext, channel_at, channel_for
from handlers.commands.fair_use import is_limited, is_too_much, may_ask, may_search_live
from handlers.environment import Environment

logger = logging.getLogger(__name__)

_OF_NO_CHANNEL = frozenset({"help", "forget", "remember"})  # what is about nobody's channel
_LATER = "Please try again in a while; others ask too."
_VOTES = frozenset({"like", "dislike", "unvote", "save", "unsave"})

Answer = Callable[[Environment, CommandContext], Awaitable[Reply]]


async def answer(env: Environment, request: Request) -> AsyncIterator[Reply]:
    """Answer a request, in one reply or several; an unknown one gets the help.

    A request named "papers" is a whole line, which may be a command or a question.
    """
    key = channel_for(env, request.platform, request.channel_id, request.beside)
    request = replace(request, argument=whole(request.argument), text=whole(request.text))
    suggestion = ""
    if request.name == "papers":
        zone = env.settings.channel_defaults.zone if key is None else env.channel(key).zone
        line = parse_line(request.argument, env.clock.now().astimezone(zone).date())
        request = replace(request, name=line.name, argument=line.argument, arxiv_id=line.arxiv_id)
        suggestion = line.suggestion
    if key is None:
        alone = _ANSWERS[request.name] if request.name in _OF_NO_CHANNEL else _nothing_here
        yield await alone(env, CommandContext(request, ""))
        return
    context = CommandContext(request, key, is_elsewhere=channel_at(env, request.platform, request.channel_id) is None)
    logger.info("request %s in %s", request.name if request.name in _ANSWERS else "ask or unknown", key)
    if request.name == "ask":
        async for reply in _asked(env, context, suggestion):
            yield reply
    elif not is_too_much(env, context):
        yield await _ANSWERS.get(request.name, _help)(env, context)
    elif env.limits.first_refusal(request.person, request.name):
        yield Reply(f"That was a lot for now, so I do not take this one: {request.name}.", (_LATER,))


async def _asked(env: Environment, context: CommandContext, suggestion: str) -> AsyncIterator[Reply]:
    """Answer a question within what its person may ask; what is too much is told once."""
    request = context.request
    asking = Asking(context.channel, request.argument, request.page, context.is_elsewhere, suggestion)
    if not is_limited(env, request.platform):
        async for reply in ask(env, asking):
            yield reply
        return
    with env.limits.asking(request.person) as is_free:
        if is_free and may_ask(env, request.person):
            asking = replace(asking, may_search_live=lambda: may_search_live(env, request.person))
            async for reply in ask(env, asking):
                yield reply
        elif env.limits.first_refusal(request.person, "questions"):
            why = "I am still at your last question." if not is_free else "You asked a lot just now."
            yield Reply(why, (_LATER,))


def is_vote(request: Request) -> bool:
    """Whether a request may change what the channel's readers have said about papers."""
    first = request.argument.split(" ", 1)[0].lower() if request.name == "papers" else request.name
    return first in _VOTES


async def _nothing_here(env: Environment, context: CommandContext) -> Reply:
    del env, context
    return Reply(
        "I bring no papers here yet, so I have nothing to answer from.",
        ("Invite me to a channel and reply to my hello with your topics: then I begin.",),
    )


async def _help(env: Environment, context: CommandContext) -> Reply:
    del env, context
    return help_reply([(command.usage, command.meaning) for command in COMMANDS.values()])


_ANSWERS: Mapping[str, Answer] = {
    "abstract": papers.abstract,
    "why": papers.why,
    "similar": papers.similar,
    "like": papers.like,
    "dislike": papers.dislike,
    "unvote": papers.unvote,
    "save": papers.save,
    "unsave": papers.unsave,
    "saved": papers.saved,
    "share": papers.share,
    "follow": orders.follow,
    "unfollow": orders.unfollow,
    "mute": orders.mute,
    "unmute": orders.unmute,
    "rules": orders.rules,
    "topics": topics.topics,
    "topic form": topics.take_form,
    "stats": mornings.stats,
    "pause": mornings.pause,
    "resume": mornings.resume,
    "forget": privacy.forget,
    "remember": privacy.remember,
    "help": _help,
}
