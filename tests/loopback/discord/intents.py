"""Gateway intents: which events they bring, and which must be allowed first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

INTENTS: Mapping[str, int] = {
    "guilds": 1 << 0, "guild_members": 1 << 1, "guild_moderation": 1 << 2, "guild_expressions": 1 << 3,
    "guild_integrations": 1 << 4, "guild_webhooks": 1 << 5, "guild_invites": 1 << 6, "guild_voice_states": 1 << 7,
    "guild_presences": 1 << 8, "guild_messages": 1 << 9, "guild_message_reactions": 1 << 10,
    "guild_message_typing": 1 << 11, "direct_messages": 1 << 12, "direct_message_reactions": 1 << 13,
    "direct_message_typing": 1 << 14, "message_content": 1 << 15, "guild_scheduled_events": 1 << 16,
    "auto_moderation_configuration": 1 << 20, "auto_moderation_execution": 1 << 21, "guild_message_polls": 1 << 24,
    "direct_message_polls": 1 << 25,
}  # fmt: skip
ALL = sum(INTENTS.values())
PRIVILEGED = ("guild_members", "guild_presences", "message_content")
# The flags that tell an application which of them it may ask for (those of applications in few guilds).
FLAGS: Mapping[str, int] = {"guild_presences": 1 << 13, "guild_members": 1 << 15, "message_content": 1 << 19}

_IN_GUILDS: Mapping[str, str] = {
    "GUILD_CREATE": "guilds", "GUILD_UPDATE": "guilds", "GUILD_DELETE": "guilds", "GUILD_ROLE_CREATE": "guilds",
    "GUILD_ROLE_UPDATE": "guilds", "GUILD_ROLE_DELETE": "guilds", "CHANNEL_CREATE": "guilds",
    "CHANNEL_UPDATE": "guilds", "CHANNEL_DELETE": "guilds", "THREAD_CREATE": "guilds", "THREAD_UPDATE": "guilds",
    "THREAD_DELETE": "guilds", "THREAD_LIST_SYNC": "guilds", "THREAD_MEMBERS_UPDATE": "guilds",
    "GUILD_MEMBER_ADD": "guild_members", "GUILD_MEMBER_REMOVE": "guild_members", "TYPING_START": "guild_message_typing",
    "MESSAGE_CREATE": "guild_messages", "MESSAGE_UPDATE": "guild_messages", "MESSAGE_DELETE": "guild_messages",
    "MESSAGE_DELETE_BULK": "guild_messages", "MESSAGE_REACTION_ADD": "guild_message_reactions",
    "MESSAGE_REACTION_REMOVE": "guild_message_reactions", "MESSAGE_REACTION_REMOVE_ALL": "guild_message_reactions",
    "MESSAGE_REACTION_REMOVE_EMOJI": "guild_message_reactions",
}  # fmt: skip
_IN_DIRECT: Mapping[str, str] = {
    **dict.fromkeys(("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"), "direct_messages"),
    **{name: "direct_message_reactions" for name in _IN_GUILDS if name.startswith("MESSAGE_REACTION")},
}


def needed_for(event: str, *, direct: bool) -> int:
    """The intent without which an event does not come; 0 if it always comes."""
    name = (_IN_DIRECT if direct else _IN_GUILDS).get(event)
    return INTENTS[name] if name else 0


def privileged_in(intents: int) -> set[str]:
    """The privileged ones among these intents."""
    return {name for name in PRIVILEGED if intents & INTENTS[name]}


def flags_of(allowed: Iterable[str]) -> int:
    """The application flags that go with privileged intents."""
    return sum(FLAGS[name] for name in allowed)
