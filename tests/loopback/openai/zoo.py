"""The manners of real models and gateways, one small class each; what is right otherwise is the loopback server's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, ClassVar

from aiohttp import web

from tests.loopback.openai.answers import read_papers
from tests.loopback.openai.faults import HTML, error_body
from tests.loopback.openai.server import LoopbackOpenAI, Seen

Monotonic = Callable[[], float]


class Manner(LoopbackOpenAI):
    """A server of its own ways. `clock` is that of whoever asks, so that waits pass without waiting.

    `flagged` are the papers that its provider refuses to judge. `reason` is what must be said where nothing can be had.
    """

    least_share = 0.97
    reason = ""
    most_tokens, most_requests = 1.3, 2.0
    thinks = False

    def __init__(self, clock: Any = None, **options: Any) -> None:
        super().__init__(**options)
        self.clock = clock
        self.flagged: frozenset[str] = frozenset()

    def say(self, seen: Seen, status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
        return self._json(seen, status, body, headers)

    def text(self, seen: Seen, status: int, text: str, kind: str = "text/plain") -> web.Response:
        seen.status = status
        return web.Response(status=status, text=text, content_type=kind)

    async def right(self, request: web.Request, seen: Seen) -> dict[str, Any]:
        """What a well-behaved server would say."""
        del request
        prompt = self._tokens(json.dumps(seen.body["messages"], ensure_ascii=False))
        return self._completion(seen, prompt, "")


class Well(Manner):
    """OpenAI's own manner."""


class TemperatureOfOne(Manner):
    """Kimi K2.5 and later: hermes-agent #12404."""

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        if "temperature" in seen.body:
            message = "invalid temperature: only 1 is allowed for this model"
            return self.say(seen, 400, {"error": {"message": message, "type": "invalid_request_error"}})
        return await super()._answer(request, seen)


class TemperatureWithParamNone(Manner):
    """LiteLLM before gpt-5: litellm-vscode-chat #18."""

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        if "temperature" in seen.body:
            message = "litellm.UnsupportedParamsError: gpt-5 models don't support temperature=0."
            return self.say(seen, 400, error_body(message, "None", "400", "None"))
        return await super()._answer(request, seen)


class RefusesWithoutWords(Manner):
    """A gateway that takes neither form nor temperature and says "Bad Request" to both."""

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        if {"temperature", "response_format"} & set(seen.body):
            return self.text(seen, 400, "Bad Request")
        return await super()._answer(request, seen)


class NoSystemMessage(Manner):
    """Gemma's template behind vLLM."""

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        if seen.body["messages"][0]["role"] == "system":
            return self.say(seen, 400, {"object": "error", "message": "System role not supported", "code": 400})
        return await super()._answer(request, seen)


class Flags(Manner):
    """A provider's content check: `status` and `body` are what it says to a request with a paper it dislikes."""

    status = 400
    body: ClassVar[Any] = error_body("Output data may contain inappropriate content.", "x", "data_inspection_failed")

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        if self.flagged & set(seen.papers):
            return self.say(seen, self.status, self.body)
        return await super()._answer(request, seen)


class FlagsByInvalidPrompt(Flags):
    """OpenAI's invalid_prompt."""

    body = error_body("Invalid prompt: your prompt was flagged.", "invalid_request_error", "invalid_prompt")


class FlagsBy403(Flags):
    """OpenRouter's moderation."""

    status = 403
    body: ClassVar[Any] = {
        "error": {"code": 403, "message": 'requires moderation and your input was flagged for "violence"'}
    }


class FlagsWithoutWords(Flags):
    """A web application firewall that dislikes an abstract."""

    status = 403
    body: ClassVar[Any] = {"error": {"message": "Forbidden"}}


class ErrorInside(Manner):
    """OpenRouter: every third answer is a 200 that holds a 429 (inspect_ai #1534)."""

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        if len(self.journal) % 3 == 2:
            seen.fault = "inside"
            return self.say(seen, 200, {"error": {"code": 429, "message": "Provider returned error"}})
        return await super()._answer(request, seen)


class NoCreditInside(Manner):
    """OpenRouter: a 200 that holds a 402."""

    reason = "its credit, quota or budget is used up"

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        seen.fault = "inside"
        return self.say(seen, 200, {"error": {"code": 402, "message": "This request requires more credits"}})


