"""What the doctor says about Discord, and what to click."""

from urllib.parse import parse_qs, urlsplit

import discord
import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot.models import Severity
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord._permissions import LABELS, NEEDED
from tests.fakes import FakeClock
from tests.loopback.discord import TOKEN, LoopbackDiscord


@pytest_asyncio.fixture
async def server():
    async with LoopbackDiscord(pace=0.0) as server:
        yield server


def a_guild(server, permissions=NEEDED.value):
    """A server whose members may do nothing by themselves, and its channel."""
    owner = server.world.add_person("olga")
    guild = server.world.add_guild("Reading group", owner, bot_permissions=permissions, everyone=0)
    return guild, server.world.add_channel(guild, "papers")


async def examined(server, channel_ids=None, token=TOKEN):
    platform = DiscordPlatform(FakeClock(), token=SecretStr(token), api_url=server.api_url, channel_ids=channel_ids)
    return await platform.check()


def problems(findings):
    return [finding for finding in findings if finding.severity is Severity.PROBLEM]


async def test_the_invite_link_asks_for_exactly_what_is_needed(server):
    findings = await examined(server)
    (link,) = (finding.message.removeprefix("invite it with ") for finding in findings if "invite" in finding.message)
    query = parse_qs(urlsplit(link).query)
    assert query["scope"] == ["bot applications.commands"]
    assert query["client_id"] == ["1100000000000000001"]
    wanted = discord.Permissions(int(query["permissions"][0]))
    assert wanted.value == sum(getattr(discord.Permissions, name).flag for name in LABELS)
    assert not wanted.administrator


async def test_a_channel_where_everything_is_allowed_is_fine(server):
    _, channel_id = a_guild(server)
    findings = await examined(server, {"reading": channel_id})
    assert problems(findings) == []
    assert any("everything is allowed in channel reading (#papers on Reading group)" in one.message for one in findings)


@pytest.mark.parametrize("name", sorted(LABELS))
async def test_each_permission_that_is_missing_is_named_with_where_to_allow_it(server, name):
    lacking = discord.Permissions(NEEDED.value)
    setattr(lacking, name, False)
    _, channel_id = a_guild(server, lacking.value)
    findings = [one for one in await examined(server, {"reading": channel_id}) if one.severity is not Severity.OK]
    assert findings
    if name != "view_channel":  # without it the channel cannot even be asked for
        (finding,) = findings
        assert f"{LABELS[name]} is missing" in finding.message
        assert "#papers: Edit Channel, Permissions" in finding.remedy
        is_optional = name in {"add_reactions", "attach_files"}
        assert finding.severity is (Severity.WARNING if is_optional else Severity.PROBLEM)


async def test_what_a_channel_forbids_is_seen_although_the_server_allows_it(server):
    guild, channel_id = a_guild(server)
    server.people.permit(channel_id, server.people.bot_role(guild), deny=["EMBED_LINKS"])
    assert any("Embed Links is missing" in one.message for one in await examined(server, {"reading": channel_id}))


@pytest.mark.parametrize("channel_id", ["#papers", "123456789012345678"])
async def test_a_channel_that_cannot_be_found_says_how_to_copy_its_id(server, channel_id):
    (finding,) = problems(await examined(server, {"reading": channel_id}))
    assert "channel reading" in finding.message
    assert "Copy Channel ID" in finding.remedy
    assert "Copy Channel ID" not in finding.message, "said once"


async def test_a_thread_is_no_channel_for_mornings(server):
    guild, _ = a_guild(server)
    category = server.world.add_channel(guild, "rooms", kind=4)
    (finding,) = problems(await examined(server, {"reading": category}))
    assert "no text channel" in finding.message


async def test_a_wrong_token_is_one_problem_that_does_not_show_it(server):
    (finding,) = await examined(server, {"reading": "1"}, token="secret.token")
    assert finding.severity is Severity.PROBLEM
    assert "DISCORD_TOKEN" in finding.message
    assert "reset the token" in finding.remedy
    assert "secret" not in f"{finding}"


async def test_a_server_out_of_reach_is_a_problem_with_a_remedy():
    platform = DiscordPlatform(FakeClock(), token=SecretStr("token"), api_url="http://127.0.0.1:9")
    (finding,) = await platform.check()
    assert "cannot be reached" in finding.message
    assert "DISCORD_API_URL" in finding.remedy
