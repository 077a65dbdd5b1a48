"""Commands about a channel's mornings: stats, pause, resume."""

from __future__ import annotations

import asyncio
import logging
from datetime import date

from bot.models import Attachment, Intent, Pause, PostKey, PostRole, PostState, Reply
from bot.rendering import long_date, notice_post, stats_chart, stats_reply
from handlers.commands.channel import CommandContext
from handlers.commands.permissions import refusal
from handlers.commands.stats import stats as gather
from handlers.environment import Environment
from handlers.morning.delivery import DeliveryPaused, send
from handlers.standing import pause_of

logger = logging.getLogger(__name__)


async def stats(env: Environment, context: CommandContext) -> Reply:
    """What the bot believes and how it fares, with the chart."""
    found = await gather(env, context.channel)
    reply = stats_reply(
        found.channel,
        found.topics,
        found.record,
        more=found.more,
        less=found.less,
        learned_weight=found.learned_weight,
        guard=found.guard,
        lists=found.lists,
    )
    if not found.record.weeks:
        return reply
    chart = await asyncio.to_thread(stats_chart, found.channel, found.record)
    return Reply(reply.title, reply.lines, attachment=Attachment(f"{found.channel}-stats.png", chart))


async def pause(env: Environment, context: CommandContext) -> Reply:
    """No mornings from now on, until a date or until `resume`."""
    if refused := await refusal(env, context):
        return refused
    now = env.clock.now()
    until = _date_of(context.request.argument)
    today = now.astimezone(env.channel(context.channel).zone).date()
    if context.request.argument and (until is None or until <= today):
        return Reply("Until when? Write pause until 2026-12-24, a day to come, or just pause.")
    await env.store.channels.set_pause(context.channel, Pause(now, until, context.request.person))
    end = f"The first morning after it is that of {long_date(until)}." if until else "`resume` begins them again."
    await _tell(env, context, f"pause-{now.timestamp()}", "⏸ No mornings for a while: a reader paused me.", end)
    return Reply(f"Paused: no mornings in {context.channel}.", (end, "Listings are read all the same."))


async def resume(env: Environment, context: CommandContext) -> Reply:
    """Mornings again."""
    if refused := await refusal(env, context):
        return refused
    if await pause_of(env, context.channel) is None:
        return Reply(f"{context.channel} is not paused.")
    now = env.clock.now()
    await env.store.channels.set_pause(context.channel, None)
    what = "What was missed comes with the next morning, as far back as my settings allow."
    await _tell(env, context, f"resume-{now.timestamp()}", "▶ Mornings again: a reader ended the pause.", what)
    return Reply(f"Mornings again in {context.channel}.", (what,))


def _date_of(argument: str) -> date | None:
    try:
        return date.fromisoformat(argument.removeprefix("until ").strip())
    except ValueError:
        return None


async def _tell(env: Environment, context: CommandContext, subject: str, title: str, line: str) -> None:
    """Tell the channel, through the ledger; what cannot be sent now is left for recovery."""
    channel = env.channel(context.channel)
    intent = Intent(
        key=PostKey(context.channel, 0, PostRole.NOTICE, subject),
        sequence=0,
        state=PostState.PLANNED,
        platform=channel.platform,
        channel_id=channel.id,
        post=notice_post(title, (line,)),
        in_thread=False,
    )
    await env.store.ledger.add_intents([intent])
    try:
        await send(env, intent)
    except DeliveryPaused as error:
        logger.warning("a notice must wait: %s", error)