class AlwaysStreams(Manner):
    """A gateway that answers in pieces although nothing asked for it."""

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        answer = await self.right(request, seen)
        text = answer["choices"][0]["message"]["content"] or ""
        pieces = [{"choices": [{"delta": {"content": text[at : at + 40]}}]} for at in range(0, len(text), 40)]
        pieces.append({"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": answer.get("usage")})
        lines = "".join(f"data: {json.dumps(piece)}\n\n" for piece in pieces)
        return self.text(seen, 200, f": ok\n\n{lines}data: [DONE]\n\n", "text/event-stream")


class StreamsOnly(AlwaysStreams):
    """DashScope's thinking models."""

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        if not seen.body.get("stream"):
            message = "This model only support stream mode, please enable the stream parameter to access the model."
            return self.say(seen, 400, error_body(message, "invalid_request_error", "invalid_parameter_error"))
        return await super()._answer(request, seen)


class Reworded(Manner):
    """A right answer in a model's own words: `reword` makes the content of the text."""

    def reword(self, text: str, papers: list[dict[str, str]]) -> Any:
        raise NotImplementedError

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        answer = await self.right(request, seen)
        message = answer["choices"][0]["message"]
        message["content"] = self.reword(message["content"] or "", read_papers(seen.user))
        return self.say(seen, 200, answer)


class Parts(Reworded):
    """Magistral: the content is a list of parts (hermes-agent #4748)."""

    def reword(self, text: str, papers: list[dict[str, str]]) -> Any:
        return [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}, {"type": "text", "text": text}]


def _draft(papers: list[dict[str, str]]) -> str:
    return json.dumps({"papers": [{"id": one["id"], "relevance": 5, "novelty": 5, "comment": "?"} for one in papers]})


class ClosesThoughtsOnly(Reworded):
    """vLLM without a reasoning parser: only the closing tag, and a draft before it (vllm #13125)."""

    def reword(self, text: str, papers: list[dict[str, str]]) -> Any:
        return f"Let me see. {_draft(papers)} Better:\n</think>\n\n{text}"


class Channels(Reworded):
    """gpt-oss behind servers that do not know its channels (mlx-lm #1867)."""

    def reword(self, text: str, papers: list[dict[str, str]]) -> Any:
        draft = f"<|channel|>analysis<|message|>{_draft(papers)}<|end|>"
        return f"{draft}<|start|>assistant<|channel|>final<|message|>{text}<|return|>"


class Corrects(Reworded):
    """A model that answers, thinks again and answers once more."""

    def reword(self, text: str, papers: list[dict[str, str]]) -> Any:
        return f"```json\n{_draft(papers)}\n```\nWait, that is too coarse.\n```json\n{text}\n```"


class Nests(Reworded):
    """Valid JSON of a form of its own."""

    def reword(self, text: str, papers: list[dict[str, str]]) -> Any:
        entries = json.loads(text)["papers"]
        nested = {
            e["id"]: {"scores": {"relevance": {"score": e["relevance"]}, "novelty": e["novelty"]}} for e in entries
        }
        return json.dumps({"result": {"papers": nested, "topics": [{"number": 1}]}})


class Columns(Reworded):
    """One list for each column."""

    def reword(self, text: str, papers: list[dict[str, str]]) -> Any:
        entries = json.loads(text)["papers"]
        return json.dumps({key: [entry[key] for entry in entries] for key in ("id", "relevance", "novelty")})


class JsonInText(Reworded):
    """JSON inside a JSON string."""

    def reword(self, text: str, papers: list[dict[str, str]]) -> Any:
        return json.dumps({"answer": text})


class Yaml(Reworded):
    """YAML, as small models write it."""

    def reword(self, text: str, papers: list[dict[str, str]]) -> Any:
        lines = (f"- id: {e['id']}\n  relevance: {e['relevance']}\n  novelty: {e['novelty']}\n  comment: Fits."
                 for e in json.loads(text)["papers"])  # fmt: skip
        return "papers:\n" + "\n".join(lines)


class Table(Reworded):
    """A table in Markdown."""

    def reword(self, text: str, papers: list[dict[str, str]]) -> Any:
        rows = (f"| {e['id']} | {e['relevance']} | {e['novelty']} (fair) |" for e in json.loads(text)["papers"])
        return "Here:\n\n| ID | Relevance | Novelty |\n|---|---|---|\n" + "\n".join(rows)


class OneScale(Reworded):
    """Scores from 0 to 1."""

    def reword(self, text: str, papers: list[dict[str, str]]) -> Any:
        entries = json.loads(text)["papers"]
        return json.dumps(
            [{"id": e["id"], "relevance": e["relevance"] / 10, "novelty": e["novelty"] / 10} for e in entries]
        )


