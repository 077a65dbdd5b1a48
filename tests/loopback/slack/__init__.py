"""A loopback Slack: Web API, Socket Mode and people, with Slack's limits and every fault it is known for.

By hand: `python -m tests.loopback.slack --port 8100`.
"""

from __future__ import annotations

from tests.loopback.slack.journal import Call, Journal
from tests.loopback.slack.server import APP_TOKEN, BOT_TOKEN, LoopbackSlack

__all__ = ["APP_TOKEN", "BOT_TOKEN", "Call", "Journal", "LoopbackSlack"]
