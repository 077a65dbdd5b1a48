"""One request over the real SDK, and every way it can fail translated."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import openai
from openai.types.chat import ChatCompletion

from bot.clock import Clock
from bot.scorers.llm.classify import classify, connection_failure, note, retry_after
from bot.scorers.llm.dialect import Dialect
from bot.scorers.llm.failures import CallFailed, Failure
from bot.scorers.llm.prompt import Message
from bot.scorers.pricing import Usage

_MOST_COUNTED = 10**12  # no request has more tokens; a server may say anything
NO_KEY = "none"  # the SDK wants a text in that place, also for a server without keys


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `usage` is None where the server does not count; `cut_short` if the answer hit its limit."""

    text: str
    usage: Usage | None
    cut_short: bool = False
    refused: bool = False


class ChatClient:
    """Sends single requests to one model; never repeats by itself. An async context manager."""

    def __init__(self, base_url: str, api_key: str, model: str, timeout_s: float, clock: Clock) -> None:
        self._model = model
        self._timeout_s = timeout_s
        self._clock = clock
        self._key = api_key or NO_KEY
        self._client = openai.AsyncOpenAI(base_url=base_url, api_key=self._key, timeout=timeout_s, max_retries=0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def ask(self, message: Message, schema: Mapping[str, Any], dialect: Dialect, most_tokens: int) -> Answer:
        """Send one request and return its answer.

        Raises:
            CallFailed: there is no usable answer.
        """
        messages: Any = [{"role": "system", "content": message.system}, {"role": "user", "content": message.user}]
        try:
            # The SDK's time-out is one of silence; a server that drips must not hold a morning up either.
            async with asyncio.timeout(self._timeout_s):
                answer = await self._client.chat.completions.create(
                    model=self._model, messages=messages, **dialect.parameters(dict(schema), most_tokens)
                )
        except (openai.APITimeoutError, TimeoutError) as error:
            raise CallFailed(Failure.TIMEOUT, f"no answer within {self._timeout_s:g} s") from error
        except openai.APIStatusError as error:
            raise self._translated(error, dialect) from error
        except openai.APIConnectionError as error:
            raise connection_failure(error) from error
        except (openai.OpenAIError, ValueError, TypeError, AttributeError) as error:
            # The SDK checks little: an answer of an unexpected shape fails somewhere inside it.
            raise CallFailed(Failure.NOT_AN_ANSWER, note(str(error))) from error
        return _read(answer)

    def _translated(self, error: openai.APIStatusError, dialect: Dialect) -> CallFailed:
        failure, parameter = classify(error, dialect)
        said = note(error.message, set() if self._key == NO_KEY else {self._key})
        wait_s = retry_after(error.response.headers, self._clock.now())
        return CallFailed(failure, f"status {error.status_code}: {said}", retry_after_s=wait_s, parameter=parameter)


def _read(answer: object) -> Answer:
    """The answer's text and figures; a server may send anything."""
    choices = answer.choices if isinstance(answer, ChatCompletion) else None
    if not isinstance(answer, ChatCompletion) or not isinstance(choices, list) or not choices:
        raise CallFailed(Failure.NOT_AN_ANSWER, f"no chat completion but {note(str(answer))!r}")
    message = getattr(choices[0], "message", None)
    content = getattr(message, "content", None)
    text = content if isinstance(content, str) else ""
    finish = getattr(choices[0], "finish_reason", None)
    refused = finish == "content_filter" or bool(getattr(message, "refusal", None))
    return Answer(text, _usage(answer), cut_short=finish == "length", refused=refused and not text)


def _usage(answer: ChatCompletion) -> Usage | None:
    usage = getattr(answer, "usage", None)
    prompt, completion = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    if not prompt:
        return None
    cached = _count(getattr(usage, "prompt_tokens_details", None), "cached_tokens")
    reasoning = _count(getattr(usage, "completion_tokens_details", None), "reasoning_tokens")
    return Usage(prompt, completion, min(cached, prompt), min(reasoning, completion))


def _count(holder: object, name: str) -> int:
    """A count that a server states, 0 for anything else in its place."""
    value = getattr(holder, name, None)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= _MOST_COUNTED:
        return 0
    return int(value)
