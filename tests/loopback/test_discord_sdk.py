"""discord.py itself at the loopback Discord: what it sends is taken, what it is told it understands."""

from __future__ import annotations

import asyncio
import io

import discord
import pytest
import pytest_asyncio

from tests.loopback.discord import LoopbackDiscord
from tests.loopback.discord.asking import File
from tests.loopback.discord.rights import BITS, bits
from tests.loopback.discord_lark import PATIENCE_S, Lark, Room, Vote


@pytest_asyncio.fixture
async def room(monkeypatch):
    async with LoopbackDiscord(pace=0.01) as server:
        room = Room(server, monkeypatch)
        yield room
    assert server.journal.violations == []


async def test_it_logs_in_and_knows_its_guilds(room):
    async with room.lark() as lark:
        (guild,) = lark.guilds
        assert ([one.name for one in guild.text_channels], guild.me.id) == (["papers"], lark.user.id)
        assert (await lark.application_info()).owner is not None
    assert room.server.journal.of_kind("gateway") == ["IDENTIFY 1"]


async def test_what_it_posts_is_shown_once_although_it_repeats_itself(room):
    view = discord.ui.View(timeout=None)
    view.add_item(Vote("2505.03801"))
    async with room.lark() as lark:
        room.server.fault("500-done")
        embed = discord.Embed(title="A paper", url="https://arxiv.org/abs/2505.03801", description="**bold**")
        await room.send(lark, "1 · A paper", embed=embed, view=view)
    assert room.server.journal.count("create_message") == 2
    (message,) = room.server.messages(room.channel_id)
    assert message.custom_ids == ("vote:2505.03801",)
    assert "══ A paper ‹https://arxiv.org/abs/2505.03801› ══" in room.server.shown()


async def test_it_hears_every_change_of_reactions(room):
    async with room.lark() as lark:
        message = str((await room.send(lark, "paper")).id)
        room.people.react(room.ada, room.channel_id, message, "👍🏽")
        room.people.unreact(room.ada, room.channel_id, message, "👍🏽")
        room.people.react(room.ada, room.channel_id, message, "👍🏽")
        room.people.react(room.ada, room.channel_id, message, "lark:123456789012345678")
        room.people.clear(room.olga, room.channel_id, message, "👍🏽")
        room.people.clear(room.olga, room.channel_id, message)
        await room.settle()
    ada = int(room.ada)
    assert lark.heard[1:] == [
        ("added", "👍🏽", ada),
        ("removed", "👍🏽", ada),
        ("added", "👍🏽", ada),
        ("added", "<:lark:123456789012345678>", ada),
        ("cleared", "👍🏽"),
        ("cleared", int(message)),
    ]


async def test_it_resumes_and_hears_what_it_missed(room):
    async with room.lark() as lark:
        message = str((await room.send(lark, "paper")).id)
        await room.settle()
        room.server.gateway.cut()
        room.people.react(room.ada, room.channel_id, message, "👍")
        await room.server.gateway.wait_for_sessions()
        await room.settle()
    assert lark.heard == [("ready",), ("added", "👍", int(room.ada)), ("resumed",)]


async def test_asked_to_reconnect_it_resumes(room):
    async with room.lark() as lark:
        await room.server.gateway.ask_to_reconnect()
        async with asyncio.timeout(PATIENCE_S):
            while ("resumed",) not in lark.heard:  # noqa: ASYNC110 - the client has no event
                await asyncio.sleep(0.01)
    assert room.server.gateway.identified == 1


async def test_an_invalid_session_begins_anew_and_misses_what_happened(room):
    async with room.lark() as lark:
        message = str((await room.send(lark, "paper")).id)
        await room.server.outage()
        missed = room.people.react(room.ada, room.channel_id, message, "👍")
        assert missed.is_lost
        room.server.recover()
        async with asyncio.timeout(PATIENCE_S):
            while lark.heard.count(("ready",)) < 2:  # noqa: ASYNC110 - the client has no event
                await asyncio.sleep(0.01)
        found = await lark.get_channel(int(room.channel_id)).fetch_message(int(message))
        assert [(str(one.emoji), [user.name async for user in one.users()]) for one in found.reactions] == [
            ("👍", ["ada"])
        ]
    assert lark.heard == [("ready",), ("ready",)]


async def test_it_waits_before_it_must_and_where_it_is_told_to(room):
    room.server.limits.pace = 0.1
    async with room.lark() as lark:
        room.server.fault("429", after=6, seconds=0.1)
        room.server.fault("429-global", after=7, seconds=0.1)
        for number in range(12):
            await room.send(lark, f"{number}")
    outcomes = [call.outcome for call in room.server.journal.calls if call.operation == "create_message"]
    assert (outcomes.count("ok"), outcomes.count("nothing done")) == (12, 2)
    assert not [one for one in outcomes if one.startswith("429")], "discord.py waits by itself when a bucket is empty"
    assert [one.content for one in room.server.messages(room.channel_id)] == [str(number) for number in range(12)]


async def test_a_long_history_is_read_in_pages(room):
    for number in range(250):
        room.people.say(room.ada, room.channel_id, f"{number}")
    async with room.lark() as lark:
        channel = lark.get_channel(int(room.channel_id))
        assert len([one async for one in channel.history(limit=None)]) == 250
        first = [one async for one in channel.history(limit=3, oldest_first=True)]
        last = [one async for one in channel.history(limit=3)]
        assert first[0].id < first[-1].id < last[-1].id < last[0].id