class Parrots(Reworded):
    """A small model that repeats the prompt's example for every paper: nothing of it may be believed."""

    reason = "its answers cannot be understood"
    example = "Shares the KV cache between layers; keeps accuracy at half the memory."

    def reword(self, text: str, papers: list[dict[str, str]]) -> Any:
        return json.dumps([{"id": one["id"], "relevance": 7, "novelty": 5, "comment": self.example} for one in papers])


class ThinksAloneInCompletion(Manner):
    """Ollama: thinking counts as completion, an answer cut in its thoughts is empty (ollama #15288)."""

    thinking_tokens = 1_900
    counts_in_total_only = False
    thinks = True

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        answer = await self.right(request, seen)
        limit = seen.body.get("max_tokens") or seen.body.get("max_completion_tokens") or 10**6
        usage, choice = answer["usage"], answer["choices"][0]
        thought = min(limit, self.thinking_tokens)
        if self.thinking_tokens + usage["completion_tokens"] > limit:
            choice["finish_reason"], choice["message"]["content"] = "length", ""
            usage["completion_tokens"] = 0
        choice["message"]["reasoning"] = "Hm. " * 40
        usage.pop("completion_tokens_details")
        usage["total_tokens"] += thought
        if not self.counts_in_total_only:
            usage["completion_tokens"] += thought
        seen.usage = usage
        return self.say(seen, 200, answer)


class ThinksInTotalOnly(ThinksAloneInCompletion):
    """Gemini: thinking stands in total_tokens alone (any-llm #1290)."""

    thinking_tokens = 2_500
    counts_in_total_only = True


class Windows(Manner):
    """So many requests, or tokens, in a window of time; `refuse` says so in its own way."""

    requests, tokens, window_s = 10, 10**9, 60.0

    def __init__(self, clock: Any = None, **options: Any) -> None:
        super().__init__(clock, **options)
        self._since = -1e9
        self._used = [0, 0]

    def refuse(self, seen: Seen, left_s: float) -> web.Response:
        raise NotImplementedError

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        now = self.clock.monotonic()
        if now - self._since >= self.window_s:
            self._since, self._used = now, [0, 0]
        cost = self._tokens(json.dumps(seen.body["messages"]))
        if self._used[0] + 1 > self.requests or (self._used[0] and self._used[1] + cost > self.tokens):
            return self.refuse(seen, self.window_s - (now - self._since))
        self._used[0] += 1
        self._used[1] += cost
        return await super()._answer(request, seen)


class WaitInBody(Windows):
    """Gemini: the wait stands in the body alone (dcdpr/jp #1061)."""

    requests, window_s = 3, 26.0

    def refuse(self, seen: Seen, left_s: float) -> web.Response:
        message = f"You exceeded your current quota, please check your plan and billing details. Please retry in {left_s:.2f}s."
        details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{left_s:.0f}s"}]
        return self.say(seen, 429, [{"error": {"code": 429, "message": message, "details": details}}])


class WaitInWords(Windows):
    """OpenAI's sentence behind gateways that drop headers."""

    requests, window_s = 3, 20.0

    def refuse(self, seen: Seen, left_s: float) -> web.Response:
        return self.say(
            seen, 429, error_body(f"Rate limit reached. Please try again in {left_s:.1f}s.", "requests", None)
        )


class TokensAWindow(Windows):
    """Groq: a small allowance of tokens, with a right Retry-After."""

    requests, tokens, window_s = 10**6, 12_000, 6.0

    def refuse(self, seen: Seen, left_s: float) -> web.Response:
        return self.say(seen, 429, error_body("Rate limit reached", "tokens", None), {"Retry-After": f"{left_s:.2f}"})


class BusyWithoutWords(Windows):
    """A gateway that says 429 and nothing else until its minute is over."""

    requests, window_s = 4, 30.0
    most_requests = 4.0

    def refuse(self, seen: Seen, left_s: float) -> web.Response:
        return self.text(seen, 429, "")


class Loading(Manner):
    """llama.cpp while it loads its model, for 20 s."""

    most_requests = 3.0

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        self.loaded_s = getattr(self, "loaded_s", self.clock.monotonic() + 20)
        if self.clock.monotonic() < self.loaded_s:
            return self.say(
                seen, 503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}
            )
        return await super()._answer(request, seen)


class OneSlot(Manner):
    """llama.cpp or Ollama on a CPU: one request after the other, each for 40 % of the time-out."""

    def __init__(self, clock: Any = None, **options: Any) -> None:
        super().__init__(clock, **options)
        self.slot = asyncio.Lock()
        self.late = 0

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        came = self.clock.monotonic()
        async with self.slot:
            await self.clock.sleep(24.0)
        if self.clock.monotonic() - came > 60.0:
            self.late += 1
            seen.fault = "late"
            return self._cut(request, seen)
        return await super()._answer(request, seen)


