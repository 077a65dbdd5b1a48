"""What the bot must be allowed, and where it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
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
SCOPES = ("bot", "applications.commands")
_EVERYTHING = discord.Permissions.all()
_ALLOWED_BY_NOTHING = discord.Permissions.none()

Answer = Mapping[str, Any]


def invite_link(application: str) -> str:
    """The address at which a server's manager lets the bot in."""
    query = {"client_id": application, "scope": " ".join(SCOPES), "permissions": NEEDED.value}
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"


def missing(allowed: discord.Permissions) -> tuple[str, ...]:
    """What of the needed is not allowed, by the names of LABELS."""
    return tuple(name for name in LABELS if not getattr(allowed, name))


def in_channel(channel: Answer, guild: Answer, member: Answer) -> discord.Permissions:
    """What a member is allowed in a channel: the roles' permissions, then the channel's own overwrites."""
    user, roles = str(member["user"]["id"]), {str(role) for role in member.get("roles", ())}
    if user == str(guild.get("owner_id")):
        return _EVERYTHING
    everybody = str(guild["id"])
    held = [role for role in guild.get("roles", ()) if str(role["id"]) in roles | {everybody}]
    allowed = _union(int(role["permissions"]) for role in held)
    if allowed & discord.Permissions(administrator=True).value:
        return _EVERYTHING
    overwrites = {str(one["id"]): one for one in channel.get("permission_overwrites") or ()}
    for group in ({everybody}, roles, {user}):
        ours = [overwrites[one] for one in group if one in overwrites]
        allowed &= ~_union(int(one["deny"]) for one in ours)
        allowed |= _union(int(one["allow"]) for one in ours)
    found = discord.Permissions(allowed)
    return found if found.view_channel else _ALLOWED_BY_NOTHING


def _union(values: Iterable[int]) -> int:
    union = 0
    for value in values:
        union |= value
    return union
