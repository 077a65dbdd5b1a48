"""The loopback Discord is as strict as Discord in what it answers, so that what passes it is right there."""

from __future__ import annotations

import aiohttp
import pytest
import pytest_asyncio

from tests.loopback.discord import TOKEN
from tests.loopback.discord.faults import KINDS
from tests.loopback.discord.world import APP, BOT_USER
from tests.loopback.discord_app import (
    AGENT,
    QUIET,
    an_app,
)


@pytest_asyncio.fixture
async def app():
    async with an_app() as app:
        yield app


@pytest.mark.parametrize("token", ["", "other"])
async def test_a_wrong_token_is_refused(app, token):
    assert await app.call("GET", "/users/@me", token=token, status=401) == {"message": "401: Unauthorized", "code": 0}
    assert (await app.call("GET", "/users/@me", status=200))["id"] == BOT_USER


async def test_json_is_sent_exactly_as_application_json(app):
    async with app.http.get(app.discord.api_url + "/gateway") as answer:
        assert answer.headers["Content-Type"] == "application/json"
        assert "Via" in answer.headers


async def test_an_unknown_path_is_a_violation(app):
    await app.call("GET", "/channels/1/nonsense", status=404)
    assert app.discord.journal.violations == ["unknown: 404 0 404: Not Found"]


async def test_a_body_that_is_no_json_is_refused(app):
    path, headers = f"/channels/{app.channel_id}/messages", {"Content-Type": "text/plain"}
    async with app.http.post(
        app.discord.api_url + path, data="x", headers={**AGENT, **headers, "Authorization": f"Bot {TOKEN}"}
    ) as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, 50035)
    async with app.http.post(
        app.discord.api_url + path,
        data="{",
        headers={**AGENT, "Content-Type": "application/json", "Authorization": f"Bot {TOKEN}"},
    ) as answer:
        assert (await answer.json())["code"] == 50109


async def test_the_app_says_who_it_is(app):
    app.discord.messages_api.about_app["bot_public"] = False
    for path in ("/oauth2/applications/@me", "/applications/@me"):
        shown = await app.call("GET", path, status=200)
        assert (shown["id"], shown["bot_public"], shown["interactions_endpoint_url"]) == (APP, False, None)


async def test_permissions_count_by_channel(app):
    hidden = app.discord.world.add_channel(app.guild, "hidden", private=True)
    mute = app.discord.world.add_channel(app.guild, "mute")
    role = app.people.bot_role(app.guild)
    app.people.permit(mute, role, deny=["SEND_MESSAGES", "READ_MESSAGE_HISTORY"])
    assert (await app.post(hidden, content="x", status=403))["code"] == 50001
    assert (await app.post(mute, content="x", status=403))["code"] == 50013
    assert (await app.post("123", content="x", status=404))["code"] == 10003
    said = app.people.say(app.ada, mute, "x")
    assert await app.call("GET", f"/channels/{mute}/messages", status=200) == []
    assert (await app.call("GET", f"/channels/{mute}/messages/{said.id}", status=403))["code"] == 50013
    app.people.permit(mute, role, allow=["SEND_MESSAGES"], deny=["EMBED_LINKS"])
    await app.post(mute, content="x")
    assert (await app.post(mute, embeds=[{"title": "x"}], status=403))["code"] == 50013
    shown = await app.call("GET", f"/guilds/{app.guild}/members/{BOT_USER}", status=200)
    assert shown["roles"] == [role]


