"""Whether a channel's mornings are paused."""

from __future__ import annotations

from bot.models import Pause
from handlers.environment import Environment


async def pause_of(env: Environment, key: str) -> Pause | None:
    """The channel's pause, None if there is none or it is over by now."""
    pause = await env.store.channels.pause(key)
    today = env.clock.now().astimezone(env.channel(key).zone).date()
    return None if pause is None or (pause.until is not None and pause.until <= today) else pause
