"""One request over the real SDK, and every way it can fail translated."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Self

import openai

from bot.clock import Clock
from bot.endpoints.bodies import note, said_by, said_in
from bot.endpoints.failures import CallFailed, Failure
from bot.endpoints.http import NO_KEY, address_of, sdk_of
from bot.endpoints.meanings import Meaning, meaning_of
from bot.scorers.llm.completion import Answer, ErrorInside, read_completion
from bot.scorers.llm.dialect import Dialect
from bot.scorers.llm.prompt import Message

logger = logging.getLogger(__name__)

MOST_BYTES = 8 * 2**20  # of an answer, unpacked
_NEVER_CONNECTED = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"}


class ChatClient:
    """Sends single requests to one model; never repeats by itself. An async context manager.

    The SDK's client is made with the first request, so that a wrong proxy or certificate is a failure like any other.
    """

    def __init__(self, base_url: str, api_key: str, model: str, timeout_s: float, clock: Clock) -> None:
        self._address = address_of(base_url)
        self._model = model
        self._timeout_s = timeout_s
        self._clock = clock
        self._key = api_key.strip()
        self._client: openai.AsyncOpenAI | None = None

    @property
    def is_bare(self) -> bool:
        """Whether the address has no path, so that the API may lie below /v1."""
        return self._address.is_bare

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._client is not None:
            await self._client.close()

    async def ask(
        self,
        message: Message,
        schema: Mapping[str, Any],
        dialect: Dialect,
        most_tokens: int,
        timeout_s: float | None = None,
    ) -> Answer:
        """Send one request and return its answer, within `timeout_s` from first to last byte.

        Raises:
            CallFailed: there is no usable answer.
        """
        limit_s = timeout_s or self._timeout_s
        try:
            # The SDK's time-out is one of silence; a server that drips must not hold a morning up either.
            async with asyncio.timeout(limit_s):
                body = await self._send(message, schema, dialect, most_tokens, limit_s)
            return await asyncio.to_thread(read_completion, body)
        except CallFailed:
            raise
        except (openai.APITimeoutError, TimeoutError) as error:
            raise CallFailed(Failure.TIMEOUT, f"no answer within {limit_s:g} s") from error
        except openai.APIStatusError as error:
            raise self._refusal(error, most_tokens) from error
        except openai.APIConnectionError as error:
            raise connection_failure(error) from error
        except ErrorInside as error:
            raise self._inside(error, most_tokens) from error
        except Exception as error:
            # Whatever the SDK, a proxy's settings or a strange answer raise: the request failed, and says why.
            logger.warning("a request to %s failed unexpectedly", self._model, exc_info=True)
            kind = Failure.NOT_AN_ANSWER if self._client is not None else Failure.CONNECTION
            raise CallFailed(kind, note(f"{type(error).__name__}: {error}", self._secrets)) from error

    async def _send(
        self, message: Message, schema: Mapping[str, Any], dialect: Dialect, most_tokens: int, limit_s: float
    ) -> bytes:
        if self._client is None:
            self._client = sdk_of(self._address, self._key, self._timeout_s, MOST_BYTES)
        client = self._client
        if dialect.path:
            client = client.with_options(base_url=self._address.base_url + dialect.path)
        messages: Any = dialect.messages(message.system, message.user)
        answer = await client.chat.completions.with_raw_response.create(
            model=self._model, messages=messages, timeout=limit_s, **dialect.parameters(dict(schema), most_tokens)
        )
        body: bytes = answer.http_response.content
        return body

    @property
    def _secrets(self) -> set[str]:
        return {self._key} - {"", NO_KEY}

    def _refusal(self, error: openai.APIStatusError, most_tokens: int) -> CallFailed:
        said = said_in(error.response.content)
        meaning = meaning_of(
            error.status_code, said, error.response.headers, self._clock.now(),
            has_key=bool(self._key), asked_tokens=most_tokens,
        )  # fmt: skip
        return self._failed(error.status_code, meaning, said.text)

    def _inside(self, error: ErrorInside, most_tokens: int) -> CallFailed:
        said = said_by(error.body)
        meaning = meaning_of(200, said, {}, self._clock.now(), has_key=bool(self._key), asked_tokens=most_tokens)
        return self._failed(200, meaning, said.text)

    def _failed(self, status: int, meaning: Meaning, said: str) -> CallFailed:
        words = note(said, self._secrets) or "no word why"
        return CallFailed(
            meaning.kind, f"status {status}: {words}",
            wait_s=meaning.wait_s, parameter=meaning.parameter, limit=meaning.limit, said=said,
        )  # fmt: skip


def connection_failure(error: openai.APIConnectionError) -> CallFailed:
    """No connection at all is free; one that broke may have been charged."""
    cause = error.__cause__
    name = type(cause).__name__ if cause is not None else type(error).__name__
    kind = Failure.CONNECTION if name in _NEVER_CONNECTED else Failure.DROPPED
    if name == "ProxyError" and "407" in str(cause):
        kind = Failure.PROXY
    return CallFailed(kind, note(f"{name}: {cause or error}"))
