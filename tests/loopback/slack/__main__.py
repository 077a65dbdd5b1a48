"""Starts the loopback Slack by hand."""

from __future__ import annotations

import argparse
import asyncio
import time
from datetime import UTC, datetime

from tests.loopback.slack.faults import KINDS
from tests.loopback.slack.server import LoopbackSlack
from tests.loopback.slack.workspace import BOT_USER


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.loopback.slack", description="Slack on this machine.")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--now", type=_moment, help="simulated time at the start; it moves on (default: the real time)")
    parser.add_argument("--pace", type=float, default=1.0, help="multiplies every limit and wait")
    parser.add_argument("--channel", action="append", default=[], help="a channel's name; may be repeated")
    parser.add_argument(
        "--outside", action="store_true", help="the app is in no channel yet: /_do/invite brings it there"
    )
    parser.add_argument(
        "--fault", action="append", default=[], metavar="KIND[:METHOD[:TIMES]]", help=f"kinds: {', '.join(KINDS)}"
    )
    return parser.parse_args()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def _serve(options: argparse.Namespace) -> None:
    shift = options.now.timestamp() - time.time() if options.now else 0.0
    slack = LoopbackSlack(now=lambda: time.time() + shift, pace=options.pace, port=options.port)
    ada = slack.workspace.add_person("ada", is_admin=True)
    ben = slack.workspace.add_person("ben")
    for text in options.fault:
        kind, method, times = [*text.split(":"), "", ""][:3]
        slack.fault(kind, method or "chat.postMessage", times=int(times or 1))
    async with slack:
        for name in options.channel or ["papers"]:
            members = [ben] if options.outside else [ben, BOT_USER]
            print(f"channel #{name}: {slack.workspace.add_channel(name, ada, members)}")
        print(f"people: ada {ada} (admin, made the channels), ben {ben}; the app {BOT_USER}")
        print(
            f"export SLACK_API_URL={slack.api_url} SLACK_BOT_TOKEN={slack.bot_token} SLACK_APP_TOKEN={slack.app_token}"
        )
        print(f"read:  curl {slack.base}/_transcript      watch: curl {slack.base}/_journal")
        print(
            f"""act:   curl {slack.base}/_do/say -d '{{"user": "{ada}", "channel_id": "C…", "text": "…"}}'"""
            "   (say, react, unreact, press, invite, kick, archive, slash)",
            flush=True,
        )
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(_serve(_options()))
    except KeyboardInterrupt:
        print("stopped")
