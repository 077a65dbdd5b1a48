"""The loopback Discord's gateway: sessions, events, and everything that ends them."""

from __future__ import annotations

import asyncio
import json
import zlib

import aiohttp
import pytest
import pytest_asyncio

from tests.loopback.discord import TOKEN, LoopbackDiscord
from tests.loopback.discord.intents import INTENTS
from tests.loopback.discord.world import BOT_USER
from tests.loopback.discord_app import (
    USUAL,
    an_app,
    an_identify,
    close_code,
    event,
    names_until_beat,
)


@pytest_asyncio.fixture
async def app():
    async with an_app() as app:
        yield app


async def test_a_session_begins_with_its_guilds(app):
    socket = await app.socket()
    await socket.send_json(an_identify())
    ready = await socket.receive_json()
    assert (ready["t"], ready["s"], ready["d"]["user"]["id"]) == ("READY", 1, BOT_USER)
    assert ready["d"]["guilds"] == [{"id": app.guild, "unavailable": True}]
    created = await socket.receive_json()
    assert (created["t"], [one["name"] for one in created["d"]["channels"]]) == ("GUILD_CREATE", ["papers"])
    assert [one["user"]["id"] for one in created["d"]["members"]] == [BOT_USER]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (an_identify(token="other"), 4004),
        (an_identify(USUAL | INTENTS["message_content"]), 4014),
        (an_identify(USUAL | INTENTS["guild_members"]), 4014),
        (an_identify(1 << 40), 4013),
        (an_identify("all"), 4013),
        (an_identify(shard=[1, 2]), 4010),
        ({"op": 3, "d": {}}, 4003),
        ({"op": 99}, 4001),
        ({"x": 1}, 4002),
        ({"op": 1, "d": "x"}, 4002),
        ({"op": 1, "d": None, "padding": "x" * 4096}, 4002),
    ],
)
async def test_a_wrong_beginning_closes_the_connection(app, payload, code):
    socket = await app.socket()
    await socket.send_json(payload)
    assert await close_code(socket) == code


@pytest.mark.parametrize("query", [{"v": "9"}, {"encoding": "etf"}, {"compress": "lzma"}])
async def test_an_unknown_protocol_closes_the_connection(app, query):
    gateway = await app.call("GET", "/gateway", token="")
    params = {"v": "10", "encoding": "json", **query}
    assert await close_code(await app.http.ws_connect(gateway["url"], params=params)) in {4002, 4012}


async def test_a_privileged_intent_that_is_switched_on_brings_what_people_write(app):
    app.discord.gateway.privileged.add("message_content")
    socket, ready = await app.session(USUAL | INTENTS["message_content"])
    assert ready["d"]["application"]["flags"] == 1 << 19
    app.people.say(app.ada, app.channel_id, "open")
    assert (await event(socket, "MESSAGE_CREATE"))["d"]["content"] == "open"


async def test_events_come_only_for_the_intents_and_places_of_the_app(app):
    socket, _ = await app.session(INTENTS["guilds"] | INTENTS["guild_messages"])
    hidden = app.discord.world.add_channel(app.guild, "hidden", private=True)
    app.people.say(app.ada, hidden, "secret")
    app.people.tell(app.ada, "direct")
    said = app.people.say(app.ada, app.channel_id, "open")
    app.people.react(app.ben, app.channel_id, said.id, "👍")
    assert await names_until_beat(socket) == ["MESSAGE_CREATE"]


async def test_a_stream_can_be_compressed(app):
    socket = await app.socket(compress="zlib-stream")
    inflater = zlib.decompressobj()
    data = (await socket.receive()).data
    assert data.endswith(b"\x00\x00\xff\xff")
    assert json.loads(inflater.decompress(data))["op"] == 10
    await socket.send_json(an_identify())
    assert json.loads(inflater.decompress((await socket.receive()).data))["t"] == "READY"


async def test_a_resumed_session_hears_what_it_missed_in_order(app):
    socket, ready = await app.session()
    said = app.people.say(app.ada, app.channel_id, "x")
    last = (await event(socket, "MESSAGE_CREATE"))["s"]
    app.discord.gateway.cut()
    app.people.react(app.ada, app.channel_id, said.id, "👍")
    missed = app.people.unreact(app.ada, app.channel_id, said.id, "👍")
    assert not missed.is_lost
    socket = await app.socket()
    resume = {"op": 6, "d": {"token": TOKEN, "session_id": ready["d"]["session_id"], "seq": last}}
    await socket.send_json(resume)
    heard = [await socket.receive_json() for _ in range(3)]
    assert [one["t"] for one in heard] == ["MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE", "RESUMED"]
    assert [one["s"] for one in heard] == [last + 1, last + 2, last + 3]


