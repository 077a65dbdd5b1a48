"""Planted secrets are nowhere: not in what is said or logged, not in the database, its log, its copies or any other file.

The servers are as indiscreet as they can be: each answer repeats the request it refuses, its headers included.
"""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from urllib.parse import quote

import pytest
from aiohttp import web

from tests.app.conftest import PAPERLARK, environment, folder, paperlark

__all__ = ["folder", "paperlark"]  # fixtures

KEY = "sk-planted-KEY-0123456789abcdef"
BOT, APP = "xoxb-1111-planted-BOT-token", "xapp-1-planted-APP-token"
DISCORD = "MTExMTExMTExMTExMTExMTEx.PLANTD.planted-DISCORD-token-01234567890"
PASSWORD = "planted:PASS/word"
LOGIN = f"ada:{quote(PASSWORD, safe='')}"
SECRETS = {
    "the LLM's key": KEY,
    "Slack's bot token": BOT,
    "Slack's app token": APP,
    "Discord's token": DISCORD,
    "a password": PASSWORD,
    "a password in an address": quote(PASSWORD, safe=""),
    "a login as a header": base64.b64encode(f"ada:{PASSWORD}".encode()).decode(),
}
SETTINGS = """\
categories = ["cs.CL"]
log_level = "debug"
[arxiv]
attempts = 2
backoff_s = 0.01
interval_s = 0.01
timeout_s = 2
[llm]
attempts = 2
backoff_s = 0.01
[slack]
timeout_s = 2
[discord]
timeout_s = 2
[timing]
settle_s = 0.1
look_gap_s = 0.1
retry_s = 0.2
stop_s = 3
[health]
enabled = false
[channels.terminal]
[channels.team]
platform = "slack"
id = "C0PLANTED"
[channels.guild]
platform = "discord"
id = "111111111111111111"
"""


class Gossip:
    """A server that refuses everything with `status` and repeats all it was told."""

    def __init__(self) -> None:
        self.status = 401
        self.asked: list[str] = []

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        told = {"url": str(request.url), "headers": dict(request.headers), "body": (await request.text())[:2000]}
        repeated = f"refused: {told}"
        error = {"message": repeated, "type": "invalid_request_error", "code": "invalid_api_key", "param": None}
        body = {
            "ok": False,
            "error": error if "/v1" in request.path else "invalid_auth",
            "message": repeated,
            "code": 0,
        }
        return web.json_response(body, status=self.status)

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@pytest.fixture
def gossip() -> Iterator[Gossip]:
    with Gossip() as running:
        yield running


@pytest.fixture
def planted(folder: Path, gossip: Gossip) -> dict[str, str]:
    """An environment in which every secret has a place, and a folder with settings that use them all."""
    (folder / "paperlark.toml").write_text(SETTINGS, encoding="utf-8")
    at = f"http://{LOGIN}@127.0.0.1:{gossip.port}"
    return environment(
        OPENAI_API_KEY=KEY,
        OPENAI_BASE_URL=f"{at}/v1",
        SLACK_BOT_TOKEN=BOT,
        SLACK_APP_TOKEN=APP,
        SLACK_API_URL=f"http://127.0.0.1:{gossip.port}/slack",
        DISCORD_TOKEN=DISCORD,
        DISCORD_API_URL=f"http://127.0.0.1:{gossip.port}/discord",
        ARXIV_RSS_URL=f"{at}/rss",
        ARXIV_API_URL=f"{at}/api",
    )


def run(folder: Path, planted: dict[str, str], *arguments: str, **changes: str) -> str:
    """What a command said on both streams."""
    done = subprocess.run(
        [*PAPERLARK, *arguments],
        cwd=folder,
        env={**planted, **changes},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    return done.stdout + done.stderr


def assert_nothing_leaked(folder: Path, said: str) -> None:
    for name, secret in SECRETS.items():
        at = said.find(secret)
        assert at < 0, f"{name} was said: …{said[max(0, at - 300) : at + 60]}"
        for path in folder.rglob("*"):
            if path.is_file():
                assert secret.encode() not in path.read_bytes(), f"{name} stands in {path.name}"


@pytest.mark.parametrize("status", [401, 500])
def test_commands_that_fail_at_every_server_leak_nothing(folder, planted, gossip, status):
    gossip.status = status
    # The chats' clients ask a server with a fault again for half a minute: here only one that refuses is asked.
    without_chats = dict.fromkeys(("DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"), "")
    said = run(folder, planted, "doctor", **(without_chats if status == 500 else {}))
    assert "PROBLEM" in said
    said += run(folder, planted, "digest", "--channel", "terminal", PAPERLARK_SOURCE="sample")
    said += run(folder, planted, "digest", "--channel", "team")
    embedding = {"PAPERLARK_SOURCE": "sample", "PAPERLARK_EMBEDDER": "openai-compatible"}
    said += run(folder, planted, "digest", "--channel", "terminal", "--day", "2025-05-06", **embedding)
    said += run(folder, planted, "ask", "quantization of caches", "--channel", "terminal", PAPERLARK_SOURCE="sample")
    asked = {path.strip("/").partition("/")[0] for path in gossip.asked}
    assert asked >= {"v1", "rss"} | ({"slack", "discord"} if status == 401 else set())
    said += run(folder, planted, "backup", str(folder / "copy.db"))
    assert (folder / "copy.db").exists(), said
    assert_nothing_leaked(folder, said)


def test_mistakes_in_the_settings_show_no_secret(folder, planted):
    with (folder / "paperlark.toml").open("a") as file:
        file.write(f'slack_bot_token = "{BOT}"\nsorce = "{KEY}"\n')
    said = run(folder, planted, "digest", OPENAI_BASE_URL=f"htp://{LOGIN}@host/v1", ARXIV_RSS_URL=f"http://{LOGIN}@:x")
    said += run(folder, planted, "doctor", OPENAI_BASE_URL=f"htp://{LOGIN}@host/v1", PAPERLARK_SLACK=f'{{"x": "{BOT}"')
    assert "OPENAI_BASE_URL" in said
    text = (folder / "paperlark.toml").read_text()
    (folder / "paperlark.toml").unlink()  # the one file in which they stand, put there by hand
    assert BOT in text
    assert_nothing_leaked(folder, said)


def test_the_resident_bot_whose_chats_and_sources_all_refuse_leaks_nothing(folder, planted, gossip):
    process = subprocess.Popen(
        [*PAPERLARK, "run"],
        cwd=folder,
        env=planted,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    enough = threading.Event()

    def listen() -> None:
        for line in process.stdout or ():
            said.append(line)
            if "platform slack failed" in line or len(said) > 400:
                enough.set()
        enough.set()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert enough.wait(60)
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    finally:
        process.kill()
    listener.join(10)
    text = "".join(said)
    assert any("slack" in path for path in gossip.asked), text[-3000:]
    text += run(folder, planted, "backup", str(folder / "copy.db"))
    assert (folder / "copy.db").exists(), text
    assert_nothing_leaked(folder, text)


def test_the_test_itself_would_find_a_leak(tmp_path):
    (tmp_path / "log").write_text(f"x{KEY}x")
    with pytest.raises(AssertionError, match="the LLM's key stands in log"):
        assert_nothing_leaked(tmp_path, "")
    with pytest.raises(AssertionError, match="a login as a header was said"):
        assert_nothing_leaked(tmp_path / "none", SECRETS["a login as a header"])
    assert os.path.sep not in KEY
