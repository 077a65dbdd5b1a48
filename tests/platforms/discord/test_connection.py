"""The connection over real sockets: resumed, opened anew, lost, refused."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr

from bot.errors import PlatformError, TokenRefused
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord._connection import Connection
from bot.platforms.discord._wire import Endpoint
from tests.fakes import START, FakeClock, FakeInbox
from tests.loopback.discord import TOKEN, LoopbackDiscord
from tests.platforms.discord.loopback import connected
from tests.platforms.posts import a_key, a_paper_post, until


async def posted(wire, arxiv_id="2505.03801"):
    return await wire.platform.post(wire.channel_id, a_paper_post(arxiv_id=arxiv_id), a_key(arxiv_id))


def react(wire, ref, emoji="👍"):
    return wire.discord.people.react(wire.reader, ref.thread or ref.channel_id, ref.message, emoji)


async def reconnected(wire, times=2):
    await until(lambda: len(wire.inbox.reconnections) == times, 30)


@asynccontextmanager
async def living(run):
    task = asyncio.create_task(run)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_connection_that_breaks_off_is_resumed_and_what_happened_meanwhile_arrives(wire):
    ref = await posted(wire)
    wire.discord.gateway.cut()
    react(wire, ref)
    await reconnected(wire)
    await until(lambda: wire.inbox.votes)
    assert wire.platform.status().connected
    assert wire.discord.gateway.identified == 1


async def test_a_session_that_cannot_be_resumed_begins_anew_and_the_next_look_sees_the_missed_vote(wire):
    ref = await posted(wire)
    await wire.discord.outage()
    react(wire, ref)
    await until(lambda: not wire.platform.status().connected)
    wire.discord.recover()
    await reconnected(wire)
    assert wire.inbox.votes == []
    (recent,) = await wire.platform.recent(wire.channel_id, START)
    assert dict(recent.reactions) == {"👍": (wire.reader,)}
    assert wire.discord.gateway.identified == 2


async def test_being_asked_to_reconnect_loses_nothing(wire):
    ref = await posted(wire)
    await wire.discord.gateway.ask_to_reconnect()
    await reconnected(wire)
    react(wire, ref)
    await until(lambda: wire.inbox.votes)
    assert wire.discord.gateway.identified == 1


async def test_a_new_session_greets_nobody_again_and_sends_no_commands(wire):
    invited = list(wire.inbox.invitations)
    await wire.discord.gateway.invalidate()
    await reconnected(wire)
    await wire.discord.people.settle()
    assert (wire.inbox.invitations, wire.inbox.removals) == (invited, [])
    assert sum(call.operation == "put_commands" for call in wire.discord.journal.calls) == 1


async def test_a_wrong_token_is_told_in_words(wire):
    clock = FakeClock()
    platform = DiscordPlatform(clock, token=SecretStr("wrong"), api_url=wire.discord.api_url)
    with pytest.raises(TokenRefused, match="DISCORD_TOKEN is not accepted; reset the token"):
        await platform.run(FakeInbox())
    assert not platform.status().connected
    assert "wrong" not in str(await platform.check())


async def test_a_token_that_is_taken_away_ends_the_connection_with_a_reason():
    async with LoopbackDiscord(pace=0.0) as server:
        platform, inbox = DiscordPlatform(FakeClock(), token=SecretStr(TOKEN), api_url=server.api_url), FakeInbox()
        async with living(platform.run(inbox)) as task:
            await until(lambda: inbox.reconnections)
            server.token = "another"
            await server.gateway.close(4004)
            with pytest.raises(TokenRefused, match="DISCORD_TOKEN is not accepted"):
                await asyncio.wait_for(task, 60)
        assert platform.status().detail == "stopped"


async def test_a_server_out_of_reach_is_told_in_words():
    platform = DiscordPlatform(FakeClock(), token=SecretStr("token"), api_url="http://127.0.0.1:9")
    with pytest.raises(PlatformError, match="cannot be reached"):
        await platform.run(FakeInbox())


async def test_a_connection_that_stays_away_is_opened_afresh(wire, caplog):
    inbox = FakeInbox()
    connection = Connection(
        wire.platform._wire, lambda pulse: wire.platform.client(inbox, pulse), patience_s=0.5, identify_gap_s=0.0
    )
    async with living(connection.run()):
        await until(lambda: inbox.reconnections)
        await wire.discord.outage()
        await until(lambda: "opened afresh" in caplog.text, 20)
        wire.discord.recover()
        await until(lambda: len(inbox.reconnections) == 2, 30)
        assert connection.status().connected
    assert connection.status().detail == "stopped"
    await reconnected(wire, 2)


async def test_a_vote_is_counted_while_the_inbox_is_slow(wire):
    """A slow database must not cost the heartbeat: events are dealt with beside each other."""
    ref = await posted(wire)
    released = asyncio.Event()
    given = wire.inbox.vote

    async def slow(vote):
        await released.wait()
        return await given(vote)

    wire.inbox.vote = slow
    react(wire, ref, "👍")
    react(wire, ref, "👎")
    await wire.discord.gateway.settle()
    released.set()
    await until(lambda: len(wire.inbox.votes) == 2)
    first, second = wire.inbox.votes
    assert first.order < second.order


async def test_a_reaction_to_somebody_elses_message_is_no_vote(wire):
    said = wire.discord.people.say(wire.owner, wire.channel_id, "hello")
    before = len(wire.discord.journal.calls)
    wire.discord.people.react(wire.reader, wire.channel_id, said.id, "👍")
    await wire.discord.people.settle()
    assert wire.inbox.votes == []
    assert len(wire.discord.journal.calls) == before


async def test_a_server_that_is_away_for_a_while_is_no_removal(wire):
    await wire.discord.people.lose(wire.guild).heard()
    await wire.discord.people.restore(wire.guild).heard()
    await wire.discord.people.settle()
    assert wire.inbox.removals == []


async def test_being_put_out_of_one_server_harms_no_other(wire):
    world = wire.discord.world
    other = world.add_guild("Other", wire.owner, [], with_bot=False)
    channel_id = world.add_channel(other, "general")
    await wire.discord.people.invite(other).heard()
    await until(lambda: channel_id in wire.inbox.invitations)
    await wire.discord.people.kick(other).heard()
    await until(lambda: wire.inbox.removals)
    assert wire.inbox.removals == [channel_id]
    await posted(wire)


async def test_a_server_that_put_the_bot_out_while_it_was_away_is_noticed_by_its_first_post():
    async with connected() as wire:
        other = wire.discord.world.add_guild("Other", wire.owner, [], with_bot=False)
        channel_id = wire.discord.world.add_channel(other, "general")
        with pytest.raises(PlatformError):
            await wire.platform.post(channel_id, a_paper_post(), a_key())
        assert wire.inbox.removals == [channel_id]


async def test_a_channel_that_is_only_closed_to_one_post_is_not_given_up(wire):
    wire.discord.fault("error", code=50001, status=403)
    with pytest.raises(PlatformError):
        await posted(wire)
    assert wire.inbox.removals == []


@pytest.mark.parametrize(
    ("address", "proxy"),
    [
        ("https://discord.com/api/v10", "http://proxy:3128"),
        ("http://127.0.0.1:8200/api/v10", None),
        ("https://inside.example/api/v10", None),
    ],
)
def test_a_proxy_of_the_environment_is_honoured(monkeypatch, address, proxy):
    monkeypatch.setenv("https_proxy", "http://proxy:3128")
    monkeypatch.setenv("http_proxy", "http://proxy:3128")
    monkeypatch.setenv("no_proxy", "inside.example")
    assert Endpoint(address, 30.0, 60.0).proxy == proxy


async def test_two_bots_of_one_process_talk_each_to_its_own_server():
    """discord.py keeps its addresses for the whole process; here they stay as they are."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with connected() as one, connected() as other:
        refs = [await posted(one), await posted(other)]
        react(one, refs[0], "👍")
        react(other, refs[1], "👎")
        await until(lambda: one.inbox.votes and other.inbox.votes)
        assert [len(wire.discord.messages(wire.channel_id)) for wire in (one, other)] == [1, 1]
        assert [[vote.emoji for vote in wire.inbox.votes] for wire in (one, other)] == [["👍"], ["👎"]]
        pressed = other.discord.people.press(other.reader, other.channel_id, refs[1].message, "Why")
        await until(lambda: other.discord.answers(pressed))
        assert one.inbox.requests == []
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