class CutsPrompts(Manner):
    """Ollama drops what is beyond num_ctx, the beginning first, and says nothing (ollama #10980)."""

    context = 4_096
    most_tokens, most_requests = 1.9, 3.0

    def __init__(self, clock: Any = None, **options: Any) -> None:
        super().__init__(clock, token_chars=3.6, **options)

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        answer = await self.right(request, seen)
        usage = answer["usage"]
        seen.fault = "blind" if usage["prompt_tokens"] > self.context else ""
        usage["prompt_tokens"] = min(usage["prompt_tokens"], self.context)
        usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
        return self.say(seen, 200, answer)


class SilentOnOverflow(Manner):
    """LM Studio: 200 and an empty answer where the context overflows (#2339)."""

    most_tokens = 1.6

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        answer = await self.right(request, seen)
        if answer["usage"]["prompt_tokens"] > 3_800:
            answer["choices"][0]["message"]["content"] = ""
            answer["usage"] = seen.usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
        return self.say(seen, 200, answer)


class ErrorIsText(Manner):
    """LM Studio: 400 with a string for an error."""

    most_tokens = 1.6

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        if self._tokens(json.dumps(seen.body["messages"])) > 3_800:
            message = "The number of tokens to keep from the initial prompt is greater than the context length."
            return self.say(seen, 400, {"error": message})
        return await super()._answer(request, seen)


class EmptyNowAndThen(Manner):
    """DeepSeek in JSON mode: every fifth answer is empty."""

    most_tokens = 1.6

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        answer = await self.right(request, seen)
        if len(self.journal) % 5 == 3 and "response_format" in seen.body:
            answer["choices"][0]["message"]["content"] = ""
        return self.say(seen, 200, answer)


class EndsWithError(Manner):
    """OpenRouter: finish_reason "error" now and then."""

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        answer = await self.right(request, seen)
        if len(self.journal) % 4 == 2:
            answer["choices"][0] |= {"finish_reason": "error", "message": {"role": "assistant", "content": ""}}
            seen.usage = {}
        return self.say(seen, 200, answer)


class AnswerLimit(Manner):
    """Groq: an answer's limit must be at most 1,024."""

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        if (seen.body.get("max_tokens") or 0) > 1_024:
            message = "`max_tokens` must be less than or equal to `1024`, the maximum value for `max_tokens`"
            return self.say(seen, 400, error_body(message, "invalid_request_error", None, "max_tokens"))
        return await super()._answer(request, seen)


class WebPage(Manner):
    """A wrong address: a page with 200."""

    reason = "its answers cannot be understood: a web page came; is the address right?"

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        seen.fault = "page"
        return self.text(seen, 200, HTML, "text/html")


class Silent(Manner):
    """An empty body with 200."""

    reason = "its answers cannot be understood"

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        seen.fault = "empty"
        return self.text(seen, 200, "", "application/json")


class Brackets(Manner):
    """Garbage that nests a hundred thousand times."""

    reason = "its answers cannot be understood"

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        seen.fault = "nested"
        return self.text(seen, 200, "[" * 100_000, "application/json")


class OllamaNative(Manner):
    """A gateway that passes Ollama's own form on."""

    async def _answer(self, request: web.Request, seen: Seen) -> web.StreamResponse:
        answer = await self.right(request, seen)
        usage = answer["usage"]
        native = {"message": answer["choices"][0]["message"], "done_reason": "stop", "done": True,
                  "prompt_eval_count": usage["prompt_tokens"], "eval_count": usage["completion_tokens"]}  # fmt: skip
        return self.say(seen, 200, native)


ZOO: tuple[type[Manner], ...] = (
    Well, TemperatureOfOne, TemperatureWithParamNone, RefusesWithoutWords, NoSystemMessage, Flags, FlagsByInvalidPrompt,
    FlagsBy403, FlagsWithoutWords, ErrorInside, NoCreditInside, AlwaysStreams, StreamsOnly, Parts, ClosesThoughtsOnly,
    Channels, Corrects, Nests, Columns, JsonInText, Yaml, Table, OneScale, Parrots, ThinksAloneInCompletion,
    ThinksInTotalOnly, WaitInBody, WaitInWords, TokensAWindow, BusyWithoutWords, Loading, OneSlot, CutsPrompts,
    SilentOnOverflow, ErrorIsText, EmptyNowAndThen, EndsWithError, AnswerLimit, WebPage, Silent, Brackets, OllamaNative,
)  # fmt: skip
