"""A real HTTP server that speaks OpenAI's chat API on this machine: usage, answer formats, limits, faults, a journal."""

from __future__ import annotations

import asyncio
import json
import math
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.loopback.openai.answers import STYLES, obeyed, read_papers, realistic_verdict
from tests.loopback.openai.faults import HTML, REFUSALS, Fault, error_body

KEY = "sk-loopback-0123456789"
_CACHE_STEP, _CACHE_LEAST = 128, 1024


@dataclass(slots=True)
class Seen:
    """One request: when it came and was answered (monotonic seconds), what was in it, and how it was answered."""

    at_s: float
    body: dict[str, Any]
    papers: list[str] = field(default_factory=list)
    status: int = 0
    fault: str = ""
    ended_s: float = 0.0
    usage: dict[str, Any] = field(default_factory=dict)

    @property
    def system(self) -> str:
        return self.body["messages"][0]["content"]

    @property
    def user(self) -> str:
        return self.body["messages"][-1]["content"]


class LoopbackOpenAI:
    """The API on 127.0.0.1, as an async context manager in this loop or a plain one in a thread of its own.

    `formats` are the response formats the server takes, `limits` the names of the limit it takes; others are refused
    with 400, as real servers do (with `vague` without a reason). `style` names how the model words its answers,
    `verdict` decides its scores. A `gullible` model obeys what a text tells it. `forget` holds ids that it leaves out the
    first so many times. A token is `token_chars` characters; with `counts` False there is no usage at all.
    `says` is its answer to a question, if not a sentence about each paper.
    """

    def __init__(
        self,
        *,
        formats: Collection[str] = ("json_schema", "json_object"),
        limits: Collection[str] = ("max_tokens", "max_completion_tokens"),
        temperature: bool = True,
        vague: bool = False,
        key: str | None = KEY,
        models: Collection[str] = (),
        style: str = "plain",
        verdict: Callable[[dict[str, str]], dict[str, Any]] = realistic_verdict,
        gullible: bool = False,
        forget: dict[str, int] | None = None,
        latency_s: float = 0.0,
        context_tokens: int | None = None,
        token_chars: float = 4.0,
        reasoning_tokens: int = 0,
        counts: bool = True,
        says: str = "",
    ) -> None:
        self.formats, self.limits, self.temperature, self.vague = formats, limits, temperature, vague
        self.key, self.models, self.style, self.verdict = key, models, style, verdict
        self.gullible, self.forget, self.latency_s = gullible, dict(forget or {}), latency_s
        self.context_tokens, self.token_chars = context_tokens, token_chars
        self.reasoning_tokens, self.counts = reasoning_tokens, counts
        self.says = says
        self.journal: list[Seen] = []
        self.most_in_flight = 0
        self.faults: list[Fault] = []
        self._in_flight = 0
        self._cached: set[str] = set()
        self._port = 0
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        """What OPENAI_BASE_URL should be."""
        return f"http://127.0.0.1:{self._port}/v1"

    def fault(self, kind: str, **options: Any) -> Fault:
        """Let something go wrong, once unless told otherwise; see `Fault`."""
        made = Fault(kind, **options)
        self.faults.append(made)
        return made

    def answered(self) -> list[Seen]:
        """The requests that got a completion."""
        return [seen for seen in self.journal if seen.status == 200 and not seen.fault]

    async def _completions(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        seen = Seen(time.monotonic(), body, [paper["id"] for paper in read_papers(body["messages"][-1]["content"])])
        self.journal.append(seen)
        self.first_request.set()
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            return await self._answer(request, seen)
        finally:
            self._in_flight -= 1
            seen.ended_s = time.monotonic()

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        if self.key is not None and request.headers.get("Authorization") != f"Bearer {self.key}":
            return self._refused(seen, "unauthorized")
        fault = next((fault for fault in self.faults if fault.strikes(seen.user)), None)
        if fault and (response := await self._struck(request, seen, fault)):
            return response
        if self.models and seen.body["model"] not in self.models:
            return self._refused(seen, "unknown_model")
        if complaint := self._complaint(seen.body):
            return self._json(seen, 400, complaint)
        prompt_tokens = self._tokens(json.dumps(seen.body["messages"], ensure_ascii=False))
        if self.context_tokens and prompt_tokens > self.context_tokens:
            return self._refused(seen, "too_long")
        await asyncio.sleep(self.latency_s)
        answer = self._completion(seen, prompt_tokens, fault.kind if fault else "")
        if fault and fault.kind == "lost":
            fault.then()
            return self._cut(request, seen)
        return self._json(seen, 200, answer)

    def _cut(self, request: web.Request, seen: Seen) -> web.Response:
        seen.status = -1
        if request.transport is not None:  # the caller may be gone already
            request.transport.abort()
        return web.Response()

    def _complaint(self, body: dict[str, Any]) -> dict[str, Any] | None:
        """What a strict server says about a request's wording."""
        asked = body.get("response_format", {}).get("type", "text")
        if asked != "text" and asked not in self.formats:
            if self.vague:
                return error_body("Bad Request", "invalid_request_error", None)
            reason = f"Invalid parameter: 'response_format' of type '{asked}' is not supported with this model."
            return error_body(reason, "invalid_request_error", None, "response_format")
        if asked == "json_object" and "json" not in json.dumps(body["messages"]).lower():
            return error_body("'messages' must contain the word 'json'", "invalid_request_error", None, "messages")
        if asked == "json_schema" and (complaint := _schema_complaint(body["response_format"])):
            return error_body(complaint, "invalid_request_error", None, "response_format")
        named = [name for name in ("max_tokens", "max_completion_tokens") if name in body]
        if len(named) == 2:
            return error_body(
                "Setting both limits is not supported.", "invalid_request_error", "invalid_parameter_combination"
            )
        if named and named[0] not in self.limits:
            other = next(iter(self.limits), "none")
            reason = f"Unsupported parameter: '{named[0]}' is not supported with this model. Use '{other}' instead."
            return error_body(reason, "invalid_request_error", "unsupported_parameter", named[0])
        if "temperature" in body and not self.temperature:
            reason = "Unsupported value: 'temperature' does not support 0 with this model."
            return error_body(reason, "invalid_request_error", "unsupported_value", "temperature")
        return None

    def _completion(self, seen: Seen, prompt_tokens: int, fault: str) -> dict[str, Any]:
        text = "" if fault in {"refusal", "silence"} else self._text(seen)
        limit = seen.body.get("max_completion_tokens", seen.body.get("max_tokens"))
        room = math.inf if limit is None else max(0, limit - self.reasoning_tokens)
        finish = "stop"
        if self._tokens(text) > room:
            text, finish = text[: int(room * self.token_chars)], "length"
        completion_tokens = self._tokens(text) + (
            self.reasoning_tokens if limit is None else min(limit, self.reasoning_tokens)
        )
        message = {
            "role": "assistant",
            "content": text or None,
            "refusal": "I cannot help." if fault == "refusal" else None,
        }
        answer: dict[str, Any] = {
            "id": f"chatcmpl-{len(self.journal)}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": seen.body["model"],
            "choices": [] if fault == "no_choices" else [{"index": 0, "message": message, "finish_reason": finish}],
        }
        if self.counts:
            seen.usage = answer["usage"] = self._usage(seen, prompt_tokens, completion_tokens)
        return answer

    def _usage(self, seen: Seen, prompt_tokens: int, completion_tokens: int) -> dict[str, Any]:
        """Usage with the cached part of the prompt, in OpenAI's steps of 128 tokens from 1024 on."""
        prefix = self._tokens(seen.system) // _CACHE_STEP * _CACHE_STEP
        cached = prefix if seen.system in self._cached and prefix >= _CACHE_LEAST else 0
        self._cached.add(seen.system)
        return {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
            "prompt_tokens_details": {"cached_tokens": cached},
            "completion_tokens_details": {"reasoning_tokens": min(self.reasoning_tokens, completion_tokens)},
        }

    def _text(self, seen: Seen) -> str:
        papers = read_papers(seen.user)
        if "\nPapers to answer from: " in seen.user:
            sentences = [{"text": f"{paper['title']} says so.", "papers": [paper["id"]]} for paper in papers]
            return self.says or json.dumps({"sentences": sentences})
        if papers and "abstract" not in papers[0]:
            return json.dumps({"ids": self._chosen(seen.user, papers)})
        entries = [self.verdict(paper) for paper in papers if not self._forgets(paper["id"])]
        if self.gullible:
            entries += obeyed(papers)
        return STYLES[self.style](entries) if entries else "I see no papers."

    def _chosen(self, message: str, papers: list[dict[str, str]]) -> list[str]:
        """The best titles by the model's own scores, as many as it may name."""
        most = int(message.split("at most ", 1)[1].split(" ", 1)[0])
        best = sorted(papers, key=lambda paper: (-self.verdict(paper)["relevance"], paper["id"]))
        return [paper["id"] for paper in best[:most]]

    def _forgets(self, arxiv_id: str) -> bool:
        left = self.forget.get(arxiv_id, 0)
        self.forget[arxiv_id] = left - 1
        return left > 0

    def _tokens(self, text: str) -> int:
        return math.ceil(len(text) / self.token_chars)

    async def _struck(self, request: web.Request, seen: Seen, fault: Fault) -> web.StreamResponse | None:
        seen.fault = fault.kind
        if fault.kind in REFUSALS:
            return self._refused(seen, fault.kind, fault.headers)
        if fault.kind == "hang":
            self.hanging.set()
            await self._stopping.wait()
        if fault.kind in {"hang", "drop"}:
            return self._cut(request, seen)
        if fault.kind in {"html", "html_200"}:
            seen.status = 502 if fault.kind == "html" else 200
            return web.Response(text=HTML, content_type="text/html", status=seen.status)
        if fault.kind in {"bad_json", "empty"}:
            seen.status = 200
            return web.Response(
                text='{"id": "chatcmpl-1", "choi' if fault.kind == "bad_json" else "", content_type="application/json"
            )
        return None  # lost, refusal, silence and no_choices are answers

    def _refused(self, seen: Seen, kind: str, headers: dict[str, str] | None = None) -> web.Response:
        status, message, error_type, code = REFUSALS[kind]
        return self._json(seen, status, error_body(message, error_type, code), headers)

    def _json(
        self, seen: Seen, status: int, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> web.Response:
        seen.status = status
        return web.json_response(body, status=status, headers=headers)

    async def start(self) -> None:
        """Listen on any free port."""
        self._stopping = asyncio.Event()
        self.first_request = asyncio.Event()
        self.hanging = asyncio.Event()
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_post("/v1/chat/completions", self._completions)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Answer nobody any more."""
        self._stopping.set()
        await self._runner.cleanup()

    def wait_for(self, event: asyncio.Event, timeout_s: float) -> bool:
        """Wait, from outside the server's thread, until something has happened; False if it has not by then."""
        waiting = asyncio.run_coroutine_threadsafe(asyncio.wait_for(event.wait(), timeout_s), self._loop)
        try:
            return waiting.result(timeout_s + 5)
        except TimeoutError:
            return False

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.start(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._thread is not None
        asyncio.run_coroutine_threadsafe(self.stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


def _schema_complaint(response_format: dict[str, Any]) -> str:
    """What OpenAI's strict mode refuses: objects that leave anything open."""
    holder = response_format.get("json_schema", {})
    if not holder.get("name") or not isinstance(holder.get("schema"), dict):
        return "Missing required parameter: 'response_format.json_schema.name'."
    open_parts = [holder["schema"]]
    while holder.get("strict") and open_parts:
        part = open_parts.pop()
        if part.get("type") == "object":
            if part.get("additionalProperties") is not False or set(part["required"]) != set(part["properties"]):
                return (
                    "Invalid schema for response_format: 'additionalProperties' must be false and all are 'required'."
                )
            open_parts += part["properties"].values()
        elif part.get("type") == "array":
            open_parts.append(part["items"])
    return ""
