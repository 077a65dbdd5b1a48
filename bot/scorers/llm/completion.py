"""The answer in what a server sent: a completion, whole or in pieces, of OpenAI's form or of another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.endpoints.bodies import note, said_by, said_in
from bot.endpoints.failures import CallFailed, Failure
from bot.scorers.pricing import Usage

_FAULTS = {"error", "errors", "message", "detail", "msg", "base_resp", "code"}
_PAPER = re.compile(r"\d{4}\.\d{4,5}|[a-z-]{2,12}/\d{7}")
_MOST_COUNTED = 10**12  # no request has more tokens; a server may say anything
_MOST_PIECES = 200_000
_THOUGHTS = ("reasoning_content", "reasoning", "thinking", "thoughts")
_CUT = {"length", "max_tokens", "model_length", "max_output_tokens", "incomplete", "token_limit"}
_REFUSED = {
    "content_filter", "content-filter", "refusal", "safety", "recitation", "blocklist", "prohibited_content",
    "sensitive", "guardrail_intervened", "moderation", "spii", "content_filtered",
}  # fmt: skip
_WRAPPINGS = ("data", "response", "result", "body", "completion", "output", "message")
_TEXTS = ("output_text", "generated_text", "text", "completion", "answer", "response", "content", "output", "result")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `usage` is None where the server does not count; `cut_short` if the answer hit its limit.

    `thoughts` is what the model said to itself apart from the answer, where a server shows that; `asked` the
    tokens it was given.
    """

    text: str
    usage: Usage | None
    cut_short: bool = False
    refused: bool = False
    thoughts: str = ""
    asked: int = 0


class ErrorInside(Exception):
    """A server sent an error as if it were an answer; `body` is what it sent."""

    def __init__(self, body: Any) -> None:
        super().__init__(said_by(body).text)
        self.body = body


def read_completion(body: bytes) -> Answer:
    """The answer in the body of a response.

    Raises:
        ErrorInside: it is an error.
        CallFailed: it is nothing that can be understood.
    """
    text = _text_of(body)
    if not text:
        raise CallFailed(Failure.NOT_AN_ANSWER, "an empty body")
    decoded = _decoded(text)
    if decoded is None:
        said = said_in(text)
        kind = Failure.WEB_PAGE if said.is_page else Failure.NOT_AN_ANSWER
        raise CallFailed(kind, f"no chat completion but {note(said.text)!r}", said=said.text)
    answer = _answer(decoded)
    if answer is None and isinstance(decoded, dict) and _FAULTS.isdisjoint(decoded) and _PAPER.search(text):
        return Answer(text, None)  # the model's words without any envelope
    if answer is None:
        if isinstance(decoded, dict) and not _FAULTS.isdisjoint(decoded):
            raise ErrorInside(decoded)
        usage = _usage(decoded) if isinstance(decoded, dict) else None
        used = usage.total_tokens if usage else 0  # nothing was said, but what is counted is charged
        raise CallFailed(
            Failure.NOT_AN_ANSWER, f"no chat completion but {note(text)!r}", said=text[:300], used_tokens=used
        )
    return answer


def _text_of(body: bytes) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if body.startswith(mark):
            return body.decode(encoding, "replace").strip()
    return body.decode("utf-8-sig", "replace").strip()


