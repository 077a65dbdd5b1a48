"""What Slack's error codes mean for the call they answer, and what to do about them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.platforms._core.calls import Outcome

# Slack says of these that part of the work may have been done.
_UNKNOWN = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout", "unknown_error"})
_LATER = frozenset(
    {"ratelimited", "rate_limited", "message_limit_exceeded", "team_added_to_org", "external_channel_migrating"}
)
# The message itself is at fault, or what it replies to is gone.
_REFUSED = frozenset(
    {
        "no_text", "msg_too_long", "msg_blocks_too_long", "markdown_text_conflict", "metadata_too_large",
        "too_many_attachments", "too_many_contact_cards", "attachment_payload_limit_exceeded", "invalid_json",
        "json_not_object", "missing_charset", "superfluous_charset", "thread_not_found", "message_not_found",
        "cannot_reply_to_message", "cant_update_message", "cant_delete_message",
    }
)  # fmt: skip
_REFUSED_BEGINNINGS = (
    "invalid_blocks", "invalid_attachments", "invalid_metadata", "invalid_arg", "invalid_array", "invalid_charset",
    "invalid_form", "invalid_post_type", "missing_post_type", "slack_connect_",
)  # fmt: skip
TOKEN_REFUSED = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"}
)
NO_THREADS = "restricted_action_non_threadable_channel"

REMEDIES: Mapping[str, str] = {
    "not_in_channel": "invite the bot: type /invite @paperlark in the channel",
    "channel_not_found": "check the channel's id (its details, at the bottom) and invite the bot, if it is private",
    "is_archived": "unarchive the channel, or take it out of the settings",
    "restricted_action": "ask an administrator to let the app post: the channel's settings, Posting Permissions",
    "restricted_action_read_only_channel": "let the app post: the channel's settings, Posting Permissions",
    "invalid_auth": "copy the token again from api.slack.com/apps, and restart",
    "not_authed": "set the token in the environment, and restart",
    "account_inactive": "install the app in the workspace again, and copy the new token",
    "token_revoked": "install the app in the workspace again, and copy the new token",
    "token_expired": "switch token rotation off in the app's settings, or copy a new token",
    "not_allowed_token_type": "SLACK_BOT_TOKEN begins with xoxb-, SLACK_APP_TOKEN with xapp-: they may be swapped",
    "missing_scope": "add the scope under OAuth & Permissions at api.slack.com/apps, and reinstall the app",
}


def outcome_of(code: str) -> Outcome:
    """What a refused call has done.

    A code that nobody has listed counts as a closed door: what waits behind it is kept, and a person is told.
    """
    if code in _LATER:
        return Outcome.LATER
    if code in _UNKNOWN:
        return Outcome.UNKNOWN
    is_refused = code in _REFUSED or code.startswith(_REFUSED_BEGINNINGS)
    return Outcome.REFUSED if is_refused else Outcome.CLOSED
