"""`/papers` as people type it in Discord."""

import asyncio
import json

import discord
import pytest

from bot.models import Attachment, Button, Form, Reply
from bot.platforms.discord import _slash
from bot.platforms.discord._sync import _same
from bot.query import COMMANDS
from tests.platforms.posts import a_card, a_key

FIXED = {"ask", "start"}


async def test_every_command_of_the_help_can_be_given(room):
    """A command added to the table is a slash command without anything else to do."""
    given = {path.split()[1] for path in room.ada.available_commands(room.channel)}
    assert given == set(COMMANDS) | FIXED


async def test_a_question_is_what_was_typed_whatever_its_first_word(room):
    await room.ada.slash(room.channel, "papers ask", text="why do LLMs hallucinate")
    request = room.inbox.requests[-1]
    assert (request.name, request.argument, request.person) == ("ask", "why do LLMs hallucinate", str(room.ada.id))


@pytest.mark.parametrize(
    ("path", "options", "name", "argument", "arxiv_id"),
    [
        ("papers why", {"id": "2505.03801"}, "why", "", "2505.03801"),
        ("papers like", {"id": "https://arxiv.org/abs/2505.03801v2"}, "like", "", "2505.03801"),
        ("papers abstract", {"id": "cs/0112017"}, "abstract", "", "cs/0112017"),
        ("papers follow author", {"name": "Song Han"}, "follow", "author Song Han", None),
        ("papers mute phrase", {"phrase": "vision transformer"}, "mute", '"vision transformer"', None),
        ("papers mute phrase", {"phrase": '"kv cache"'}, "mute", '"kv cache"', None),
        ("papers mute author", {"name": "Song Han"}, "mute", "author Song Han", None),
        ("papers topics show", {}, "topics", "", None),
        ("papers topics edit", {"n": "2"}, "topics", "edit 2", None),
        ("papers topics undo", {}, "topics", "undo", None),
        ("papers pause", {}, "pause", "", None),
        ("papers pause", {"until": "2025-06-02"}, "pause", "until 2025-06-02", None),
        ("papers forget me", {}, "forget", "me", None),
        ("papers saved", {}, "saved", "", None),
    ],
)
async def test_a_command_is_the_request_that_the_same_line_makes_elsewhere(
    room, path, options, name, argument, arxiv_id
):
    result = await room.ada.slash(room.channel, path, **options)
    request = room.inbox.requests[-1]
    assert (request.name, request.argument, request.arxiv_id) == (name, argument, arxiv_id)
    assert result.acknowledged


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("papers why", {"id": "the second one"}),
        ("papers pause", {"until": "2001-01-01"}),
        ("papers topics edit", {"n": "all"}),
    ],
)
async def test_what_does_not_fit_an_option_is_told_and_not_asked(room, path, options):
    result = await room.ada.slash(room.channel, path, **options)
    assert "do not understand" in result.response.content
    assert result.ephemeral
    assert room.inbox.requests == []


async def test_answers_are_seen_by_the_asker_alone_and_call_nobody(room):
    room.inbox.replies = {"ask": [Reply("Found @everyone", ("<@1> *bold*",), cards=(a_card(title="<@&1>"),))]}
    result = await room.ada.slash(room.channel, "papers ask", text="q")
    assert result.ephemeral
    assert result.response.message.mentions == []
    assert not result.response.message.mention_everyone


async def test_an_answer_brings_its_file_and_its_text_to_be_copied(room):
    reply = Reply("Yours", verbatim="@misc{a}", attachment=Attachment("saved.bib", b"@misc{a}"))
    room.inbox.replies = {"saved": [reply]}
    result = await room.ada.slash(room.channel, "papers saved")
    assert [one.filename for one in result.response.attachments] == ["saved.bib"]
    assert "```\n@misc{a}\n```" in result.response.embeds[0].description


async def test_an_answer_of_any_length_is_shown_whole(room):
    lines = tuple(f"line {number} " + "word " * 30 for number in range(80))
    room.inbox.replies = {"stats": [Reply("Long", lines)]}
    result = await room.ada.slash(room.channel, "papers stats")
    shown = [result.response, *result.followups]
    text = "\n".join(embed.description for message in shown for embed in message.embeds)
    assert all(f"line {number} " in text for number in range(80))


async def test_a_topic_is_edited_in_a_window_of_four_thousand_characters(room):
    form = Form(
        "topic form", "2 7", "Topic 2 of the reading group", "Leave it empty to take it out", "x" * 3500, most=4000
    )
    room.inbox.replies = {"topics": [Reply("Edit it", form=form)], "topic form": [Reply("Saved")]}
    shown = await room.ada.slash(room.channel, "papers topics edit", n="2")
    assert room.inbox.requests[-1].form_room == 4000
    sent = await room.ada.submit_modal(shown, {"text": "y" * 4000})
    request = room.inbox.requests[-1]
    assert (request.name, request.argument, len(request.text)) == ("topic form", "2 7", 4000)
    assert "Saved" in sent.response.content


