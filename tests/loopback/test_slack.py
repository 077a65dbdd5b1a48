"""The loopback Slack is as strict as Slack, so that what passes it is right there."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
import pytest_asyncio

from tests.loopback.slack import APP_TOKEN, BOT_TOKEN, LoopbackSlack
from tests.loopback.slack.blockkit import complaints_about, complaints_about_view, is_too_long
from tests.loopback.slack.workspace import BOT_USER
from tests.platforms.posts import until

POST = {"text": "hello", "unfurl_links": False, "unfurl_media": False}


class Time:
    """The workspace's time, moved by the test."""

    def __init__(self) -> None:
        self.seconds = 1_746_687_600.0

    def __call__(self) -> float:
        return self.seconds


class App:
    """A client without any SDK, so that neither hides the other's mistakes."""

    def __init__(self, slack: LoopbackSlack, time: Time) -> None:
        self.slack = slack
        self.time = time
        self.ada = slack.workspace.add_person("ada")
        self.channel_id = slack.workspace.add_channel("papers", self.ada, [BOT_USER])
        self.http: aiohttp.ClientSession

    async def call(self, method: str, *, token: str = BOT_TOKEN, **arguments):
        """A call with a JSON body."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.http.post(self.slack.api_url + method, json=arguments, headers=headers) as answer:
            return await answer.json()

    async def socket(self) -> aiohttp.ClientWebSocketResponse:
        opened = await self.call("apps.connections.open", token=APP_TOKEN)
        socket = await self.http.ws_connect(opened["url"])
        assert (await socket.receive_json())["type"] == "hello"
        return socket


@pytest_asyncio.fixture
async def app():
    time = Time()
    async with LoopbackSlack(now=time, pace=0.02) as slack, aiohttp.ClientSession() as http:
        app = App(slack, time)
        app.http = http
        yield app


async def test_arguments_come_as_query_form_or_json(app):
    expected = {"channel": app.channel_id, "text": "hello"}
    headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
    url = app.slack.api_url + "chat.postMessage"
    for how in ({"params": expected}, {"data": expected}, {"json": expected}):
        app.time.seconds += 5
        async with app.http.post(url, headers=headers, **how) as answer:
            assert (await answer.json())["ok"] is True
    app.time.seconds += 5
    async with app.http.post(url, data={**expected, "token": BOT_TOKEN}) as answer:
        assert (await answer.json())["ok"] is True
    async with app.http.post(url, json={**expected, "token": BOT_TOKEN}) as answer:
        assert (await answer.json())["error"] == "not_authed"


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        ("", "auth.test", "not_authed"),
        ("xoxb-other", "auth.test", "invalid_auth"),
        (APP_TOKEN, "chat.postMessage", "not_allowed_token_type"),
        (BOT_TOKEN, "apps.connections.open", "not_allowed_token_type"),
        (BOT_TOKEN, "chat.meMessage", "unknown_method"),
    ],
)
async def test_tokens_and_methods_are_checked(app, token, method, error):
    assert (await app.call(method, token=token))["error"] == error


async def test_a_missing_scope_is_named_by_the_kind_of_channel(app):
    hidden = app.slack.workspace.add_channel("hidden", app.ada, [BOT_USER], is_private=True)
    app.slack.methods.scopes -= {"groups:history"}
    answer = await app.call("conversations.history", channel=hidden)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:history")
    assert "channels:history" in answer["provided"]
    assert (await app.call("conversations.history", channel=app.channel_id))["ok"] is True


async def test_channels_are_checked(app):
    outside = app.slack.workspace.add_channel("outside", app.ada)
    hidden = app.slack.workspace.add_channel("hidden", app.ada, is_private=True)
    old = app.slack.workspace.add_channel("old", app.ada, [BOT_USER], is_archived=True)
    errors = [
        (await app.call("chat.postMessage", channel=channel_id, **POST))["error"]
        for channel_id in (outside, hidden, old, "C0")
    ]
    assert errors == ["not_in_channel", "channel_not_found", "is_archived", "channel_not_found"]


async def test_a_second_message_within_a_second_must_wait(app):
    assert (await app.call("chat.postMessage", channel=app.channel_id, **POST))["ok"] is True
    url, headers = app.slack.api_url + "chat.postMessage", {"Authorization": f"Bearer {BOT_TOKEN}"}
    async with app.http.post(url, json={"channel": app.channel_id, **POST}, headers=headers) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
        assert (await answer.json())["error"] == "ratelimited"
    app.time.seconds += 0.02  # a second at this pace
    assert (await app.call("chat.postMessage", channel=app.channel_id, **POST))["ok"] is True


async def test_the_workspace_has_a_limit_of_its_own(app):
    app.slack.limits._workspace_per_minute = 3
    channel_ids = [app.slack.workspace.add_channel(f"c{n}", app.ada, [BOT_USER]) for n in range(4)]
    answers = [await app.call("chat.postMessage", channel=channel_id, **POST) for channel_id in channel_ids]
    assert [answer["ok"] for answer in answers] == [True, True, True, False]


def a_section(text: str) -> dict:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def a_button(**changes) -> dict:
    return {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "go"}, **changes}


@pytest.mark.parametrize(
    "blocks",
    [
        [a_section("x" * 3001)],
        [a_section("")],
        [a_section("🐦" * 1501)],
        [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        [{"type": "context", "elements": []}],
        [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}],
        [{"type": "actions", "elements": [a_button(action_id=str(n)) for n in range(26)]}],
        [{"type": "actions", "elements": [a_button(), a_button()]}],
        [{"type": "actions", "elements": [a_button(value="x" * 2001)]}],
        [{"type": "actions", "elements": [a_button(text={"type": "plain_text", "text": "x" * 76})]}],
        [{"type": "actions", "elements": [a_button(action_id="x" * 256)]}],
        [{"type": "divider"}] * 51,
        [{"type": "divider", "block_id": "same"}, {"type": "divider", "block_id": "same"}],
        [{"type": "divider", "block_id": "x" * 256}],
        [
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}],
            }
        ],
        [{"type": "carousel"}],
        {"type": "divider"},
    ],
)
async def test_blocks_beyond_the_limits_are_refused_with_the_reason(app, blocks):
    assert complaints_about(blocks)
    answer = await app.call("chat.postMessage", channel=app.channel_id, **POST, blocks=blocks)
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"][0].startswith("[ERROR]")
    assert app.slack.messages(app.channel_id) == []


async def test_the_undocumented_total_is_enforced(app):
    blocks = [a_section("x" * 2900)] * 5
    assert is_too_long(blocks)
    answer = await app.call("chat.postMessage", channel=app.channel_id, **POST, blocks=blocks)
    assert answer["error"] == "msg_blocks_too_long"


def test_windows_have_their_own_limits():
    title = {"type": "plain_text", "text": "x" * 25}
    assert complaints_about_view({"type": "modal", "title": title, "blocks": []})
    assert not complaints_about_view(
        {"type": "modal", "title": {**title, "text": "x" * 24}, "blocks": [{"type": "divider"}] * 51}
    )


async def test_metadata_comes_back_only_to_who_asks_for_it(app):
    metadata = {"event_type": "mine", "event_payload": {"key": "a"}}
    await app.call("chat.postMessage", channel=app.channel_id, **POST, metadata=metadata)
    plain = await app.call("conversations.history", channel=app.channel_id)
    full = await app.call("conversations.history", channel=app.channel_id, include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata
    bad = await app.call(
        "chat.update", channel=app.channel_id, ts=full["messages"][0]["ts"], **POST, metadata={"key": "a"}
    )
    assert bad["error"] == "invalid_metadata_format"


async def test_history_is_newest_first_in_pages_and_leaves_replies_out(app):
    head = app.slack.people.say(app.ada, app.channel_id, "head")
    app.slack.people.say(app.ada, app.channel_id, "reply", thread=head.ts)
    for number in range(4):
        app.slack.people.say(app.ada, app.channel_id, f"{number}")
    first = await app.call("conversations.history", channel=app.channel_id, limit=3, oldest="0")
    rest = await app.call(
        "conversations.history",
        channel=app.channel_id,
        limit=3,
        oldest="0",
        cursor=first["response_metadata"]["next_cursor"],
    )
    texts = [message["text"] for message in first["messages"] + rest["messages"]]
    assert texts == ["3", "2", "1", "0", "head"]
    replies = await app.call("conversations.replies", channel=app.channel_id, ts=head.ts)
    assert [message["text"] for message in replies["messages"]] == ["head", "reply"]


async def test_a_window_opens_within_three_seconds_and_once(app):
    view = {"type": "modal", "title": {"type": "plain_text", "text": "t"}, "blocks": [{"type": "divider"}]}
    late, good = app.slack.people._trigger(app.ada), app.slack.people._trigger(app.ada)
    assert (await app.call("views.open", trigger_id=good, view=view))["ok"] is True
    assert (await app.call("views.open", trigger_id=good, view=view))["error"] == "invalid_trigger_id"
    app.time.seconds += 3.5
    assert (await app.call("views.open", trigger_id=late, view=view))["error"] == "expired_trigger_id"


async def test_a_response_url_takes_five_answers_within_half_an_hour(app):
    url = app.slack.people._response_url(app.channel_id, app.ada)
    statuses = []
    for _ in range(6):
        async with app.http.post(url, json={"text": "hi"}) as answer:
            statuses.append(answer.status)
    assert statuses == [200] * 5 + [404]
    url = app.slack.people._response_url(app.channel_id, app.ada)
    app.time.seconds += 1801
    async with app.http.post(url, json={"text": "hi"}) as answer:
        assert answer.status == 404


async def test_an_event_comes_until_it_is_acknowledged(app):
    socket = await app.socket()
    said = app.slack.people.say(app.ada, app.channel_id, "hello")
    delivery = app.slack.people.deliveries[-1]
    first = await socket.receive_json()
    again = await socket.receive_json()
    assert (first["payload"]["event"]["ts"], first.get("retry_attempt")) == (said.ts, None)
    assert first["payload"]["event_id"] == again["payload"]["event_id"]
    assert again["retry_attempt"] == 1
    await socket.send_json({"envelope_id": again["envelope_id"]})
    await asyncio.wait_for(delivery.done.wait(), 60)
    assert (delivery.acked, delivery.attempts) == (True, 2)


async def test_events_go_to_one_of_two_sockets_and_are_lost_while_none_is_open(app):
    lost = app.slack.people.react(app.ada, app.channel_id, app.slack.people.say(app.ada, app.channel_id, "x").ts, "+1")
    await asyncio.wait_for(lost.done.wait(), 60)
    assert not lost.acked
    sockets = [await app.socket(), await app.socket()]
    heard = [0, 0]

    async def listen(number: int) -> None:
        async for message in sockets[number]:
            heard[number] += 1
            await sockets[number].send_json({"envelope_id": json.loads(message.data)["envelope_id"]})

    listening = [asyncio.create_task(listen(number)) for number in (0, 1)]
    for number in range(20):
        app.slack.people.say(app.ada, app.channel_id, f"{number}")
    await asyncio.wait_for(app.slack.people.settle(), 60)
    assert sum(heard) == 20
    assert all(heard)
    for task in listening:
        task.cancel()


async def test_a_connection_asked_to_go_hears_why(app):
    socket = await app.socket()
    app.slack.sockets.refresh()
    told = await socket.receive_json()
    assert (told["type"], told["reason"]) == ("disconnect", "refresh_requested")


async def test_a_ticket_opens_one_connection(app):
    opened = await app.call("apps.connections.open", token=APP_TOKEN)
    await app.http.ws_connect(opened["url"])
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await app.http.ws_connect(opened["url"])


async def test_the_app_hears_only_of_channels_it_is_in(app):
    socket = await app.socket()
    outside = app.slack.workspace.add_channel("outside", app.ada)
    app.slack.people.say(app.ada, outside, "secret")
    assert app.slack.people.deliveries == []
    app.slack.people.say(app.ada, app.channel_id, "open")
    assert (await socket.receive_json())["payload"]["event"]["text"] == "open"


async def test_a_ping_is_seen_in_the_transcript(app):
    await app.call("chat.postMessage", channel=app.channel_id, **{**POST, "text": "<!channel> look, <@U1> &amp; *all*"})
    assert "⟦PING @channel⟧ look, ⟦PING @U1⟧ & ⟦bold all⟧" in app.slack.transcript()


async def test_people_act_over_http_for_whoever_works_by_hand(app):
    act = {"user": app.ada, "channel_id": app.channel_id, "text": "by hand"}
    async with app.http.post(f"{app.slack.base}/_do/say", json=act) as answer:
        shown = await answer.text()
    (message,) = app.slack.workspace.channels[app.channel_id].messages.values()
    assert f"ada · {message.ts}\n  by hand" in shown
    assert app.channel_id in shown
    async with app.http.get(f"{app.slack.base}/_journal") as answer:
        assert (await answer.json())["violations"] == []
    await until(lambda: True)
