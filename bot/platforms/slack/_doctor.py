"""What the doctor finds out about Slack, and what to click."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files

from bot.models import Finding, Severity
from bot.platforms._core.calls import CallError
from bot.platforms.slack._api import SlackApi
from bot.platforms.slack._refusals import REMEDIES

_SUBJECT = "slack"
_APPS = "api.slack.com/apps"
_AWAY = "check the network and SLACK_API_URL; Slack may have a fault (status.slack.com)"
_OPTIONAL = frozenset({"reactions:write"})  # for seeding, a setting that is off by default


async def examine(api: SlackApi, app_api: SlackApi, channel_ids: Mapping[str, str]) -> tuple[Finding, ...]:
    """Findings about both tokens, the scopes, and each channel (`channel_ids`: key to channel id)."""
    findings = [*await _app_token(app_api)]
    try:
        identity, scopes = await api.scopes()
    except CallError as error:
        remedy = REMEDIES.get(error.code, _where("Install App")) if error.code else _AWAY
        return (*findings, _problem(f"SLACK_BOT_TOKEN: {_said(error)}", remedy))
    findings.append(_fine(f"the bot is {identity.get('user')} in the workspace {identity.get('team')}"))
    findings += _scopes(scopes)
    for key, channel_id in channel_ids.items():
        findings.append(await _channel(api, key, channel_id))
    return tuple(findings)


def wanted_scopes() -> frozenset[str]:
    """The bot scopes of the app's manifest."""
    text = files("bot.platforms").joinpath("slack_manifest.json").read_text(encoding="utf-8")
    return frozenset(json.loads(text)["oauth_config"]["scopes"]["bot"])


async def _app_token(app_api: SlackApi) -> tuple[Finding, ...]:
    try:
        await app_api.read("apps.connections.open")
    except CallError as error:
        make = f"make an app-level token with connections:write: {_where('Basic Information, App-Level Tokens')}"
        remedy = make if error.code in {"missing_scope", "invalid_auth"} else REMEDIES.get(error.code, make)
        remedy = remedy if error.code else _AWAY
        return (_problem(f"SLACK_APP_TOKEN: {_said(error)}", remedy),)
    return (_fine("Socket Mode can be opened"),)


def _scopes(granted: frozenset[str] | None) -> list[Finding]:
    if granted is None:
        compare = f"compare {_where('OAuth & Permissions')}, with the manifest that `paperlark slack manifest` prints"
        return [Finding(Severity.WARNING, _SUBJECT, "Slack does not say which scopes the token has", compare)]
    missing = sorted(wanted_scopes() - granted)
    remedy = f"add it under Bot Token Scopes and reinstall the app: {_where('OAuth & Permissions')}"
    findings = [
        Finding(
            Severity.WARNING if scope in _OPTIONAL else Severity.PROBLEM,
            _SUBJECT,
            f"the scope {scope} is missing",
            remedy,
        )
        for scope in missing
    ]
    return findings or [_fine("every scope is there")]


async def _channel(api: SlackApi, key: str, channel_id: str) -> Finding:
    try:
        info = (await api.read("conversations.info", channel=channel_id)).get("channel") or {}
    except CallError as error:
        return _problem(f"channel {key} ({channel_id}): {_said(error)}", REMEDIES.get(error.code, _AWAY))
    name = f"channel {key} (#{info.get('name', channel_id)})"
    if info.get("is_archived"):
        return _problem(f"{name} is archived", REMEDIES["is_archived"])
    if not info.get("is_member") and not info.get("is_im"):
        return _problem(f"the bot is not in {name}", REMEDIES["not_in_channel"])
    return _fine(f"the bot is in {name}")


def _said(error: CallError) -> str:
    """What went wrong, without what to do about it: a finding says that apart."""
    return str(error).removesuffix(f"; {REMEDIES.get(error.code, '')}")


def _where(page: str) -> str:
    return f"{_APPS}, your app, {page}"


def _fine(message: str) -> Finding:
    return Finding(Severity.OK, _SUBJECT, message)


def _problem(message: str, remedy: str) -> Finding:
    return Finding(Severity.PROBLEM, _SUBJECT, message, remedy)
