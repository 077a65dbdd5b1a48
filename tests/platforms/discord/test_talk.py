"""What people say to the bot, and how they start a channel."""

import pytest

from bot.models import HOW_TO_START, Post, PostRole, Reply
from tests.platforms.posts import A_HEADER, a_key

TOPICS = "1. LLMs & <agents>\n2. KV cache"
HELLO = Post(PostRole.NOTICE, "Hello!", "🐦 Hello!", ("Reply to this message with your topics.",))


async def asked_for_topics(room):
    return await room.posted(HELLO, a_key(f"{HOW_TO_START}-20250508T070000", 0, PostRole.NOTICE))


def mention(room):
    return f"<@{room.env.bot.user.id}>"


async def test_a_mention_is_a_question_and_the_answer_a_reply(room):
    room.inbox.replies = {"papers": [Reply("An answer")]}
    said = await room.ada.send(room.channel, f"{mention(room)}  more like   this?")
    request = room.inbox.requests[-1]
    assert (request.argument, request.channel_id, request.person) == (
        "more like this?",
        room.channel_id,
        str(room.ada.id),
    )
    answer = room.channel.last_message
    assert "An answer" in answer.content
    assert answer.reference.message_id == said.id
    assert answer.mentions == []


async def test_a_mention_in_a_thread_is_answered_there_for_its_channel(room):
    room.inbox.replies = {"papers": [Reply("An answer")]}
    header = await room.platform.post(room.channel_id, A_HEADER, a_key("", role=PostRole.HEADER))
    await room.posted(thread=header)
    (thread,) = room.channel.threads
    await room.ada.send(thread, f"{mention(room)} kv cache")
    assert room.inbox.requests[-1].channel_id == room.channel_id
    assert "An answer" in thread.last_message.content


async def test_a_direct_message_is_a_question(room):
    room.inbox.replies = {"papers": [Reply("An answer")]}
    await room.ada.send_dm("kv cache & friends")
    request = room.inbox.requests[-1]
    assert (request.argument, request.beside) == ("kv cache & friends", (room.channel_id,))
    assert "An answer" in room.ada.user.dm_channel.last_message.content
    assert room.inbox.offers == []


async def test_talk_is_none_of_the_bots_business(room):
    await room.ada.send(room.channel, "1. not a topic")
    assert (room.inbox.requests, room.inbox.offers) == ([], [])


async def test_a_reply_to_a_paper_is_talk_although_discord_mentions_the_bot_in_it(room):
    message = await room.posted()
    await room.ada.send(room.channel, "nice", reply_to=message, attachments=[("notes.md", b"private")])
    assert room.inbox.requests == []
    assert [offer.text for offer in room.inbox.offers] == ["nice"]
    assert room.channel.last_message.content == "nice"


async def test_other_bots_are_not_answered(room):
    robot = room.guild.add_member(room.env.create_user("robot", bot=True))
    await robot.send(room.channel, f"{mention(room)} hello")
    assert (room.inbox.requests, room.inbox.offers) == ([], [])


async def test_an_answer_to_hello_starts_the_channel(room):
    room.inbox.offer_reply = Reply("Thank you, that is all I need.")
    hello = await asked_for_topics(room)
    await room.olga.send(room.channel, TOPICS, reply_to=hello)
    (offer,) = room.inbox.offers
    assert (offer.text, offer.channel_id, offer.person) == (TOPICS, room.channel_id, str(room.olga.id))
    assert "Thank you" in room.channel.last_message.content
    assert room.inbox.requests == []


async def test_a_file_in_answer_to_hello_starts_the_channel(room):
    room.inbox.offer_reply = Reply("Thank you")
    hello = await asked_for_topics(room)
    await room.olga.send(room.channel, "", reply_to=hello, attachments=[("topics.md", b"1. KV cache")])
    assert room.inbox.offers[0].text == b"1. KV cache"


async def test_an_uploaded_file_starts_the_channel(room):
    room.inbox.offer_reply = Reply("Thank you")
    files = [("picture.png", b"\x89PNG"), ("topics.md", "1. Prüfung".encode())]
    await room.olga.send(room.channel, mention(room), attachments=files)
    assert room.inbox.offers[0].text == "1. Prüfung".encode()


@pytest.mark.parametrize("name", ["huge.md", "binary.pdf"])
async def test_a_file_that_is_no_short_text_is_not_read(room, name):
    content = b"x" * 300_000 if name == "huge.md" else b"%PDF"
    await room.olga.send(room.channel, f"{mention(room)} hello", attachments=[(name, content)])
    assert room.inbox.offers[0].text == "hello"


async def test_the_button_of_hello_opens_a_window_that_starts_the_channel(room):
    room.inbox.offer_reply = Reply("Thank you")
    hello = await asked_for_topics(room)
    shown = await room.olga.click(hello, label="Write your topics")
    sent = await room.olga.submit_modal(shown, {"text": TOPICS})
    (offer,) = room.inbox.offers
    assert (offer.text, offer.on_purpose, offer.channel_id) == (TOPICS, True, room.channel_id)
    assert "Thank you" in sent.response.content


async def test_a_channel_can_be_started_by_command_with_a_window(room):
    room.inbox.offer_reply = Reply("Thank you")
    other = room.guild.create_text_channel("other")
    shown = await room.olga.slash(other, "papers start")
    await room.olga.submit_modal(shown, {"text": TOPICS})
    assert room.inbox.offers[0].channel_id == str(other.id)


async def test_a_channel_that_has_its_topics_says_so(room):
    shown = await room.olga.slash(room.channel, "papers start")
    sent = await room.olga.submit_modal(shown, {"text": TOPICS})
    assert "already" in sent.response.content


async def test_starting_where_the_bot_may_not_post_says_what_to_allow(room):
    channel = room.env.bot.get_channel(room.channel.id)
    await channel.set_permissions(channel.guild.default_role, send_messages=False, create_public_threads=False)
    await room.env.settle()
    result = await room.olga.slash(room.channel, "papers start")
    assert result.modal is None
    assert "Send Messages, Create Public Threads" in result.response.embeds[0].description


async def test_starting_in_a_direct_message_is_explained(room):
    result = await room.olga.user.slash("papers start")
    assert "channels of a server" in result.response.content


async def test_hello_says_how_to_answer_so_that_the_bot_can_see_it(room):
    hello = await asked_for_topics(room)
    assert "Keep the reply's @" in hello.embeds[0].description


async def test_a_channel_can_be_started_by_command_with_a_file(room):
    room.inbox.offer_reply = Reply("Thank you")
    result = await room.olga.slash(room.channel, "papers start", file=("topics.md", b"1. KV cache"))
    assert (room.inbox.offers[0].text, room.inbox.offers[0].on_purpose) == (b"1. KV cache", True)
    assert "Thank you" in result.response.content


async def test_a_file_that_cannot_be_read_is_told(room):
    result = await room.olga.slash(room.channel, "papers start", file=("topics.pdf", b"%PDF"))
    assert "cannot read that file" in result.response.content
    assert room.inbox.offers == []


@pytest.mark.parametrize("said", ["saved", "forget me", "remember me"])
async def test_what_concerns_one_person_alone_is_not_answered_before_everybody(room, said):
    await room.ada.send(room.channel, f"{mention(room)} {said}")
    assert room.inbox.requests == []
    assert f"/papers {said}" in room.channel.last_message.embeds[0].description
    await room.ada.send_dm(said)
    assert room.inbox.requests[-1].argument == said
