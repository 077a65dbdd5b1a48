"""The paths of the REST API, version 10, and the operations behind them."""

from __future__ import annotations

from collections.abc import Mapping

_MESSAGE = "/channels/{channel}/messages/{message}"
_EMOJI = _MESSAGE + "/reactions/{emoji}"
_COMMANDS = "/applications/{application}/commands"
_GUILD_COMMANDS = "/applications/{application}/guilds/{guild}/commands"
_WEBHOOK = "/webhooks/{application}/{token}"

# Where two paths fit, the first counts.
ROUTES: tuple[tuple[str, str, str], ...] = (
    ("GET", "/gateway", "get_gateway"),
    ("GET", "/gateway/bot", "get_gateway_bot"),
    ("GET", "/users/@me", "get_me"),
    ("GET", "/users/@me/guilds", "get_my_guilds"),
    ("DELETE", "/users/@me/guilds/{guild}", "leave_guild"),
    ("POST", "/users/@me/channels", "create_dm"),
    ("GET", "/users/{user}", "get_user"),
    ("GET", "/applications/@me", "get_application"),
    ("GET", "/oauth2/applications/@me", "get_application"),
    ("GET", "/guilds/{guild}", "get_guild"),
    ("GET", "/guilds/{guild}/channels", "get_channels"),
    ("GET", "/guilds/{guild}/roles", "get_roles"),
    ("GET", "/guilds/{guild}/threads/active", "get_active_threads"),
    ("GET", "/guilds/{guild}/members/{user}", "get_member"),
    ("GET", "/channels/{channel}", "get_channel"),
    ("PATCH", "/channels/{channel}", "edit_channel"),
    ("DELETE", "/channels/{channel}", "delete_channel"),
    ("POST", "/channels/{channel}/typing", "typing"),
    ("POST", "/channels/{channel}/threads", "start_thread"),
    ("GET", "/channels/{channel}/threads/archived/public", "get_archived_threads"),
    ("PUT", "/channels/{channel}/thread-members/@me", "join_thread"),
    ("DELETE", "/channels/{channel}/thread-members/@me", "leave_thread"),
    ("GET", "/channels/{channel}/messages", "get_messages"),
    ("POST", "/channels/{channel}/messages", "create_message"),
    ("POST", "/channels/{channel}/messages/bulk-delete", "bulk_delete"),
    ("GET", _MESSAGE, "get_message"),
    ("PATCH", _MESSAGE, "edit_message"),
    ("DELETE", _MESSAGE, "delete_message"),
    ("POST", _MESSAGE + "/threads", "start_thread_from_message"),
    ("DELETE", _MESSAGE + "/reactions", "clear_reactions"),
    ("GET", _EMOJI, "get_reactions"),
    ("DELETE", _EMOJI, "clear_emoji"),
    ("PUT", _EMOJI + "/@me", "add_reaction"),
    ("DELETE", _EMOJI + "/@me", "remove_own_reaction"),
    ("DELETE", _EMOJI + "/{user}", "remove_reaction"),
    ("GET", _COMMANDS, "get_commands"),
    ("PUT", _COMMANDS, "put_commands"),
    ("POST", _COMMANDS, "create_command"),
    ("GET", _COMMANDS + "/{command}", "get_command"),
    ("PATCH", _COMMANDS + "/{command}", "edit_command"),
    ("DELETE", _COMMANDS + "/{command}", "delete_command"),
    ("GET", _GUILD_COMMANDS, "get_commands"),
    ("PUT", _GUILD_COMMANDS, "put_commands"),
    ("POST", _GUILD_COMMANDS, "create_command"),
    ("GET", _GUILD_COMMANDS + "/{command}", "get_command"),
    ("PATCH", _GUILD_COMMANDS + "/{command}", "edit_command"),
    ("DELETE", _GUILD_COMMANDS + "/{command}", "delete_command"),
    ("POST", "/interactions/{interaction}/{token}/callback", "answer_interaction"),
    ("POST", _WEBHOOK, "create_follow_up"),
    ("GET", _WEBHOOK + "/messages/{message}", "get_response"),
    ("PATCH", _WEBHOOK + "/messages/{message}", "edit_response"),
    ("DELETE", _WEBHOOK + "/messages/{message}", "delete_response"),
)

# Who knows the interaction's token, or asks only where the gateway is, needs no other.
OPEN = {
    "get_gateway", "answer_interaction", "create_follow_up", "get_response", "edit_response", "delete_response",
}  # fmt: skip


def major(ids: Mapping[str, str]) -> str:
    """What a bucket counts for itself: the channel, the guild, or the interaction."""
    return ids.get("channel") or ids.get("guild") or ids.get("token") or ""
