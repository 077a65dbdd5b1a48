"""A real HTTP and WebSocket server that speaks Slack on this machine, strictly, with a journal."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from tests.loopback.slack.contents import Refused, content
from tests.loopback.slack.faults import Fault
from tests.loopback.slack.journal import Call, Journal
from tests.loopback.slack.limits import Limits
from tests.loopback.slack.methods import Methods
from tests.loopback.slack.people import People
from tests.loopback.slack.requests import arguments_of, asked_to_wait, token_of
from tests.loopback.slack.sockets import Sockets
from tests.loopback.slack.transcript import notification, read_message, read_view, transcript
from tests.loopback.slack.workspace import BOT_USER, Channel, Message, Workspace

BOT_TOKEN = "xoxb-loopback-1"
APP_TOKEN = "xapp-1-loopback-1"
MANIFEST = Path(__file__).parents[3] / "bot" / "platforms" / "slack_manifest.json"


class LoopbackSlack:
    """One Slack workspace on 127.0.0.1, as an async context manager.

    Scopes and subscribed events are those of the app's own manifest unless given. `now` tells the workspace's time in
    seconds since the epoch, `pace` multiplies every limit and wait.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.time,
        pace: float = 1.0,
        scopes: set[str] | None = None,
        events: set[str] | None = None,
        app_scopes: set[str] | None = None,
        workspace_per_minute: int = 300,
        port: int = 0,
        seed: int = 0,
    ) -> None:
        manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
        if scopes is None:
            scopes = set(manifest["oauth_config"]["scopes"]["bot"])
        if events is None:
            events = set(manifest["settings"]["event_subscriptions"]["bot_events"])
        self.journal = Journal()
        self.workspace = Workspace(now, seed)
        self.sockets = Sockets(self.journal.note, pace=pace, seed=seed)
        self.methods = Methods(self.workspace, scopes, self._emit, lambda: self.base)
        self.people = People(self.workspace, self.methods, self.sockets, events)
        self.limits = Limits(now, pace=pace, workspace_per_minute=workspace_per_minute)
        self.app_scopes = {"connections:write"} if app_scopes is None else app_scopes
        self.bot_token, self.app_token = BOT_TOKEN, APP_TOKEN
        self.postponed: list[tuple[str, str, dict[str, Any]]] = []  # late calls that wait to be told to land
        self._faults: list[Fault] = []
        self._port = port
        self._landing: set[asyncio.Task[None]] = set()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL should be."""
        return f"{self.base}/api/"

    def fault(self, kind: str, method: str = "chat.postMessage", **options: Any) -> Fault:
        """Let something go wrong, once unless told otherwise; see `Fault`."""
        made = Fault(kind, method, **options)
        self._faults.append(made)
        return made

    def calm(self) -> None:
        """Let nothing go wrong any more; what is late stays late."""
        self._faults.clear()

    def land(self) -> None:
        """Do at last what was postponed; called in the server's own loop."""
        due, self.postponed = self.postponed, []
        for call in due:
            self._done(*call, "late")

    def transcript(self) -> str:
        """The workspace as a person would read it now."""
        return transcript(self.workspace)

    def shown(self) -> str:
        """Everything readers were ever shown, in order: messages, edits, windows, and what popped up on their phones."""
        messages = [
            f"{read_message(self.workspace, message)}\n{notification(self.workspace, message)}"
            for _, message in self.workspace.shown
        ]
        return "\n".join([*messages, *(read_view(self.workspace, view) for view in self.workspace.views.values())])

    def messages(self, channel: str) -> list[Message]:
        """The messages of a channel that everybody sees, threads included, oldest first."""
        found = self.workspace.channels[channel].messages
        return [found[ts] for ts in sorted(found) if found[ts].only_for is None]

    def whispers(self, user: str) -> list[str]:
        """What only this person was shown, oldest first."""
        return [
            read_message(self.workspace, message)
            for channel in self.workspace.channels.values()
            for message in channel.messages.values()
            if message.only_for == user
        ]

    async def start(self) -> None:
        app = web.Application(client_max_size=10_000_000)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link", self.sockets.serve)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_get("/download/{file}", self._download)
        app.router.add_post("/response/{name}", self._respond)
        app.router.add_get("/_transcript", self._show_transcript)
        app.router.add_get("/_journal", self._show_journal)
        app.router.add_post("/_do/{act}", self._act)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        for task in self._landing:
            task.cancel()
        await self.sockets.stop()
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _emit(self, kind: str, channel: Channel, *, user: str, reaction: str, message: Message) -> None:
        self.people.reaction_event(kind, channel, user=user, reaction=reaction, message=message)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await arguments_of(request)
        token = token_of(request, arguments)
        fault = next((fault for fault in self._faults if fault.strikes(method)), None)
        if fault is not None:
            return await self._spoiled(fault, request, method, token, arguments)
        if token in {self.bot_token, self.app_token} and (wait := self.limits.wait_for(method, arguments)):
            self._record(method, arguments, "ratelimited")
            return asked_to_wait(wait)
        return web.json_response(self._done(method, token, arguments), headers=self._scopes_header())

    def _done(self, method: str, token: str, arguments: dict[str, Any], fault: str = "") -> dict[str, Any]:
        try:
            answer = self._answer(method, token, arguments)
        except Refused as error:
            self._record(method, arguments, error.error, fault)
            return {"ok": False, "error": error.error, **error.more}
        self._record(method, arguments, "ok", fault)
        return answer

    def _answer(self, method: str, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if not token:
            raise Refused("not_authed")
        if token not in {self.bot_token, self.app_token}:
            raise Refused("invalid_auth")
        if (token == self.app_token) is not (method == "apps.connections.open"):
            raise Refused("not_allowed_token_type")
        if method == "apps.connections.open":
            if "connections:write" not in self.app_scopes:
                raise Refused("missing_scope", needed="connections:write", provided=",".join(self.app_scopes))
            return {"ok": True, "url": f"ws://127.0.0.1:{self._port}/link?ticket={self.sockets.ticket()}"}
        self._watch(method, arguments)
        return self.methods.answer(method, arguments)

    def _watch(self, method: str, arguments: dict[str, Any]) -> None:
        """Note what Slack lets pass and a right app does not do."""
        if method == "chat.postMessage":
            if not arguments.get("text"):
                self.journal.note("violation", "a message without text: its notification is empty")
            if arguments.get("unfurl_links") not in {False, "false", "0"} or arguments.get("unfurl_media") not in {
                False,
                "false",
                "0",
            }:
                self.journal.note("violation", "a message that unfurls its links")

    async def _spoiled(
        self, fault: Fault, request: web.Request, method: str, token: str, arguments: dict[str, Any]
    ) -> web.StreamResponse:
        if fault.kind == "429":
            self._record(method, arguments, "ratelimited", fault.kind)
            fault.then()
            return asked_to_wait(fault.seconds or 0.0)
        if fault.kind == "error":
            self._record(method, arguments, fault.error, fault.kind)
            return web.json_response({"ok": False, "error": fault.error})
        if fault.kind in {"500", "html"}:
            self._record(method, arguments, "nothing done", fault.kind)
            return web.Response(
                status=500 if fault.kind == "500" else 200,
                text="<html>Something broke</html>",
                content_type="text/html",
            )
        if fault.kind in {"lost", "slow", "500-done"}:
            answer = self._done(method, token, arguments, fault.kind)
            fault.then()
            if fault.kind == "500-done":
                return web.Response(status=500, text="<html>Something broke</html>", content_type="text/html")
            if fault.kind == "slow":
                await asyncio.sleep(fault.seconds or 0.0)
                return web.json_response(answer)
        else:
            self._record(method, arguments, "nothing done", fault.kind)
            fault.then()
        if fault.kind == "late" and fault.seconds is None:
            self.postponed.append((method, token, arguments))
        elif fault.kind == "late":
            task = asyncio.ensure_future(self._land(fault.seconds or 0.0, method, token, arguments))
            self._landing.add(task)
            task.add_done_callback(self._landing.discard)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _land(self, seconds: float, method: str, token: str, arguments: dict[str, Any]) -> None:
        await asyncio.sleep(seconds)
        self._done(method, token, arguments, "late")

    def _record(self, method: str, arguments: Mapping[str, Any], outcome: str, fault: str = "") -> None:
        self.journal.calls.append(Call(self.workspace.now(), method, dict(arguments), outcome, fault))

    def _scopes_header(self) -> dict[str, str]:
        return {"x-oauth-scopes": ",".join(sorted(self.methods.scopes))}

    async def _upload(self, request: web.Request) -> web.Response:
        stored = self.workspace.files.get(request.match_info["file"])
        if stored is None:
            return web.Response(status=404)
        stored["content"] = await request.read()
        return web.Response(text=f"OK - {len(stored['content'])}")

    async def _download(self, request: web.Request) -> web.Response:
        stored = self.workspace.files.get(request.match_info["file"])
        if (
            request.headers.get("Authorization") != f"Bearer {self.bot_token}"
            or "files:read" not in self.methods.scopes
        ):
            # Slack shows its sign-in page instead of an error.
            return web.Response(text="<html>Sign in to Slack</html>", content_type="text/html")
        return web.Response(body=stored["content"], content_type="text/plain") if stored else web.Response(status=404)

    async def _respond(self, request: web.Request) -> web.Response:
        response = self.people.responses.get(request.match_info["name"])
        if response is None or response.left == 0 or self.workspace.now() > response.until:
            self.journal.note("violation", "a response_url was used too often or too late")
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        response.left -= 1
        answer = await request.json()
        channel = self.workspace.channels[response.channel]
        try:
            text, blocks = content(answer)
        except Refused as error:
            self.journal.note("violation", f"response_url: {error.error} {error.more}")
            return web.json_response({"ok": False, "error": error.error}, status=400)
        if answer.get("replace_original") and response.message is not None:
            response.message.text, response.message.blocks = text, blocks
            response.message.edits += 1
        elif answer.get("response_type") == "in_channel":
            self.workspace.post(channel, Message(self.workspace.stamp(), BOT_USER, text, blocks))
        else:
            self.methods.show_only_to(channel, response.user, text, blocks, answer.get("thread_ts"))
        return web.Response(text="ok")

    async def _show_transcript(self, _request: web.Request) -> web.Response:
        return web.Response(text=transcript(self.workspace, ids=True))

    async def _show_journal(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "calls": [asdict(call) for call in self.journal.calls],
                "remarks": self.journal.remarks,
                "violations": self.journal.violations,
            }
        )

    async def _act(self, request: web.Request) -> web.Response:
        """People's acts for whoever works by hand: `POST /_do/react` with a JSON object of arguments."""
        act = request.match_info["act"]
        if act not in {"say", "react", "unreact", "invite", "kick", "archive", "press", "slash"}:
            return web.Response(status=404, text=f"no such act: {act}\n")
        try:
            getattr(self.people, act)(**await request.json())
        except (KeyError, TypeError, StopIteration, RuntimeError) as error:
            return web.Response(status=400, text=f"{act}: {error!r}\n")
        return web.Response(text=transcript(self.workspace, ids=True))
