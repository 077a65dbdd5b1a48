"""What messages of the loopback Discord may hold, whom they call, and how they are read."""

from __future__ import annotations

import json

import aiohttp
import pytest
import pytest_asyncio

from tests.loopback.discord import TOKEN
from tests.loopback.discord.world import BOT_USER
from tests.loopback.discord_app import (
    A_MENU,
    AGENT,
    QUIET,
    a_button,
    a_row,
    an_app,
    event,
)


@pytest_asyncio.fixture
async def app():
    async with an_app() as app:
        yield app


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"content": "x" * 2001}, "content"),
        ({"content": "🐦" * 1001}, "content"),
        ({"content": "x", "nonce": "n" * 26}, "nonce"),
        ({"embeds": [{"title": "x"}] * 11}, "embeds"),
        ({"embeds": [{"title": "x" * 257}]}, "embeds"),
        ({"embeds": [{"description": "x" * 4097}]}, "embeds"),
        ({"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]}, "embeds"),
        ({"embeds": [{"title": "x", "url": "javascript:1"}]}, "embeds"),
        ({"embeds": [{"title": "x", "footer": {"text": "x" * 2049}}]}, "embeds"),
        ({"embeds": [{"title": "x", "fields": [{"name": "n", "value": "v"}] * 26}]}, "embeds"),
        ({"embeds": [{"title": "x", "fields": [{"name": "n", "value": "x" * 1025}]}]}, "embeds"),
        ({"embeds": [{"title": "x", "fields": [{"name": "", "value": "v"}]}]}, "embeds"),
        ({"embeds": [{"color": 1}]}, "embeds"),
        ({"content": "x", "message_reference": {"message_id": "1"}}, "message_reference"),
        ({"content": "x", "allowed_mentions": {"parse": ["all"]}}, "allowed_mentions"),
    ],
)
async def test_a_message_beyond_the_limits_is_refused_with_the_path(app, body, path):
    refused = await app.post(**body, status=400)
    assert refused["code"] == 50035
    assert path in refused["errors"]
    assert app.discord.messages(app.channel_id) == []


@pytest.mark.parametrize(
    "components",
    [
        [a_row(a_button(n)) for n in range(6)],
        [a_row(*(a_button(n) for n in range(6)))],
        [{"type": 1, "components": []}],
        [a_button()],
        [a_row(a_button(custom_id="x" * 101))],
        [a_row(a_button(), a_button())],
        [a_row(a_button(label="x" * 81))],
        [a_row(a_button(label=""))],
        [a_row(a_button(style=7))],
        [a_row(a_button(style=5))],
        [a_row(a_button(url="https://x.org"))],
        [a_row(a_button(emoji={"name": "thumbsup"}))],
        [a_row(A_MENU, a_button())],
        [a_row({**A_MENU, "options": []})],
        [a_row({**A_MENU, "options": [{"label": "a", "value": str(n)} for n in range(26)]})],
        [a_row({**A_MENU, "options": [{"label": "a", "value": "1"}] * 2})],
        [a_row({**A_MENU, "options": [{"label": "x" * 101, "value": "1"}]})],
    ],
)
async def test_components_beyond_the_limits_are_refused(app, components):
    assert "components" in (await app.post(content="x", components=components, status=400))["errors"]


async def test_an_empty_message_is_refused(app):
    assert (await app.post(content=" \n", status=400))["code"] == 50006


async def test_a_nonce_drops_a_repetition_for_some_minutes(app):
    first = await app.post(content="once", nonce="same")
    again = await app.post(content="once", nonce="same")
    assert first["id"] == again["id"]
    assert (first["nonce"], app.discord.journal.violations) == ("same", [])
    app.time.seconds += 200
    assert (await app.post(content="once", nonce="same"))["id"] != first["id"]
    history = await app.call("GET", f"/channels/{app.channel_id}/messages")
    assert [("nonce" in one) for one in history] == [False, False]


async def test_one_nonce_for_two_messages_is_a_violation(app):
    await app.post(content="one", nonce="same")
    await app.post(content="two", nonce="same")
    assert any("two different messages" in text for text in app.discord.journal.violations)


async def test_a_message_without_an_enforced_nonce_is_a_violation(app):
    await app.post(content="x", enforce_nonce=False)
    assert any("nonce" in text for text in app.discord.journal.violations)


