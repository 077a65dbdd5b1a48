"""What the bot must be allowed."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import discord

NEEDED = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    add_reactions=True,
)
LABELS: Mapping[str, str] = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
    "add_reactions": "Add Reactions",
}
OPTIONAL = frozenset({"add_reactions", "attach_files"})  # for seeding, and for charts and lists
_WITH_SENDING = frozenset({"embed_links", "attach_files"})  # Discord takes them away with Send Messages
SCOPES = ("bot", "applications.commands")


def invite_link(application: str) -> str:
    """The address at which a server's manager lets the bot in."""
    query = {"client_id": application, "scope": " ".join(SCOPES), "permissions": NEEDED.value}
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"


def missing(allowed: discord.Permissions) -> tuple[str, ...]:
    """What of the needed is not allowed, by the names of LABELS; what is only missing with another is left out."""
    implied = set() if allowed.send_messages else _WITH_SENDING
    return tuple(name for name in LABELS if not getattr(allowed, name) and name not in implied)