async def test_a_thread_has_the_id_of_its_message_and_is_made_once(app):
    header = await app.post(content="header")
    path = f"/channels/{app.channel_id}/messages/{header['id']}/threads"
    assert (await app.call("POST", path, {"name": "x" * 101}, status=400))["code"] == 50035
    await app.call("POST", path, {"name": "more", "auto_archive_duration": 7}, status=400)
    thread = await app.call("POST", path, {"name": "more", "auto_archive_duration": 10080}, status=201)
    assert (thread["id"], thread["parent_id"], thread["type"]) == (header["id"], app.channel_id, 11)
    assert (await app.call("POST", path, {"name": "more"}, status=400))["code"] == 160004
    inside = await app.post(thread["id"], content="inside")
    history = await app.call("GET", f"/channels/{thread['id']}/messages")
    assert [(one["type"], one["content"]) for one in history] == [(0, "inside"), (21, "")]
    (shown,) = await app.call("GET", f"/channels/{app.channel_id}/messages")
    assert (shown["flags"] & 32, shown["thread"]["message_count"]) == (32, 1)
    assert [one.id for one in app.discord.messages(app.channel_id)] == [header["id"], inside["id"]]


async def test_a_silent_thread_is_archived_and_a_message_opens_it_again(app):
    header = await app.post(content="header")
    path = f"/channels/{app.channel_id}/messages/{header['id']}/threads"
    thread = await app.call("POST", path, {"name": "more", "auto_archive_duration": 60})
    inside = await app.post(thread["id"], content="inside")
    app.time.seconds += 3700
    assert (await app.call("GET", f"/channels/{thread['id']}"))["thread_metadata"]["archived"]
    edit = f"/channels/{thread['id']}/messages/{inside['id']}"
    assert (await app.call("PATCH", edit, {"content": "late", **QUIET}, status=400))["code"] == 50083
    await app.call("PATCH", f"/channels/{thread['id']}", {"archived": False}, status=200)
    await app.call("PATCH", edit, {"content": "late", **QUIET}, status=200)
    app.discord.world.channels[thread["id"]].is_locked = True
    assert (await app.post(thread["id"], content="x", status=403))["code"] == 160005


async def test_a_person_can_refuse_direct_messages(app):
    hermit = app.discord.world.add_person("hermit", takes_direct_messages=False)
    app.discord.world.join(app.guild, hermit)
    stranger = app.discord.world.add_person("stranger")
    codes = {}
    for person in (app.ada, hermit, stranger):
        channel = await app.call("POST", "/users/@me/channels", {"recipient_id": person}, status=200)
        codes[person] = (await app.post(channel["id"], content="hello", status=None)).get("code")
    assert codes == {app.ada: None, hermit: 50007, stranger: 50007}


async def test_reactions_are_counted_listed_and_taken_back(app):
    message = await app.post(content="paper")
    path = f"/channels/{app.channel_id}/messages/{message['id']}"
    app.people.react(app.ada, app.channel_id, message["id"], "👍🏽")
    app.people.react(app.ben, app.channel_id, message["id"], "👍🏽")
    assert app.people.react(app.ben, app.channel_id, message["id"], "👍🏽") is None
    await app.call("PUT", path + "/reactions/👍🏽/@me", status=204)
    (reaction,) = (await app.call("GET", path))["reactions"]
    assert (reaction["emoji"]["name"], reaction["count"], reaction["me"]) == ("👍🏽", 3, True)
    app.time.seconds += 1
    users = await app.call("GET", path + "/reactions/👍🏽", params={"limit": "2"})
    assert [one["id"] for one in users] == sorted([app.ada, app.ben, BOT_USER], key=int)[:2]
    app.time.seconds += 1
    assert (await app.call("PUT", path + "/reactions/thumbsup/@me", status=400))["code"] == 10014
    app.time.seconds += 1
    assert (await app.call("DELETE", path + f"/reactions/👍🏽/{app.ada}", status=403))["code"] == 50013
    app.time.seconds += 1
    await app.call("DELETE", path + "/reactions/👍🏽/@me", status=204)
    app.people.unreact(app.ada, app.channel_id, message["id"], "👍🏽")
    app.people.unreact(app.ben, app.channel_id, message["id"], "👍🏽")
    assert "reactions" not in await app.call("GET", path)