async def test_history_comes_newest_first_in_pages_of_at_most_a_hundred(app):
    ids = [app.people.say(app.ada, app.channel_id, f"{number}").id for number in range(120)]
    path = f"/channels/{app.channel_id}/messages"

    async def page(**query):
        app.time.seconds += 2
        return [one["id"] for one in await app.call("GET", path, params=query, status=200)]

    assert await page() == ids[:-51:-1]
    assert await page(limit="100") == ids[:19:-1]
    assert await page(limit="100", before=ids[20]) == ids[19::-1]
    assert await page(limit="3", after=ids[0]) == ids[3:0:-1]
    assert await page(limit="3", around=ids[60]) == [ids[61], ids[60], ids[59]]
    await app.call("GET", path, params={"limit": "101"}, status=400)


async def test_others_words_are_empty_without_the_content_intent(app):
    app.people.say(app.ada, app.channel_id, "secret")
    app.people.say(app.ada, app.channel_id, f"<@{BOT_USER}> for you")
    app.people.tell(app.ada, "in private")
    path = f"/channels/{app.channel_id}/messages"
    assert [one["content"] for one in await app.call("GET", path)] == [f"<@{BOT_USER}> for you", ""]
    direct = app.discord.world.direct_channel(app.ada).id
    assert [one["content"] for one in await app.call("GET", f"/channels/{direct}/messages")] == ["in private"]
    app.discord.gateway.privileged.add("message_content")
    assert [one["content"] for one in await app.call("GET", path)][1] == "secret"


async def test_only_own_messages_are_edited(app):
    mine, other = await app.post(content="mine"), app.people.say(app.ada, app.channel_id, "other")
    path = f"/channels/{app.channel_id}/messages/"
    edited = await app.call("PATCH", path + mine["id"], {"content": "better", **QUIET}, status=200)
    assert (edited["content"], bool(edited["edited_timestamp"])) == ("better", True)
    assert (await app.call("PATCH", path + other.id, {"content": "better", **QUIET}))["code"] == 50005
    assert (await app.call("DELETE", path + other.id))["code"] == 50013
    await app.call("DELETE", path + mine["id"], status=204)
    assert (await app.call("DELETE", path + mine["id"]))["code"] == 10008


@pytest.mark.parametrize(
    ("content", "allowed", "pings"),
    [
        ("@everyone", {"parse": ["everyone"]}, ("@everyone",)),
        ("\\@here", {"parse": ["everyone"]}, ("@here",)),
        ("@everyone", {"parse": []}, ()),
        ("`@everyone`", {"parse": ["everyone"]}, ()),
        ("<@{ada}>", {"parse": ["users"]}, ("@ada",)),
        ("<@{ada}> <@{ben}>", {"users": ["{ben}"]}, ("@ben",)),
        ("<@{ada}>", {"parse": []}, ()),
    ],
)
async def test_a_ping_is_heard_only_if_it_is_allowed_and_is_a_violation(app, content, allowed, pings):
    filled = json.loads(json.dumps([content, allowed]).replace("{ada}", app.ada).replace("{ben}", app.ben))
    await app.post(content=filled[0], allowed_mentions=filled[1])
    assert app.discord.messages(app.channel_id)[0].pings == pings
    told = [text for text in app.discord.journal.violations if text.startswith("a ping")]
    assert len(told) == len(pings)
    assert ("⟦PING" in app.discord.shown()) is bool(pings)


async def test_without_allowed_mentions_everybody_is_called(app):
    await app.post(content="@everyone", allowed_mentions=None)
    assert app.discord.messages(app.channel_id)[0].mention_everyone
    assert len(app.discord.journal.violations) == 2


async def test_a_reply_needs_its_message_and_calls_only_if_allowed(app):
    asked = app.people.say(app.ada, app.channel_id, "question")
    answer = await app.post(content="answer", message_reference={"message_id": asked.id})
    assert (answer["type"], answer["referenced_message"]["id"]) == (19, asked.id)
    assert app.discord.journal.violations == []
    await app.post(
        content="answer",
        message_reference={"message_id": asked.id},
        allowed_mentions={"parse": [], "replied_user": True},
    )
    assert any("@ada" in text for text in app.discord.journal.violations)
    lost = {"message_id": "123456789012345678", "fail_if_not_exists": False}
    assert (await app.post(content="answer", message_reference=lost))["type"] == 0


