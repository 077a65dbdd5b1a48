"""Reactions as Discord tells of them."""

from tests.fakes import START
from tests.platforms.discord.conftest import LONG_AGO
from tests.platforms.posts import A_HEADER, a_key, posted


async def test_skin_tones_are_one_emoji_and_custom_ones_go_by_name(room):
    message = await room.posted()
    party = room.guild.create_emoji("party")
    for emoji in ("👍🏽", f"{party.name}:{party.id}"):
        await room.ada.react(message, emoji)
    assert [vote.emoji for vote in room.inbox.votes] == ["👍", ":party:"]
    (recent,) = await room.platform.recent(room.channel_id, LONG_AGO)
    assert dict(recent.reactions) == {"👍": (str(room.ada.id),), ":party:": (str(room.ada.id),)}


async def test_the_bots_own_and_other_bots_reactions_are_no_votes(room):
    robot = room.guild.add_member(room.env.create_user("robot", bot=True))
    message = await room.posted()
    await message.add_reaction("👍")
    await robot.react(message, "👍")
    await robot.unreact(message, "👍")
    assert room.inbox.votes == []
    (recent,) = await room.platform.recent(room.channel_id, LONG_AGO)
    assert dict(recent.reactions) == {}


async def test_a_reaction_in_a_thread_is_a_vote_on_the_channels_post(room):
    header = await room.platform.post(room.channel_id, A_HEADER, a_key(""))
    message = await room.posted(thread=header)
    await room.ada.react(message, "👎")
    (vote,) = room.inbox.votes
    assert (vote.ref.channel_id, vote.ref.thread, vote.ref.message) == (
        room.channel_id,
        header.message,
        str(message.id),
    )


async def test_reactions_that_a_moderator_clears_are_looked_up_where_they_were(room):
    message = await room.posted()
    await room.ada.react(message, "👍")
    before = len(room.inbox.reconnections)
    await message.clear_reaction("👍")
    await room.env.settle()
    assert room.inbox.reconnections[before:] == [room.channel_id]
    await message.clear_reactions()
    await room.env.settle()
    assert room.inbox.reconnections[before:] == [room.channel_id] * 2
    (recent,) = await room.platform.recent(room.channel_id, LONG_AGO)
    assert dict(recent.reactions) == {}


async def test_reactions_cleared_from_a_foreign_message_are_none_of_ours(room):
    said = await room.olga.send(room.channel, "hello")
    before = len(room.inbox.reconnections)
    await said.clear_reactions()
    await room.env.settle()
    assert room.inbox.reconnections[before:] == []


async def test_who_reacted_is_asked_only_where_the_number_has_changed(room):
    first, second = await room.posted(), await room.posted(key=a_key("2505.03802"))
    await room.ada.react(first, "👍")
    await room.ada.react(second, "👍")

    def asked():
        return [one for one in room.env.http_requests if (one.method, "/reactions/" in one.path) == ("GET", True)]

    await room.platform.recent(room.channel_id, LONG_AGO)
    assert len(asked()) == 2
    await room.platform.recent(room.channel_id, LONG_AGO)
    assert len(asked()) == 2
    await room.olga.react(second, "👍")
    messages = await room.platform.recent(room.channel_id, LONG_AGO)
    assert len(asked()) == 3
    assert [len(one.reactions["👍"]) for one in messages] == [1, 2]


async def test_a_reaction_whose_event_was_missed_is_found_at_the_next_look(wire):
    ref = await posted(wire)
    await wire.vote(ref, "👍", added=True)
    (recent,) = await wire.platform.recent(wire.channel_id, START)
    assert dict(recent.reactions) == {"👍": (wire.reader,)}
    (message,) = wire.discord.messages(wire.channel_id)
    (reaction,) = message.reactions.values()
    reaction.users.append(wire.owner)  # no event tells of it
    (recent,) = await wire.platform.recent(wire.channel_id, START)
    assert set(recent.reactions["👍"]) == {wire.reader, wire.owner}
