"""Commands and interactions of the loopback Discord: their limits, and the time they leave."""

from __future__ import annotations

import asyncio
import json

import pytest
import pytest_asyncio

from tests.loopback.discord.world import APP
from tests.loopback.discord_app import (
    A_MENU,
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


COMMANDS = f"/applications/{APP}/commands"
TEXT_OPTION = {"type": 3, "name": "text", "description": "What to ask", "required": True, "autocomplete": True}
ASK = {"type": 1, "name": "ask", "description": "Ask about papers", "options": [TEXT_OPTION]}
PAPERS = {"name": "papers", "description": "Papers", "options": [ASK]}


@pytest.mark.parametrize(
    "command",
    [
        {**PAPERS, "name": "Papers"},
        {**PAPERS, "name": "x" * 33},
        {**PAPERS, "name": "two words"},
        {**PAPERS, "description": "x" * 101},
        {**PAPERS, "description": ""},
        {**PAPERS, "options": [ASK, ASK]},
        {**PAPERS, "options": [ASK, TEXT_OPTION]},
        {**PAPERS, "options": [{**ASK, "name": f"ask{n}"} for n in range(26)]},
        {**PAPERS, "options": [{"type": 2, "name": "group", "description": "x"}]},
        {**PAPERS, "options": [{"type": 2, "name": "a", "description": "x", "options": [{**ASK, "type": 2}]}]},
        {**PAPERS, "options": [{**TEXT_OPTION, "required": False}, {**TEXT_OPTION, "name": "late"}]},
        {**PAPERS, "options": [{**TEXT_OPTION, "choices": [{"name": "a", "value": "a"}]}]},
        {**PAPERS, "options": [{**ASK, "name": f"ask{n}", "description": "x" * 100} for n in range(25)] * 3},
    ],
)
async def test_commands_beyond_the_limits_are_refused(app, command):
    assert (await app.call("PUT", COMMANDS, [command], status=400))["code"] == 50035
    assert await app.call("GET", COMMANDS) == []


async def test_overwriting_keeps_ids_and_versions_of_what_is_the_same(app):
    other = {"name": "other", "description": "x"}
    first = await app.call("PUT", COMMANDS, [PAPERS, other], status=200)
    second = await app.call("PUT", COMMANDS, [{**PAPERS, "description": "New"}, other], status=200)
    assert [one["id"] for one in first] == [one["id"] for one in second]
    assert (first[0]["version"] != second[0]["version"], first[1] == second[1]) == (True, True)
    assert len(await app.call("PUT", COMMANDS, [other], status=200)) == 1
    duplicates = await app.call("PUT", COMMANDS, [other, other], status=400)
    assert "DUPLICATE_NAME" in json.dumps(duplicates)
    local = await app.call("PUT", f"/applications/{APP}/guilds/{app.guild}/commands", [PAPERS], status=200)
    assert local[0]["guild_id"] == app.guild
    assert app.discord.registered.names() == ("other",)


async def test_two_hundred_creates_a_day_are_the_limit(app):
    for number in range(200):
        app.discord.limits._calls.clear()
        await app.call("PUT", COMMANDS, [{**PAPERS, "name": f"papers{number}"}], status=200)
        app.time.seconds += 0.1
    app.discord.limits._calls.clear()
    assert (await app.call("PUT", COMMANDS, [PAPERS], status=400))["code"] == 30034
    assert "30034" in " ".join(app.discord.journal.violations)
    app.time.seconds += 86_400
    await app.call("PUT", COMMANDS, [PAPERS], status=200)


async def test_a_slash_command_arrives_as_it_was_typed(app):
    socket, _ = await app.session()
    await app.call("PUT", COMMANDS, [PAPERS], status=200)
    with pytest.raises(ValueError, match="needs text"):
        app.people.slash(app.ada, app.channel_id, "papers ask")
    with pytest.raises(KeyError):
        app.people.slash(app.ada, app.channel_id, "papers", text="x")
    interaction = app.people.slash(app.ada, app.channel_id, "papers ask", text="what is new")
    asked = await event(socket, "INTERACTION_CREATE")
    shown = asked["d"]
    assert (shown["type"], shown["member"]["user"]["id"], shown["guild_id"]) == (2, app.ada, app.guild)
    (ask,) = shown["data"]["options"]
    assert (ask["name"], ask["type"]) == ("ask", 1)
    assert ask["options"] == [{"name": "text", "type": 3, "value": "what is new"}]
    done = await app.answer(asked, {"type": 4, "data": {"content": "this", "flags": 64, **QUIET}})
    assert done["resource"]["message"]["flags"] == 64
    assert (app.discord.answers(interaction), app.discord.whispers(app.ada)) == (["this"], ["this"])
    assert (app.discord.messages(app.channel_id), app.discord.whispers(app.ben)) == ([], [])
    assert await app.call("GET", f"/channels/{app.channel_id}/messages") == []
    assert (await app.answer(asked, {"type": 4, "data": {"content": "x", **QUIET}}, status=400))["code"] == 40060


async def test_an_answer_after_three_seconds_is_too_late(app):
    socket, _ = await app.session()
    await app.call("PUT", COMMANDS, [PAPERS], status=200)
    app.people.slash(app.ada, app.channel_id, "papers ask", text="x")
    asked = await event(socket, "INTERACTION_CREATE")
    app.time.seconds += 3.1
    assert (await app.answer(asked, {"type": 5}, status=404))["code"] == 10062
    assert "10062" in " ".join(app.discord.journal.violations)


async def test_no_answer_at_all_is_a_violation_unless_nobody_was_there(app):
    app.discord.interactions.answer_s = 0.05
    await app.call("PUT", COMMANDS, [PAPERS], status=200)
    app.people.slash(app.ada, app.channel_id, "papers ask", text="x")
    await app.people.settle()
    assert app.discord.journal.violations == []
    socket, _ = await app.session()
    app.people.slash(app.ada, app.channel_id, "papers ask", text="x")
    while app.people._waiting:  # noqa: ASYNC110 - this client answers no heartbeat
        await asyncio.sleep(0.01)
    assert not socket.closed
    assert app.discord.journal.violations == ["the application did not respond to an interaction of type 2"]


async def test_a_deferred_answer_is_filled_in_within_fifteen_minutes(app):
    socket, _ = await app.session()
    await app.call("PUT", COMMANDS, [PAPERS], status=200)
    interaction = app.people.slash(app.ada, app.channel_id, "papers ask", text="x")
    asked = await event(socket, "INTERACTION_CREATE")
    original = f"/webhooks/{APP}/{asked['d']['token']}/messages/@original"
    assert (await app.call("PATCH", original, {"content": "x", **QUIET}, token="", status=404))["code"] == 10015
    await app.answer(asked, {"type": 5, "data": {"flags": 64}})
    assert app.discord.answers(interaction) == ["paperlark is thinking…"]
    follow = f"/webhooks/{APP}/{asked['d']['token']}"
    body = {"content": "the answer", **QUIET}
    filled = await app.call("POST", follow, body, token="", params={"wait": "true"}, status=200)
    more = await app.call("POST", follow, {**body, "flags": 64}, token="", params={"wait": "true"}, status=200)
    assert (app.discord.answers(interaction), filled["id"] != more["id"]) == (["the answer", "the answer"], True)
    app.time.seconds += 890
    await app.call("PATCH", original, {"content": "better", **QUIET}, token="", status=200)
    await app.call("DELETE", f"{follow}/messages/{more['id']}", token="", status=204)
    assert app.discord.whispers(app.ada) == ["better\n(edited)"]
    app.time.seconds += 20
    assert (await app.call("PATCH", original, body, token="", status=401))["code"] == 50027


async def test_a_button_is_pressed_and_its_message_changed(app):
    socket, _ = await app.session()
    message = await app.post(content="paper", components=[a_row(a_button(label="👍"), a_button(2, label="Why"))])
    app.people.press(app.ben, app.channel_id, message["id"], "Why")
    asked = await event(socket, "INTERACTION_CREATE")
    assert (asked["d"]["data"]["custom_id"], asked["d"]["message"]["content"]) == ("b2", "paper")
    await app.answer(asked, {"type": 7, "data": {"content": "changed", **QUIET}})
    assert [one.content for one in app.discord.messages(app.channel_id)] == ["changed"]
    with pytest.raises(KeyError, match="only"):
        app.people.press(app.ben, app.channel_id, message["id"], "Nothing")


async def test_a_menu_is_picked_from(app):
    socket, _ = await app.session()
    message = await app.post(content="papers", components=[a_row(A_MENU)])
    app.people.pick(app.ben, app.channel_id, message["id"], ["a"])
    asked = await event(socket, "INTERACTION_CREATE")
    assert (asked["d"]["data"]["values"], asked["d"]["data"]["component_type"]) == (["1"], 3)
    await app.answer(asked, {"type": 6})


@pytest.mark.parametrize(("kind", "refused"), [("slash", {6, 7, 8}), ("press", {8}), ("complete", {4, 5, 6, 7, 9})])
async def test_each_interaction_has_its_own_kinds_of_answers(app, kind, refused):
    socket, _ = await app.session()
    await app.call("PUT", COMMANDS, [PAPERS], status=200)
    message = await app.post(content="paper", components=[a_row()])
    acts = {
        "slash": lambda: app.people.slash(app.ada, app.channel_id, "papers ask", text="x"),
        "press": lambda: app.people.press(app.ada, app.channel_id, message["id"], "go"),
        "complete": lambda: app.people.complete(app.ada, app.channel_id, "papers ask", "text", "x"),
    }
    acts[kind]()
    asked = await event(socket, "INTERACTION_CREATE")
    for answer in sorted(refused):
        await app.answer(asked, {"type": answer, "data": {"content": "x", **QUIET}}, status=400)


async def test_completions_are_checked(app):
    socket, _ = await app.session()
    await app.call("PUT", COMMANDS, [PAPERS], status=200)
    interaction = app.people.complete(app.ada, app.channel_id, "papers ask", "text", "wh")
    asked = await event(socket, "INTERACTION_CREATE")
    focused = {"name": "text", "type": 3, "value": "wh", "focused": True}
    assert asked["d"]["data"]["options"][0]["options"] == [focused]
    many = [{"name": str(n), "value": str(n)} for n in range(26)]
    for choices in (many, [{"name": "x" * 101, "value": "x"}], [{"name": "x", "value": 1}], None):
        await app.answer(asked, {"type": 8, "data": {"choices": choices}}, status=400)
    await app.answer(asked, {"type": 8, "data": {"choices": many[:25]}})
    assert len(interaction.choices) == 25


A_FIELD = {"type": 4, "custom_id": "text", "style": 2, "label": "Topics", "max_length": 20, "value": "old"}
A_MODAL = {"title": "Topics", "custom_id": "form|1", "components": [{"type": 1, "components": [A_FIELD]}]}


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "x" * 46},
        {"custom_id": "x" * 101},
        {"components": []},
        {"components": A_MODAL["components"] * 6},
        {"components": [{"type": 1, "components": [{**A_FIELD, "value": "x" * 4001, "max_length": 4000}]}]},
        {"components": [{"type": 1, "components": [{**A_FIELD, "label": "x" * 46}]}]},
        {"components": [a_row()]},
    ],
)
async def test_windows_beyond_the_limits_are_refused(app, changes):
    socket, _ = await app.session()
    message = await app.post(content="paper", components=[a_row()])
    app.people.press(app.ada, app.channel_id, message["id"], "go")
    asked = await event(socket, "INTERACTION_CREATE")
    assert (await app.answer(asked, {"type": 9, "data": {**A_MODAL, **changes}}, status=400))["code"] == 50035
    assert app.people.window_of(app.ada) is None


async def test_a_window_is_filled_in_and_sent(app):
    socket, _ = await app.session()
    message = await app.post(content="paper", components=[a_row()])
    app.people.press(app.ada, app.channel_id, message["id"], "go")
    await app.answer(await event(socket, "INTERACTION_CREATE"), {"type": 9, "data": A_MODAL})
    window = app.people.window_of(app.ada)
    assert "Topics" in app.discord.transcript()
    with pytest.raises(ValueError, match="too long"):
        app.people.submit(app.ada, window.id, {"text": "x" * 21})
    app.people.submit(app.ada, window.id, {"text": "new"})
    sent = await event(socket, "INTERACTION_CREATE")
    (row,) = sent["d"]["data"]["components"]
    assert (sent["d"]["type"], row["components"][0]["value"], sent["d"]["message"]["id"]) == (5, "new", message["id"])
    assert app.people.window_of(app.ada) is None
    await app.answer(sent, {"type": 9, "data": A_MODAL}, status=400)
    await app.answer(sent, {"type": 4, "data": {"content": "kept", "flags": 64, **QUIET}})
