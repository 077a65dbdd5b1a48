"""Who may see and write where on Slack, and what they are called."""

from __future__ import annotations

import pytest_asyncio

from bot.ports import KnowsMembers
from tests.loopback.slack.workspace import BOT_USER
from tests.platforms.harnesses import slack_harness


@pytest_asyncio.fixture
async def slack(tmp_path):
    async with slack_harness(tmp_path) as harness:
        yield harness


async def test_only_members_of_a_channel_vote_there_and_share_into_it(slack):
    ben = slack.slack.workspace.add_person("ben")
    assert isinstance(slack.platform, KnowsMembers)
    for asked in (slack.platform.may_see, slack.platform.may_write):
        assert await asked(slack.channel_id, slack.reader)
        assert not await asked(slack.channel_id, ben)
        assert not await asked("C0000", slack.reader)


async def test_who_has_just_joined_is_a_member(slack):
    ben = slack.slack.workspace.add_person("ben")
    assert not await slack.platform.may_write(slack.channel_id, ben)
    channel = slack.slack.workspace.channels[slack.channel_id]
    channel.members.append(ben) if isinstance(channel.members, list) else channel.members.add(ben)
    assert await slack.platform.may_write(slack.channel_id, ben)
    assert BOT_USER in channel.members


async def test_a_person_is_called_by_their_display_name(slack):
    assert await slack.platform.called(slack.channel_id, slack.reader)
    assert await slack.platform.called(slack.channel_id, "U0000") == ""
