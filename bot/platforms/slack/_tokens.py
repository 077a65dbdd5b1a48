"""Tell the kinds of Slack's tokens apart, without asking Slack."""

from __future__ import annotations

_BOT, _APP = "xoxb-", "xapp-"
_PAGE = "api.slack.com/apps, your app"


def wrong_kinds(bot_token: str, app_token: str) -> tuple[str, ...]:
    """Say of each token that is none of its kind what to put there; nothing if both look right."""
    if bot_token.startswith(_APP) and app_token.startswith(_BOT):
        return ("SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped; exchange the two values",)
    mistakes = []
    if not bot_token.startswith(_BOT):
        mistakes.append(
            f"SLACK_BOT_TOKEN does not begin with {_BOT}; copy the Bot User OAuth Token: {_PAGE}, OAuth & Permissions"
        )
    if not app_token.startswith(_APP):
        mistakes.append(
            f"SLACK_APP_TOKEN does not begin with {_APP}; make an app-level token with connections:write: {_PAGE}, "
            "Basic Information, App-Level Tokens"
        )
    return tuple(mistakes)
