"""A loopback Discord: REST API, gateway and people, with Discord's limits and every fault it is known for.

By hand: `python -m tests.loopback.discord --port 8200`.
"""

from __future__ import annotations

from tests.loopback.discord.journal import Call, Journal
from tests.loopback.discord.server import TOKEN, LoopbackDiscord

__all__ = ["TOKEN", "Call", "Journal", "LoopbackDiscord"]
