"""Discord's permissions: their bits, and who may do what where."""

from __future__ import annotations

from collections.abc import Iterable

# The bits that a bot for texts can meet, by Discord's names.
BITS = {
    "KICK_MEMBERS": 1 << 1,
    "ADMINISTRATOR": 1 << 3,
    "MANAGE_CHANNELS": 1 << 4,
    "MANAGE_GUILD": 1 << 5,
    "ADD_REACTIONS": 1 << 6,
    "VIEW_CHANNEL": 1 << 10,
    "SEND_MESSAGES": 1 << 11,
    "MANAGE_MESSAGES": 1 << 13,
    "EMBED_LINKS": 1 << 14,
    "ATTACH_FILES": 1 << 15,
    "READ_MESSAGE_HISTORY": 1 << 16,
    "MENTION_EVERYONE": 1 << 17,
    "USE_EXTERNAL_EMOJIS": 1 << 18,
    "MANAGE_ROLES": 1 << 28,
    "MANAGE_WEBHOOKS": 1 << 29,
    "USE_APPLICATION_COMMANDS": 1 << 31,
    "MANAGE_THREADS": 1 << 34,
    "CREATE_PUBLIC_THREADS": 1 << 35,
    "CREATE_PRIVATE_THREADS": 1 << 36,
    "SEND_MESSAGES_IN_THREADS": 1 << 38,
}
EVERYTHING = sum(BITS.values())

# What @everyone may do in a guild as Discord makes it.
USUAL = sum(
    BITS[name]
    for name in (
        "ADD_REACTIONS", "VIEW_CHANNEL", "SEND_MESSAGES", "EMBED_LINKS", "ATTACH_FILES", "READ_MESSAGE_HISTORY",
        "MENTION_EVERYONE", "USE_EXTERNAL_EMOJIS", "USE_APPLICATION_COMMANDS", "CREATE_PUBLIC_THREADS",
        "CREATE_PRIVATE_THREADS", "SEND_MESSAGES_IN_THREADS",
    )
)  # fmt: skip


def bits(names: Iterable[str] | int) -> int:
    """Permissions by name as one number; a number stays what it is.

    Raises:
        KeyError: a name that Discord does not have, or that this server does not know.
    """
    return names if isinstance(names, int) else sum(BITS[name] for name in set(names))


def combined(base: int, overwrites: Iterable[tuple[int, int]]) -> int:
    """Permissions after each (allow, deny) of a channel, in order. An administrator may do everything."""
    if base & BITS["ADMINISTRATOR"]:
        return EVERYTHING
    for allow, deny in overwrites:
        base = base & ~deny | allow
    # Without these two nothing else counts.
    if not base & BITS["VIEW_CHANNEL"]:
        return 0
    if not base & BITS["SEND_MESSAGES"]:
        base &= (
            ~(BITS["EMBED_LINKS"] | BITS["ATTACH_FILES"] | BITS["MENTION_EVERYONE"]) | BITS["SEND_MESSAGES_IN_THREADS"]
        )
    return base
