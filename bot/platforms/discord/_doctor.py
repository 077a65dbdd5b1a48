"""What the doctor finds out about Discord, and what to click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

from bot.models import Finding, Severity
from bot.platforms._core.calls import CallError
from bot.platforms.discord._api import Answer, DiscordApi
from bot.platforms.discord._permissions import LABELS, OPTIONAL, invite_link, missing
from bot.platforms.discord._refusals import REMEDIES, TOKEN_REFUSED, UNKNOWN_CHANNEL

_SUBJECT = "discord"
_PORTAL = "discord.com/developers/applications, your app"
_CHANNEL_TYPES = {discord.ChannelType.text.value, discord.ChannelType.news.value}


async def examine(api: DiscordApi, channel_ids: Mapping[str, str]) -> tuple[Finding, ...]:
    """Findings about the token, the app, and each channel (`channel_ids`: key to channel id)."""
    try:
        application: Answer = await api.read("asking about the app", lambda http: http.application_info())
        me = await api.me()
    except CallError as error:
        if error.status == TOKEN_REFUSED:
            return (_problem("DISCORD_TOKEN is not accepted", REMEDIES[str(TOKEN_REFUSED)]),)
        return (_problem(str(error), "check the network, a proxy, and DISCORD_API_URL"),)
    findings = [
        _fine(f"the token is that of the app {application.get('name') or application['id']}"),
        _fine("no privileged intent is needed"),
        _fine(f"invite it with {invite_link(str(application['id']))}"),
    ]
    if application.get("interactions_endpoint_url"):
        findings.append(
            _problem(
                "buttons and commands go to an Interactions Endpoint URL and not to the bot",
                f"empty that field: {_PORTAL}, General Information",
            )
        )
    if not application.get("bot_public", True):
        findings.append(_fine("the app is private: only its owner can invite it"))
    for key, channel_id in channel_ids.items():
        findings += await _channel(api, key, channel_id, me, str(application["id"]))
    return tuple(findings)


async def _channel(api: DiscordApi, key: str, channel_id: str, me: str, application: str) -> list[Finding]:
    if not channel_id.isdecimal():
        return [_problem(f"channel {key}: {channel_id!r} is no channel id", REMEDIES[UNKNOWN_CHANNEL])]
    try:
        channel: Answer = await api.read("asking for the channel", lambda http: http.get_channel(int(channel_id)))
        guild_id = str(channel.get("guild_id") or "")
        if int(channel.get("type", -1)) not in _CHANNEL_TYPES or not guild_id:
            return [
                _problem(
                    f"channel {key} ({_name(channel)}) is no text channel of a server",
                    "choose a text or announcement channel; papers beyond the first get a thread there",
                )
            ]
        guild: Answer = await api.read("asking for the server", lambda http: http.get_guild(int(guild_id)))
        lacking = missing(await api.permissions(channel_id, me))
    except CallError as error:
        invite = f"; if the bot is not on that server, invite it with {invite_link(application)}"
        click = REMEDIES.get(error.code, REMEDIES[UNKNOWN_CHANNEL])
        said = str(error).removesuffix(f"; {click}")
        return [_problem(f"channel {key} ({channel_id}): {said}", click + invite)]
    return _rights(f"channel {key} (#{_name(channel)} on {guild.get('name', 'the server')})", _name(channel), lacking)


def _rights(where: str, channel: str, lacking: Sequence[str]) -> list[Finding]:
    findings = []
    for name in lacking:
        severity = Severity.WARNING if name in OPTIONAL else Severity.PROBLEM
        click = f"in #{channel}: Edit Channel, Permissions, the bot's role, allow {LABELS[name]}"
        findings.append(Finding(severity, _SUBJECT, f"{LABELS[name]} is missing in {where}", click))
    return findings or [_fine(f"everything is allowed in {where}")]


def _name(channel: Answer) -> str:
    return str(channel.get("name") or channel.get("id"))


def _fine(message: str) -> Finding:
    return Finding(Severity.OK, _SUBJECT, message)


def _problem(message: str, remedy: str) -> Finding:
    return Finding(Severity.PROBLEM, _SUBJECT, message, remedy)
