"""Starts the loopback Discord by hand."""

from __future__ import annotations

import argparse
import asyncio
import time
from datetime import UTC, datetime

from tests.loopback.discord.faults import KINDS
from tests.loopback.discord.intents import PRIVILEGED
from tests.loopback.discord.server import LoopbackDiscord
from tests.loopback.discord.world import BOT_USER


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.loopback.discord", description="Discord on this machine.")
    parser.add_argument("--port", type=int, default=8200)
    parser.add_argument("--now", type=_moment, help="simulated time at the start; it moves on (default: the real time)")
    parser.add_argument("--pace", type=float, default=1.0, help="multiplies every limit and wait")
    parser.add_argument("--channel", action="append", default=[], help="a channel's name; may be repeated")
    parser.add_argument(
        "--intent", action="append", default=[], choices=PRIVILEGED, help="a privileged intent to allow"
    )
    parser.add_argument(
        "--outside", action="store_true", help="the app is in no server yet: /_do/invite brings it there"
    )
    parser.add_argument(
        "--fault", action="append", default=[], metavar="KIND[:OPERATION[:TIMES]]", help=f"kinds: {', '.join(KINDS)}"
    )
    return parser.parse_args()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def _serve(options: argparse.Namespace) -> None:
    shift = options.now.timestamp() - time.time() if options.now else 0.0
    discord = LoopbackDiscord(
        now=lambda: time.time() + shift, pace=options.pace, privileged=options.intent, port=options.port
    )
    ada, ben = discord.world.add_person("ada"), discord.world.add_person("ben")
    guild = discord.world.add_guild("readers", ada, [ben], with_bot=not options.outside)
    for text in options.fault:
        kind, operation, times = [*text.split(":"), "", ""][:3]
        discord.fault(kind, operation or "create_message", times=int(times or 1))
    async with discord:
        print(f"server readers: {guild}")
        for name in options.channel or ["papers"]:
            print(f"channel #{name}: {discord.world.add_channel(guild, name)}")
        print(f"people: ada {ada} (owns the server), ben {ben}; the app {BOT_USER}")
        print(f"export DISCORD_API_URL={discord.api_url} DISCORD_TOKEN={discord.token}")
        print(f"read:  curl {discord.base}/_transcript      watch: curl {discord.base}/_journal")
        print(
            f"""act:   curl {discord.base}/_do/say -d '{{"user": "{ada}", "channel_id": "…", "text": "…"}}'"""
            "   (tests/loopback/discord/people.py lists the acts)",
            flush=True,
        )
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(_serve(_options()))
    except KeyboardInterrupt:
        print("stopped")
