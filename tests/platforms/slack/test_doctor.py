"""What the doctor says of Slack: the fault by its name, and what to click."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot.errors import SettingsError, TokenRefused
from bot.models import Severity
from bot.platforms import PLATFORMS
from bot.platforms.slack import SlackPlatform
from bot.platforms.slack._doctor import _scopes
from bot.settings import ChannelSettings, Settings
from tests.fakes import FakeClock, FakeInbox
from tests.loopback.slack import APP_TOKEN, BOT_TOKEN, LoopbackSlack
from tests.loopback.slack.workspace import BOT_USER


@pytest_asyncio.fixture
async def slack():
    async with LoopbackSlack() as slack:
        yield slack


async def problems(slack, bot_token=BOT_TOKEN, app_token=APP_TOKEN, channel_ids=None):
    """The doctor's findings that are not fine, as text."""
    platform = SlackPlatform(
        FakeClock(),
        bot_token=SecretStr(bot_token),
        app_token=SecretStr(app_token),
        api_url=slack.api_url,
        channel_ids=channel_ids,
    )
    findings = await platform.check()
    assert all(finding.remedy for finding in findings if finding.severity is not Severity.OK)
    assert not any(finding.remedy and finding.remedy in finding.message for finding in findings), "said twice"
    return [f"{one.severity}: {one.message} → {one.remedy}" for one in findings if one.severity is not Severity.OK]


async def test_a_sound_app_has_no_problems(slack):
    ada = slack.workspace.add_person("ada")
    channel = slack.workspace.add_channel("papers", ada, [BOT_USER])
    assert await problems(slack, channel_ids={"papers": channel}) == []


async def test_wrong_tokens_are_told_apart(slack):
    (problem,) = await problems(slack, bot_token="xoxb-wrong")
    assert "SLACK_BOT_TOKEN" in problem
    assert "invalid_auth" in problem
    (problem,) = await problems(slack, app_token="xapp-wrong")
    assert "SLACK_APP_TOKEN" in problem
    assert problem.count("token again") == 0, "one remedy, and that of this token"


async def test_an_app_token_without_its_scope_is_named(slack):
    slack.app_scopes.clear()
    (problem,) = await problems(slack)
    assert "SLACK_APP_TOKEN" in problem
    assert "connections:write" in problem


async def test_every_missing_scope_is_named(slack):
    slack.methods.scopes -= {"reactions:read", "channels:history", "reactions:write"}
    found = await problems(slack)
    assert ["channels:history" in found[0], "reactions:read" in found[1], "reactions:write" in found[2]] == [True] * 3
    assert [one.split(":")[0] for one in found] == ["problem", "problem", "warning"]
    assert all("reinstall" in one for one in found)


async def test_channels_the_bot_cannot_use_are_named_with_what_to_do(slack):
    ada = slack.workspace.add_person("ada")
    outside = slack.workspace.add_channel("outside", ada)
    hidden = slack.workspace.add_channel("hidden", ada, is_private=True)
    old = slack.workspace.add_channel("old", ada, [BOT_USER], is_archived=True)
    found = await problems(slack, channel_ids={"a": outside, "b": hidden, "c": old})
    assert "not in channel a (#outside)" in found[0]
    assert "/invite @paperlark" in found[0]
    assert "channel_not_found" in found[1]
    assert "archived" in found[2]


async def test_an_unreachable_slack_is_a_problem_and_no_crash(slack):
    await slack.stop()
    found = await problems(slack)
    assert len(found) == 2
    assert all("cannot be reached" in one for one in found)
    await slack.start()


@pytest.mark.parametrize("tokens", [{"slack_bot_token": "xoxb-1"}, {"slack_app_token": "xapp-1"}])
def test_one_token_alone_is_a_mistake_in_the_settings(tokens):
    settings = Settings(**tokens, channels={"a": ChannelSettings(platform="slack", id="C1")})
    with pytest.raises(SettingsError, match=r"SLACK_(APP|BOT)_TOKEN is not set"):
        PLATFORMS["slack"](settings, FakeClock())


@pytest.mark.parametrize("tokens", [("xoxb-wrong", APP_TOKEN), (BOT_TOKEN, "xapp-wrong")])
async def test_a_token_that_slack_refuses_for_good_is_an_error_of_its_own(slack, tokens):
    bot_token, app_token = map(SecretStr, tokens)
    platform = SlackPlatform(FakeClock(), bot_token=bot_token, app_token=app_token, api_url=slack.api_url)
    with pytest.raises(TokenRefused, match="invalid_auth; copy the token again"):
        await asyncio.wait_for(platform.run(FakeInbox()), 20)


def test_scopes_that_slack_does_not_tell_are_no_missing_ones():
    (finding,) = _scopes(None)
    assert (finding.severity, finding.message) == (
        Severity.WARNING,
        "Slack does not say which scopes the token has",
    )
