"""Servers, channels and permissions that come and go."""

import discord

from bot.platforms.discord._client import INTENTS


async def test_a_new_server_is_greeted_once_in_one_channel(room):
    before = len(room.inbox.invitations)
    guild = room.env.create_guild("Second")
    general, other = guild.create_text_channel("general"), guild.create_text_channel("other")
    await room.env.settle()
    assert room.inbox.invitations[before] == str(general.id)
    assert str(other.id) in room.inbox.besides[-1]


async def test_a_restart_tells_of_every_place_again_and_of_no_removal(room):
    room.inbox.invitations.clear()
    await room.env.restart_bot(room.new_client())
    assert room.inbox.invitations == [room.channel_id]
    assert room.inbox.removals == []


async def test_a_new_channel_of_a_known_server_comes_beside_the_others(room):
    other = room.guild.create_text_channel("other")
    await room.env.settle()
    assert set(room.inbox.besides[-1]) == {room.channel_id, str(other.id)}


async def test_a_channel_that_is_deleted_is_removed_and_no_other(room):
    other = room.guild.create_text_channel("other")
    await room.env.settle()
    await room.env.bot.get_channel(other.id).delete()
    await room.env.settle()
    assert room.inbox.removals == [str(other.id)]


async def test_a_channel_in_which_the_bot_may_not_write_any_more_is_removed_and_comes_back(room):
    channel = room.env.bot.get_channel(room.channel.id)
    await channel.set_permissions(channel.guild.default_role, send_messages=False)
    await room.env.settle()
    assert room.inbox.removals == [room.channel_id]
    before = len(room.inbox.besides)
    await channel.set_permissions(channel.guild.default_role, overwrite=None)
    await room.env.settle()
    assert room.channel_id in room.inbox.besides[before:][-1]


async def test_managers_are_those_who_may_manage_the_channel(room):
    assert await room.platform.manages(room.channel_id, str(room.olga.id))
    assert not await room.platform.manages(room.channel_id, str(room.ada.id))
    assert await room.platform.manages(room.channel_id, str(room.guild.owner.id))
    stranger = room.env.create_user("stranger")
    assert not await room.platform.manages(room.channel_id, str(stranger.id))


async def test_a_channels_own_permissions_make_managers_too(room):
    channel = room.env.bot.get_channel(room.channel.id)
    member = await channel.guild.fetch_member(room.ada.id)
    await channel.set_permissions(member, overwrite=discord.PermissionOverwrite(manage_channels=True))
    assert await room.platform.manages(room.channel_id, str(room.ada.id))


async def test_two_servers_are_served_apart(room):
    guild = room.env.create_guild("Second")
    channel_id = str(guild.create_text_channel("general").id)
    ben = guild.add_member(room.env.create_user("ben"))
    await room.env.settle()
    await ben.slash(guild.channels["general"], "papers ask", text="q")
    assert (room.inbox.requests[-1].channel_id, room.inbox.requests[-1].beside) == (channel_id, (channel_id,))


async def test_what_somebody_cannot_read_is_not_answered_from(room):
    """In a channel without papers another one of the server answers, but only one that the asker sees."""
    secret = {room.guild.default_role: discord.PermissionOverwrite(view_channel=False)}
    board = room.guild.create_text_channel("board", overwrites=secret)
    await room.env.settle()
    await room.ada.slash(room.channel, "papers ask", text="q")
    assert room.inbox.requests[-1].beside == (room.channel_id,)
    await room.ada.send(room.channel, f"<@{room.env.bot.user.id}> q")
    assert room.inbox.requests[-1].beside == (room.channel_id,)
    assert board


def test_no_privileged_intent_is_asked_for():
    assert [name for name in ("members", "presences", "message_content") if getattr(INTENTS, name)] == []