async def test_people_cannot_do_what_discord_forbids_them(app):
    hidden = app.discord.world.add_channel(app.guild, "hidden", private=True)
    said = app.people.say(app.ada, hidden, "for the owner")
    with pytest.raises(ValueError, match="does not see"):
        app.people.react(app.ben, hidden, said.id, "👍")
    app.people.permit(app.channel_id, app.guild, deny=["ADD_REACTIONS"])
    said = app.people.say(app.ada, app.channel_id, "x")
    with pytest.raises(ValueError, match="ADD_REACTIONS"):
        app.people.react(app.ben, app.channel_id, said.id, "👍")
    with pytest.raises(ValueError, match="MANAGE_MESSAGES"):
        app.people.delete(app.ben, app.channel_id, said.id)


async def test_a_sixth_message_within_five_seconds_must_wait(app):
    path = f"/channels/{app.channel_id}/messages"
    headers = {**AGENT, "Authorization": f"Bot {TOKEN}"}
    for left in (4, 3, 2, 1, 0):
        body = {"content": "x", "nonce": str(left), "enforce_nonce": True, **QUIET}
        async with app.http.post(app.discord.api_url + path, json=body, headers=headers) as answer:
            assert (answer.status, answer.headers["X-RateLimit-Remaining"]) == (200, str(left))
            assert answer.headers["X-RateLimit-Reset-After"] == "5.000"
    async with app.http.post(app.discord.api_url + path, json=body, headers=headers) as answer:
        refused = await answer.json()
        assert (answer.status, answer.headers["Retry-After"], refused["retry_after"]) == (429, "5", 5.0)
        assert (answer.headers["X-RateLimit-Scope"], refused["global"]) == ("user", False)
    other = app.discord.world.add_channel(app.guild, "other")
    async with app.http.post(f"{app.discord.api_url}/channels/{other}/messages", json=body, headers=headers) as answer:
        assert answer.status == 200, "each channel has a limit of its own"
    app.time.seconds += 5
    await app.call("POST", path, {**body, "nonce": "later"}, status=200)


async def test_fifty_calls_a_second_are_the_limit_of_everything(app):
    for number in range(50):
        await app.call("GET", f"/users/{app.ada}" if number % 2 else f"/channels/{number}")
        app.discord.limits._calls.clear()
    refused = await app.call("GET", "/users/@me", status=429)
    assert refused["global"] is True
    app.time.seconds += 1
    await app.call("GET", "/users/@me", status=200)


@pytest.mark.parametrize("kind", KINDS)
async def test_every_fault_does_what_it_says(app, kind):
    done = kind in {"lost", "silent-done", "500-done", "slow"}
    struck = []
    seconds = None if "late" in kind else 0.05
    app.discord.fault(kind, seconds=seconds, code=50013, status=403, then=lambda: struck.append(kind))
    body = {"content": "x", "nonce": "1", "enforce_nonce": True, **QUIET}
    url, headers = (
        f"{app.discord.api_url}/channels/{app.channel_id}/messages",
        {**AGENT, "Authorization": f"Bot {TOKEN}"},
    )
    status = None
    try:
        async with app.http.post(url, json=body, headers=headers, timeout=aiohttp.ClientTimeout(0.3)) as answer:
            status = answer.status
    except TimeoutError:
        status = "nothing"
    except aiohttp.ClientError:
        status = "broken off"
    silent, broken = dict.fromkeys(("silent", "silent-done", "silent-late"), "nothing"), "broken off"
    expected = {**silent, "slow": 200, "cloudflare": 429, "429-global": 429, "500-done": 500, "error": 403}
    assert status == expected.get(kind, int(kind) if kind.isdecimal() else broken)
    assert (len(app.discord.messages(app.channel_id)), struck) == (1 if done else 0, [kind])
    await app.discord.land()
    assert len(app.discord.messages(app.channel_id)) == (1 if done or "late" in kind else 0)
    await app.call("POST", f"/channels/{app.channel_id}/messages", {**body, "nonce": "2"}, status=200)
    assert app.discord.journal.violations == []
