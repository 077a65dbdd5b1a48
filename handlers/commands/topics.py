"""A channel's topics in chat: shown, edited one at a time, undone."""

from __future__ import annotations

import logging
import re

from bot.models import Button, Form, Reply, TopicsVersion
from bot.text import units
from bot.topics import parse_topics, topic_source, with_topic
from handlers.commands.channel import CommandContext
from handlers.commands.permissions import refusal
from handlers.environment import Environment
from handlers.morning.delivery import DeliveryPaused
from handlers.standing import topics_of
from handlers.topics_file import announce_topics, topic_lines

logger = logging.getLogger(__name__)

_MOST_BUTTONS = 10
_UNDONE = re.compile(r"undo to version (\d+)")


async def topics(env: Environment, context: CommandContext) -> Reply:
    """Show the topics, open one for editing ("edit N"), or go back a version ("undo")."""
    await topics_of(env, context.channel)  # the first question may come before the first morning
    current = await env.store.topics.current(context.channel)
    if current is None:
        return Reply(f"{context.channel} has no topics yet.")
    words = context.request.argument.lower().split()
    if words[:1] == ["undo"]:
        return await _undo(env, context, current)
    if words[:1] == ["edit"] and words[1:]:
        return await _edit(env, context, current, words[1])
    return _shown(context, current)


def _shown(context: CommandContext, current: TopicsVersion) -> Reply:
    understood = parse_topics(current.raw)
    lines = topic_lines(understood)
    numbers = [topic.number for topic in understood.topics][:_MOST_BUTTONS]
    buttons = [Button(f"Edit {number}", "topics", f"edit {number}") for number in numbers]
    if current.version > 1:
        buttons.append(Button("Undo", "topics", "undo"))
    title = f"Topics of {context.channel}, version {current.version} of {current.created_at:%Y-%m-%d}"
    return Reply(title, tuple(lines), buttons=tuple(buttons))


async def _edit(env: Environment, context: CommandContext, current: TopicsVersion, number: str) -> Reply:
    if refused := await refusal(env, context):
        return refused
    source = topic_source(current.raw, int(number)) if number.isdecimal() else None
    if source is None:
        count = len(parse_topics(current.raw).topics)
        reason = f"There are topics 1 to {count}." if count else "I found no topics in this text."
        return Reply(f"Topic {number[:10]} cannot be edited here.", (reason, "The topics file can always be edited."))
    room = context.request.form_room
    if units(source) > room:  # chats count so, and would cut it without a word
        reason = f"It is longer than the {room} characters that a window holds."
        return Reply(f"Topic {number} cannot be edited here.", (reason, "The topics file can always be edited."))
    return Reply(
        f"Topic {number}, as it is written:",
        (*source.splitlines(), "Where there are no forms, edit the topics file instead."),
        form=Form(
            name="topic form",
            argument=f"{number} {current.version}",
            title=f"Topic {number} of {context.channel}",
            label="Leave it empty to take the topic out",
            text=source,
            most=room,
        ),
    )


async def take_form(env: Environment, context: CommandContext) -> Reply:
    """Make what was written into the form a new version; the argument names the topic and the version it came from."""
    if refused := await refusal(env, context):
        return refused
    number, _, version = context.request.argument.partition(" ")
    current = await env.store.topics.current(context.channel)
    if current is None or not number.isdecimal():
        return Reply(f"{context.channel} has no such topic.")
    if version != str(current.version):
        return Reply("Somebody changed the topics in between. Please look at them again and repeat your change.")
    raw = with_topic(current.raw, int(number), context.request.text[: context.request.form_room])
    if raw is None:
        return Reply(
            "Nothing was changed: I would not understand that text as one or more topics.",
            ("A topic begins with its number and title; lines with “- Relevant:” and “- Not relevant:” may follow.",),
        )
    return await _change(env, context, raw, "edited in chat")


async def _undo(env: Environment, context: CommandContext, current: TopicsVersion) -> Reply:
    if refused := await refusal(env, context):
        return refused
    undone = _UNDONE.fullmatch(current.origin)
    shown = int(undone[1]) if undone else current.version
    earlier = [one for one in await env.store.topics.history(context.channel) if one.version < shown]
    target = next((one for one in earlier if one.raw != current.raw), None)
    if target is None:
        return Reply("There is no earlier version to go back to.")
    return await _change(env, context, target.raw, f"undo to version {target.version}")


async def _change(env: Environment, context: CommandContext, raw: str, origin: str) -> Reply:
    version = await env.store.topics.add(context.channel, raw, origin, env.clock.now())
    logger.info("topics of %s: version %d, %s", context.channel, version.version, origin)
    try:
        await announce_topics(env, version)
    except DeliveryPaused as error:
        logger.warning("the announcement of new topics must wait: %s", error)
    return _shown(context, version)