async def test_a_file_goes_up_and_down(app):
    form = aiohttp.FormData(quote_fields=False)
    told = {"content": "list", "nonce": "f", "enforce_nonce": True, "attachments": [{"id": 0, "filename": "a.md"}]}
    form.add_field("payload_json", json.dumps({**told, **QUIET}))
    form.add_field("files[0]", b"# Papers", filename="a.md", content_type="application/octet-stream")
    headers = {**AGENT, "Authorization": f"Bot {TOKEN}"}
    url = f"{app.discord.api_url}/channels/{app.channel_id}/messages"
    async with app.http.post(url, data=form, headers=headers) as answer:
        (attachment,) = (await answer.json())["attachments"]
    assert (attachment["filename"], attachment["size"]) == ("a.md", 8)
    async with app.http.get(attachment["url"]) as answer:
        assert await answer.read() == b"# Papers"
    assert "📎 a.md (8 bytes)" in app.discord.transcript()


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (
            "**b** *i* _i_ __u__ ~~s~~ ||h|| `c`",
            "⟦bold b⟧ ⟦italic i⟧ ⟦italic i⟧ ⟦underlined u⟧ ⟦struck s⟧ ⟦hidden h⟧ ⟦code c⟧",
        ),
        (r"\*\*b\*\* \_i\_ \`c\` \[a\](b) \@", "**b** _i_ `c` [a](b) @"),
        ("snake_case_name 2*3*4 a * b", "snake_case_name 2⟦italic 3⟧4 a * b"),
        ("[PDF](https://arxiv.org/pdf/1)", "PDF ‹https://arxiv.org/pdf/1›"),
        ("<https://arxiv.org> https://x.org/a_b_c.", "https://arxiv.org https://x.org/a_b_c."),
        ("# big\n-# small\n> said\n- one\n1. two", "⟦heading big⟧\n⟦small small⟧\n⟦quote said⟧\n• one\n1. two"),
        ("a\n```\nx **y**\n```\nb", "a\n    x **y**\nb"),
        ("<#1> <:lark:123> @everyone", "#unknown :lark: @everyone"),
    ],
)
async def test_text_is_read_as_discord_shows_it(app, text, seen):
    await app.post(content=text)
    assert app.discord.shown().split("\n" + seen)[0] == seen


async def test_a_transcript_shows_threads_buttons_and_whispers(app):
    socket, _ = await app.session()
    header = await app.post(
        content="Papers of today",
        embeds=[{"title": "t", "url": "https://x.org", "description": "d"}],
        components=[a_row()],
    )
    path = f"/channels/{app.channel_id}/messages/{header['id']}/threads"
    await app.call("POST", path, {"name": "more"}, status=201)
    await app.post(header["id"], content="inside")
    app.people.react(app.ada, app.channel_id, header["id"], "👍")
    app.people.press(app.ben, app.channel_id, header["id"], "go")
    await app.answer(
        await event(socket, "INTERACTION_CREATE"), {"type": 4, "data": {"content": "w", "flags": 64, **QUIET}}
    )
    lines = [line.strip() for line in app.discord.transcript().splitlines()]
    for line in (
        "Papers of today",
        "┃ ══ t ‹https://x.org› ══",
        "┃ d",
        "[ go ]",
        "👍 1 (ada)",
        "↳ thread “more”",
        "inside",
    ):
        assert line in lines
    assert any("(only ben sees this)" in line for line in lines)


async def test_people_act_over_http_for_whoever_works_by_hand(app):
    act = {"user": app.ada, "channel_id": app.channel_id, "text": "by hand"}
    async with app.http.post(f"{app.discord.base}/_do/say", json=act) as answer:
        shown = await answer.text()
    (number,) = app.discord.world.channels[app.channel_id].messages
    assert f"ada · {number}\n  by hand" in shown
    assert app.channel_id in shown
    async with app.http.post(f"{app.discord.base}/_do/say", json={**act, "channel_id": "1"}) as answer:
        assert answer.status == 400
    async with app.http.get(f"{app.discord.base}/_journal") as answer:
        assert (await answer.json())["violations"] == []
