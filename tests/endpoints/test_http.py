"""The HTTP under the SDK: bounds on size and time, addresses as people write them, proxies, moves."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import web

from bot.clock import SystemClock
from bot.endpoints.failures import CallFailed, Failure
from bot.endpoints.http import address_of
from bot.scorers.llm.client import ChatClient
from bot.scorers.llm.dialect import Dialect
from bot.scorers.llm.prompt import Message

RIGHT = {"choices": [{"message": {"content": "well"}, "finish_reason": "stop"}]}
Handler = Callable[[web.Request], object]


class Server:
    """Answers every POST by `handler`; remembers the requests."""

    def __init__(self) -> None:
        self.handler: Handler = lambda request: web.json_response(RIGHT)
        self.seen: list[web.Request] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        self.seen.append(request)
        made = self.handler(request)
        return await made if asyncio.iscoroutine(made) else made


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


async def ask(url: str, *, timeout_s: float = 5.0, key: str = "sk-0123456789") -> str:
    async with ChatClient(url, key, "m", timeout_s, SystemClock()) as client:
        return (await client.ask(Message("s", "u"), {}, Dialect(), 10)).text


async def failure_of(url: str, **options: object) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        await ask(url, **options)
    return caught.value


async def test_a_packed_answer_is_read(server):
    for packed, name in ((gzip.compress, "gzip"), (zlib.compress, "deflate")):
        body = packed(json.dumps(RIGHT).encode())
        server.handler = lambda request, body=body, name=name: web.Response(
            body=body, headers={"Content-Encoding": name}
        )
        assert await ask(server.url + "/v1") == "well"


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("times", [1, 2])
async def test_a_bomb_counts_unpacked_also_in_a_refusal(server, status: int, times: int):
    body = b"[" + b"0," * 2**25
    for _ in range(times):
        body = gzip.compress(body, 1)
    headers = {"Content-Encoding": ", ".join(["gzip"] * times)}
    server.handler = lambda request: web.Response(status=status, body=body, headers=headers)
    failed = await failure_of(server.url + "/v1")
    assert failed.kind is Failure.NOT_AN_ANSWER
    assert "more than 8 MB" in str(failed)


async def test_an_endless_answer_is_cut_off(server):
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 2**20)

    server.handler = endless
    assert "more than 8 MB" in str(await failure_of(server.url + "/v1"))


async def test_a_server_that_drips_ends_with_the_time_out(server):
    async def drips(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.05)

    server.handler = drips
    failed = await failure_of(server.url + "/v1", timeout_s=0.4)
    assert failed.kind is Failure.TIMEOUT


async def test_a_move_within_the_host_is_followed_as_it_was(server):
    def moves(request: web.Request) -> web.Response:
        if request.path.startswith("/old"):
            return web.Response(status=301, headers={"Location": "/v1/chat/completions"})
        return web.json_response(RIGHT)

    server.handler = moves
    assert await ask(server.url + "/old") == "well"
    assert [request.method for request in server.seen] == ["POST", "POST"]
    assert server.seen[1].headers["Authorization"] == "Bearer sk-0123456789"


async def test_a_move_to_another_host_is_a_wrong_address_and_takes_no_key_along(server):
    server.handler = lambda request: web.Response(status=307, headers={"Location": "http://localhost:9/v1"})
    assert (await failure_of(server.url + "/v1")).kind is Failure.ADDRESS_WRONG
    assert len(server.seen) == 1


async def test_azures_classic_address_works_with_its_own_header(server):
    url = f"{server.url}/openai/deployments/gpt/chat/completions?api-version=2024-06-01"
    assert await ask(url) == "well"
    (request,) = server.seen
    assert request.path == "/openai/deployments/gpt/chat/completions"
    assert request.query["api-version"] == "2024-06-01"
    assert request.headers["api-key"] == "sk-0123456789"
    assert "Authorization" not in request.headers


@pytest.mark.parametrize(
    ("written", "base_url"),
    [
        ("https://api.openai.com", "https://api.openai.com/v1"),
        ("https://x.openai.azure.com", "https://x.openai.azure.com/openai/v1"),
        ("https://x.openai.azure.com/openai/", "https://x.openai.azure.com/openai/v1"),
        ("http://localhost:11434/v1/chat/completions", "http://localhost:11434/v1"),
        ("https://host/v1/", "https://host/v1"),
        ("http://localhost:8080", "http://localhost:8080"),
    ],
)
def test_an_address_is_understood_as_people_write_it(written: str, base_url: str):
    assert address_of(written).base_url == base_url


@pytest.mark.parametrize(
    ("name", "value"), [("ALL_PROXY", "htp://x y"), ("SSL_CERT_FILE", "/nonexistent"), ("HTTPS_PROXY", "socks9://x")]
)
async def test_a_proxy_or_certificate_that_cannot_be_is_a_failure_like_any_other(server, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(CallFailed) as caught:
        await ask("https://127.0.0.1:9/v1")
    assert caught.value.kind is Failure.CONNECTION


async def test_a_socks_proxy_is_used(server, monkeypatch):
    pytest.importorskip("socksio", reason="httpx2's extra for SOCKS is not installed here")
    greetings = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greetings.append(await reader.read(3))
        writer.close()

    listening = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    await failure_of("http://models.example/v1")
    listening.close()
    assert greetings[0][:1] == b"\x05"
