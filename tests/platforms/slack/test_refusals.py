"""What each of Slack's codes means for the message it refuses."""

import pytest

from bot.platforms._core.calls import Outcome
from bot.platforms.slack._refusals import outcome_of

CLOSED = (
    "not_in_channel", "channel_not_found", "is_archived", "restricted_action", "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel", "account_inactive", "token_revoked", "token_expired", "missing_scope",
    "invalid_auth", "not_authed", "not_allowed_token_type", "no_permission", "access_denied", "ekm_access_denied",
    "org_login_required", "team_access_not_granted", "messages_tab_disabled", "a_code_of_next_year",
)  # fmt: skip
REFUSED = (
    "invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text", "metadata_too_large",
    "invalid_metadata_format", "invalid_metadata_schema", "too_many_attachments", "invalid_arguments", "thread_not_found",
)  # fmt: skip
LATER = ("ratelimited", "rate_limited", "message_limit_exceeded", "team_added_to_org")
UNKNOWN = ("internal_error", "fatal_error", "service_unavailable", "request_timeout")


@pytest.mark.parametrize(
    ("codes", "outcome"),
    [(CLOSED, Outcome.CLOSED), (REFUSED, Outcome.REFUSED), (LATER, Outcome.LATER), (UNKNOWN, Outcome.UNKNOWN)],
)
def test_each_code_keeps_drops_or_puts_off(codes, outcome):
    assert {code: outcome_of(code) for code in codes} == dict.fromkeys(codes, outcome)