def _decoded(text: str) -> Any:
    """The JSON of a body; pieces of a stream are put together. None if it is neither."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        pieces = [piece for piece in _pieces(text) if isinstance(piece, dict)]
    return _together(pieces) if pieces else None


def _pieces(text: str) -> Iterator[Any]:
    """The events of a stream, or the lines of a body that has one object on each."""
    for line in text.splitlines()[:_MOST_PIECES]:
        data = line.removeprefix("data:").strip()
        if data.startswith(("{", "[")) and data != "[DONE]":
            try:
                yield json.loads(data, strict=False)
            except (ValueError, RecursionError):
                continue


def _together(pieces: list[dict[str, Any]]) -> dict[str, Any]:
    """One completion out of the pieces of a stream, whichever API's events they are."""
    content: list[str] = []
    thoughts: list[str] = []
    merged: dict[str, Any] = {}
    finish = None
    for piece in pieces:
        if piece.get("error"):
            merged["error"] = piece["error"]
        choice = _first(piece.get("choices"))
        said = choice.get("delta") or choice.get("message") or piece.get("delta") or piece.get("message") or {}
        if isinstance(said, str):
            content.append(said)
        elif isinstance(said, dict):
            content.append(_joined(said.get("content") or said.get("text")))
            thoughts.append(_joined(next((said[key] for key in _THOUGHTS if said.get(key)), None)))
        content.append(_joined(choice.get("text")) if isinstance(choice.get("text"), str) else "")
        content.append(piece["response"] if isinstance(piece.get("response"), str) else "")
        finish = choice.get("finish_reason") or piece.get("done_reason") or finish
        for key in ("usage", "prompt_eval_count", "eval_count"):
            if piece.get(key):
                merged[key] = piece[key]
    message = {"content": "".join(content), "reasoning_content": "".join(thoughts)}
    return merged | {"choices": [{"message": message, "finish_reason": finish}]}


def _answer(decoded: Any) -> Answer | None:
    """The answer in a decoded body, None if there is none."""
    holder = _holder(decoded)
    if holder is None:
        return None
    choice = _first(holder.get("choices")) or _first(holder.get("candidates")) or holder
    message = choice.get("message") if isinstance(choice.get("message"), dict) else None
    content, thoughts = _said(message if message is not None else choice)
    finish = _finish(choice, holder)
    _refuse_error_inside(choice, holder, finish, content, thoughts)
    if content is None and not thoughts and "choices" not in holder and "candidates" not in holder:
        return None
    refused = finish in _REFUSED or _is_blocked(holder) or bool(message and message.get("refusal"))
    return Answer(
        content or "", _usage(holder), cut_short=finish in _CUT, refused=refused and not content, thoughts=thoughts
    )


def _finish(choice: Mapping[str, Any], holder: Mapping[str, Any]) -> str:
    """Why the model stopped, in lower case, "" where it does not say."""
    said = (choice.get(name) for name in ("finish_reason", "finishReason"))
    of_all = (holder.get(name) for name in ("stop_reason", "done_reason", "status"))
    return str(next((one for one in (*said, *of_all) if one), "")).lower()


def _is_blocked(holder: Mapping[str, Any]) -> bool:
    feedback = holder.get("promptFeedback")
    return isinstance(feedback, dict) and bool(feedback.get("blockReason"))


def _refuse_error_inside(
    choice: Mapping[str, Any], holder: dict[str, Any], finish: str, content: str | None, thoughts: str
) -> None:
    """Raise what a body with status 200 says of an error that left no answer."""
    error = choice.get("error") or holder.get("error")
    if not content and (error or finish == "error" or _failed(holder)):
        raise ErrorInside({"error": error} if error else holder)
    if error and not thoughts and finish in {"error", ""}:
        raise ErrorInside({"error": error})
    if finish == "error":
        raise CallFailed(Failure.SERVER_ERROR, "it ended its answer with an error")


def _holder(decoded: Any) -> dict[str, Any] | None:
    """The object that holds the answer, also within a list or a wrapping."""
    listed = [decoded] if isinstance(decoded, dict) else decoded[:3] if isinstance(decoded, list) else []
    candidates: list[dict[str, Any]] = [one for one in listed if isinstance(one, dict)]
    inner: list[dict[str, Any]] = [
        one[key] for one in candidates for key in _WRAPPINGS if isinstance(one.get(key), dict)
    ]
    for one in (*candidates, *inner):
        if _first(one.get("choices")) or _first(one.get("candidates")):
            return one
    if candidates and isinstance(candidates[0].get("choices"), list) and not candidates[0]["choices"]:
        return None
    return candidates[0] if candidates and not candidates[0].get("error") else None