async def test_what_happens_after_a_session_is_over_is_never_told(app):
    _, ready = await app.session()
    app.discord.gateway.cut()
    app.time.seconds += 200
    lost = app.people.say(app.ada, app.channel_id, "lost")
    assert app.discord.journal.of_kind("missed") == ["MESSAGE_CREATE"]
    socket = await app.socket()
    await socket.send_json({"op": 6, "d": {"token": TOKEN, "session_id": ready["d"]["session_id"], "seq": 1}})
    refused = await socket.receive_json()
    assert (refused["op"], refused["d"]) == (9, False)
    await socket.send_json(an_identify())
    await event(socket, "GUILD_CREATE")
    assert await names_until_beat(socket) == []
    assert lost.id in app.discord.world.channels[app.channel_id].messages


async def test_a_client_that_says_good_bye_cannot_resume(app):
    socket, ready = await app.session()
    await socket.close(code=1000)
    await app.discord.gateway.wait_for_sessions(0)
    socket = await app.socket()
    await socket.send_json({"op": 6, "d": {"token": TOKEN, "session_id": ready["d"]["session_id"], "seq": 2}})
    assert (await socket.receive_json())["op"] == 9


async def test_a_second_identify_within_five_seconds_is_invalid(app):
    await app.session()
    socket = await app.socket()
    await socket.send_json(an_identify())
    assert (await socket.receive_json())["op"] == 9
    app.time.seconds += 5
    await socket.send_json(an_identify())
    assert (await socket.receive_json())["t"] == "READY"


async def test_a_resume_beyond_what_was_sent_closes_the_connection(app):
    _, ready = await app.session()
    app.discord.gateway.cut()
    socket = await app.socket()
    await socket.send_json({"op": 6, "d": {"token": TOKEN, "session_id": ready["d"]["session_id"], "seq": 99}})
    assert await close_code(socket) == 4007


async def test_a_silent_client_is_dropped():
    async with LoopbackDiscord(heartbeat_s=0.1) as discord, aiohttp.ClientSession() as http:
        socket = await http.ws_connect(discord.gateway.url, params={"v": "10", "encoding": "json"})
        assert (await socket.receive_json())["d"]["heartbeat_interval"] == 100
        assert await asyncio.wait_for(close_code(socket), 60) == 4009
        assert "closed with 4009: no heartbeat" in discord.journal.violations


async def test_too_many_sends_close_the_connection(app):
    socket = await app.socket()
    for _ in range(121):
        await socket.send_json({"op": 1, "d": None})
    assert await close_code(socket) == 4008


async def test_an_outage_refuses_connections_and_forgets_sessions(app):
    socket, ready = await app.session()
    await app.discord.outage()
    await close_code(socket)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await app.socket()
    missed = app.people.say(app.ada, app.channel_id, "x")
    app.discord.recover()
    socket = await app.socket()
    await socket.send_json({"op": 6, "d": {"token": TOKEN, "session_id": ready["d"]["session_id"], "seq": 2}})
    assert (await socket.receive_json())["op"] == 9
    assert missed.id in app.discord.world.channels[app.channel_id].messages


async def test_guilds_come_go_and_fail(app):
    socket, _ = await app.session()
    second = app.discord.world.add_guild("second", app.ben, with_bot=False)
    other = app.discord.world.add_channel(second, "other")
    app.people.invite(second)
    assert (await event(socket, "GUILD_CREATE"))["d"]["id"] == second
    app.people.lose(second)
    assert (await event(socket, "GUILD_DELETE"))["d"] == {"id": second, "unavailable": True}
    app.people.restore(second)
    await event(socket, "GUILD_CREATE")
    assert (await app.call("GET", f"/guilds/{second}"))["name"] == "second"
    app.people.drop_channel(other)
    assert (await event(socket, "CHANNEL_DELETE"))["d"]["id"] == other
    app.people.kick(second)
    assert (await event(socket, "GUILD_DELETE"))["d"] == {"id": second}
    await app.call("GET", f"/guilds/{second}", status=404)