async def test_files_go_both_ways(room):
    async with room.lark() as lark:
        sent = await room.send(lark, file=discord.File(io.BytesIO(b"# Papers"), "papers.md"))
        assert await sent.attachments[0].read() == b"# Papers"
        said = room.people.say(room.ada, room.channel_id, f"<@{lark.user.id}>", files={"topics.md": b"1. Pruning"})
        found = await lark.get_channel(int(room.channel_id)).fetch_message(int(said.id))
        assert await found.attachments[0].read() == b"1. Pruning"


async def test_threads_are_made_written_into_and_lost(room):
    async with room.lark() as lark:
        header = await room.send(lark, "Papers of today")
        thread = await header.create_thread(name="More", auto_archive_duration=10080)
        inside = await thread.send("6 · paper", nonce="t")
        room.people.react(room.ada, str(thread.id), str(inside.id), "👍")
        room.people.drop_channel(str(thread.id))
        with pytest.raises(discord.NotFound):
            await thread.send("too late", nonce="u")
        await room.settle()
    assert lark.heard[1:] == [("added", "👍", int(room.ada)), ("no thread", header.id)]


async def test_it_reads_only_what_is_meant_for_it(room):
    async with room.lark() as lark:
        room.people.say(room.ada, room.channel_id, "secret")
        room.people.say(room.ada, room.channel_id, f"<@{lark.user.id}> hello")
        room.people.tell(room.ada, "in private")
        hello = await room.send(lark, "Hello")
        room.people.say(room.ada, room.channel_id, "a reply", reply_to=str(hello.id))
        room.people.say(room.ada, room.channel_id, "a silent reply", reply_to=str(hello.id), ping=False)
        await (await lark.fetch_user(int(room.ada))).send("and back", nonce="d")
        await room.settle()
    texts = [one[2] for one in lark.heard if one[0] == "message"]
    assert texts == ["", f"<@{lark.user.id}> hello", "in private", "a reply", ""]


async def test_guilds_and_channels_come_and_go(room):
    async with room.lark() as lark:
        other = room.server.world.add_guild("other", room.ada, with_bot=False)
        room.people.invite(other)
        gone = room.people.make_channel(room.guild, "gone")
        room.people.drop_channel(gone)
        room.people.lose(other)
        room.people.restore(other)
        room.people.kick(other)
        await room.settle()
    assert lark.heard[1:] == [("joined", "other"), ("no channel", "gone"), ("left", "other")]


async def test_commands_are_synced_used_completed_and_answered(room):
    async with room.lark() as lark:
        await lark.tree.sync()
        typed = room.people.complete(room.ada, room.channel_id, "papers ask", "text", "pru")
        asked = room.people.slash(room.ada, room.channel_id, "papers ask", text="pruning")
        started = room.people.slash(room.ada, room.channel_id, "papers start", file=File("t.md", b"1. Pruning"))
        room.people.slash(room.ada, room.channel_id, "papers edit")
        await room.settle()
        window = room.people.window_of(room.ada)
        sent = room.people.submit(room.ada, window.id, {"text": "2. Agents"})
        await room.settle()
        async with asyncio.timeout(PATIENCE_S):
            while "and even more\n(edited)" not in room.server.answers(asked):  # noqa: ASYNC110 - it takes its time
                await asyncio.sleep(0.01)
    assert typed.choices == [{"name": "pru?", "value": "pru"}]
    assert room.server.answers(asked) == ["about pruning", "and even more\n(edited)"]
    assert (room.server.answers(started), room.server.answers(sent)) == (["1. Pruning"], ["kept 2. Agents"])
    assert room.server.messages(room.channel_id) == []


async def test_a_button_outlives_the_process_that_posted_it(room):
    view = discord.ui.View(timeout=None)
    view.add_item(Vote("2505.03801"))
    async with room.lark() as lark:
        message = await room.send(lark, "paper", view=view)
    async with room.lark():
        pressed = room.people.press(room.ada, room.channel_id, str(message.id), "👍")
        await room.settle()
    assert room.server.answers(pressed) == ["counted for 2505.03801"]


@pytest.mark.parametrize(
    "overwrites",
    [
        {},
        {"everyone": (0, ["VIEW_CHANNEL"])},
        {"everyone": (0, ["SEND_MESSAGES"]), "role": (["SEND_MESSAGES"], 0)},
        {"role": (0, ["SEND_MESSAGES"])},
        {"role": (0, ["ATTACH_FILES"]), "member": (["ATTACH_FILES", "MANAGE_MESSAGES"], 0)},
    ],
)
@pytest.mark.parametrize("of_role", [[], ["MANAGE_CHANNELS"], ["ADMINISTRATOR"]])
async def test_it_reckons_permissions_as_the_server_does(room, overwrites, of_role):
    world = room.server.world
    role = room.people.bot_role(room.guild)
    world.guilds[room.guild].roles[role].permissions = bits(of_role)
    channel = world.channels[room.channel_id]
    async with room.lark() as lark:
        who = {"everyone": room.guild, "role": role, "member": str(lark.user.id)}
        for name, (allow, deny) in overwrites.items():
            room.people.permit(room.channel_id, who[name], allow=allow, deny=deny)
        await room.settle()
        known = lark.get_channel(int(room.channel_id))
        reckoned = known.permissions_for(known.guild.me)
        for name, bit in BITS.items():
            assert bool(reckoned.value & bit) is world.may(str(lark.user.id), channel, name), name


async def test_a_wrong_token_is_told(room):
    room.server.token = "another"
    lark = Lark()
    with pytest.raises(discord.LoginFailure):
        await lark.start("wrong")
    await lark.close()


async def test_a_privileged_intent_that_is_not_switched_on_is_told(room):
    lark = Lark(discord.Intents(guilds=True, message_content=True))
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await asyncio.wait_for(lark.start(room.server.token), PATIENCE_S)
    await lark.close()