async def test_a_window_that_came_too_late_is_opened_by_a_button(room):
    form = Form("topic form", "2 7", "Topic 2", "Your topic", "text")

    async def slow(request):
        await asyncio.sleep(2)
        yield Reply("As it is written:", ("text",), form=form)

    room.inbox.request = slow
    late = await room.ada.slash(room.channel, "papers topics edit", n="2")
    await room.env.advance_time(5)
    del room.inbox.request
    room.inbox.replies = {"topics": [Reply("As it is written:", form=form)]}
    shown = await room.ada.click(late.response.message, label="Open: Topic 2")
    assert shown.modal["title"] == "Topic 2"
    assert room.inbox.requests[-1].argument == "edit 2"


async def test_ids_are_offered_by_number_and_by_title(room):
    await room.posted()
    await room.posted(key=a_key("2505.03802"))
    assert [one["value"] for one in await room.ada.autocomplete(room.channel, "papers why", "id", "")] == [
        "2505.03802",
        "2505.03801",
    ]
    (offered,) = await room.ada.autocomplete(room.channel, "papers why", "id", "3801")
    assert offered["name"] == "2505.03801 · Global Rank and Sparsity"
    assert len(await room.ada.autocomplete(room.channel, "papers why", "id", "global rank")) == 2
    assert await room.ada.autocomplete(room.channel, "papers why", "id", "vision") == []


async def test_ones_own_list_is_offered_for_what_concerns_it(room):
    room.inbox.replies = {"saved": [Reply("Yours", cards=(a_card(arxiv_id="2401.00001", title="Kept"),))]}
    offered = await room.ada.autocomplete(room.channel, "papers unsave", "id", "")
    assert [one["value"] for one in offered] == ["2401.00001"]


async def test_topics_are_offered_by_their_titles(room):
    reply = Reply(
        "Topics", ("1. Quantization", "   relevant: few bits", "2. KV cache"), buttons=(Button("Edit 1", "topics"),)
    )
    room.inbox.replies = {"topics": [reply]}
    offered = await room.ada.autocomplete(room.channel, "papers topics edit", "n", "kv")
    assert offered == [{"name": "2. KV cache", "value": "2"}]


async def test_what_is_offered_is_looked_up_once_for_a_word_and_never_fails(room):
    room.inbox.replies = {"topics": ValueError("broken")}
    for typed in ("k", "kv", "kv "):
        assert await room.ada.autocomplete(room.channel, "papers topics edit", "n", typed) == []
    assert len(room.inbox.requests) == 1


async def test_the_commands_are_sent_once_and_not_at_every_start(room):
    def sent():
        return [one for one in room.env.http_requests if (one.method, "/commands" in one.path) == ("PUT", True)]

    assert len(sent()) == 1
    await room.env.restart_bot(room.new_client())
    await room.env.restart_bot(room.new_client())
    assert len(sent()) == 1


def test_what_discord_adds_to_a_command_is_no_difference(room):
    ours = [command.to_dict(room.env.bot.tree) for command in room.env.bot.tree.get_commands()]
    theirs = json.loads(json.dumps(ours))
    for command in theirs:
        command |= {"id": "1", "application_id": "2", "version": "3", "name_localizations": None}
        command |= {"description_localizations": None, "default_member_permissions": None, "nsfw": False}
        for option in command["options"][0]["options"]:
            option.pop("options", None)
            option["name_localizations"] = None
    assert _same(ours, theirs)
    theirs[0]["options"][0]["description"] = "Something else"
    assert not _same(ours, theirs)


async def test_commands_of_another_version_are_replaced(room, monkeypatch):
    monkeypatch.setitem(_slash._OPTIONS, "name", "Whoever wrote it")
    await room.env.restart_bot(room.new_client())
    sent = [one for one in room.env.http_requests if (one.method, "/commands" in one.path) == ("PUT", True)]
    assert len(sent) == 2


async def test_in_a_direct_message_a_question_is_about_the_channels_one_can_read(room):
    hidden = room.guild.create_text_channel(
        "board", overwrites={room.guild.default_role: discord.PermissionOverwrite(view_channel=False)}
    )
    await room.ada.user.slash("papers ask", text="kv cache")
    request = room.inbox.requests[-1]
    assert request.beside == (room.channel_id,)
    assert str(hidden.id) not in request.beside