def _failed(holder: Mapping[str, Any]) -> bool:
    """Whether an object says in its own way that it is a failure."""
    inner = holder.get("base_resp")
    return holder.get("success") is False or (isinstance(inner, dict) and bool(inner.get("status_code")))


def _said(holder: Mapping[str, Any]) -> tuple[str | None, str]:
    """The answer and the thoughts of a message; the answer is None if there is no place for one."""
    thoughts = _joined(next((holder[key] for key in _THOUGHTS if holder.get(key)), None))
    parsed = holder.get("parsed")
    for call in holder.get("tool_calls") or [{"function": holder.get("function_call")}]:
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict) and function.get("arguments") and not holder.get("content"):
            return _joined(function["arguments"]), thoughts
    for key in _TEXTS:
        if key in holder and holder[key] is not None:
            inner, more = _parts(holder[key])
            return inner, thoughts or more
    if isinstance(parsed, (dict, list)):
        return json.dumps(parsed), thoughts
    return (None, thoughts) if "content" not in holder else ("", thoughts)


def _parts(content: Any) -> tuple[str, str]:
    """Text and thoughts of a content: a text, a list of parts of many kinds, or an object that is the answer itself."""
    if isinstance(content, str):
        return content, ""
    if isinstance(content, dict):
        inner = content.get("parts") or content.get("text") or content.get("content")
        return _parts(inner) if isinstance(inner, (str, list)) else (json.dumps(content), "")
    texts: list[str] = []
    thoughts: list[str] = []
    for part in content if isinstance(content, list) else []:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, dict):
            is_thought = (
                "think" in str(part.get("type")) or "reason" in str(part.get("type")) or part.get("thought") is True
            )
            said = _joined(part.get("text") or part.get("thinking") or part.get("content"))
            (thoughts if is_thought else texts).append(said)
    if not any(texts) and not any(thoughts) and isinstance(content, list) and content:
        return json.dumps(content), ""  # the answer itself, decoded
    return "".join(texts), "".join(thoughts)


def _joined(value: Any) -> str:
    """The text of a value of any form."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(_joined(one.get("text", "") if isinstance(one, dict) else one) for one in value[:1_000])
    return json.dumps(value) if isinstance(value, dict) else ""


def _first(value: Any) -> dict[str, Any]:
    """The first object of a list, an empty one if there is none."""
    return next((one for one in value if isinstance(one, dict)), {}) if isinstance(value, list) else {}


def _usage(holder: Mapping[str, Any]) -> Usage | None:
    usage = holder.get("usage") or holder.get("usageMetadata") or holder
    prompt = _count(usage, "prompt_tokens", "input_tokens", "promptTokenCount", "prompt_eval_count")
    completion = _count(usage, "completion_tokens", "output_tokens", "candidatesTokenCount", "eval_count")
    total = _count(usage, "total_tokens", "totalTokenCount")
    if not prompt:
        return None
    # Some count the thinking in the total alone; it is paid like what was written.
    hidden = max(0, total - prompt - completion)
    details = _inner(usage, "prompt_tokens_details", "input_tokens_details")
    cached = _count(details, "cached_tokens")
    reasoning = _count(_inner(usage, "completion_tokens_details", "output_tokens_details"), "reasoning_tokens")
    completion += hidden
    return Usage(prompt, completion, min(cached, prompt), min(max(reasoning, hidden), completion))


def _inner(holder: Any, *names: str) -> Any:
    return next((holder[name] for name in names if isinstance(holder, dict) and holder.get(name)), None)


def _count(holder: Any, *names: str) -> int:
    """A count that a server states under one of these names, 0 for anything else in its place."""
    value = _inner(holder, *names)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= _MOST_COUNTED:
        return 0
    return int(value)
