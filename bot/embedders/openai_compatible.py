"""Vectors from any endpoint that speaks OpenAI's embeddings API, whatever its limits."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import openai
from numpy.typing import NDArray
from pydantic import SecretStr

from bot.clock import Clock, SystemClock
from bot.embedders._vectors import unit
from bot.endpoints.bodies import Said, note, said_by, said_in
from bot.endpoints.failures import CallFailed, Failure
from bot.endpoints.http import NO_KEY, address_of, sdk_of
from bot.endpoints.meanings import batch_limit_in, meaning_of
from bot.endpoints.memory import Memory
from bot.errors import EmbedderError
from bot.redaction import without_login
from bot.store import CostStore

logger = logging.getLogger(__name__)

DEFAULT_BASE_URL = "https://api.openai.com/v1"
DEFAULT_MODEL = "text-embedding-3-small"
DEFAULT_DIMENSIONS = 1536
LONGEST_TEXT = 8_000  # characters; stays below the usual limit of 8,191 tokens in any language
BATCH = 128
MOST_BYTES = 64 * 2**20  # of an answer, unpacked
_LEAST_TEXT = 200
_LONGEST_WAIT_S = 60.0
_BACKOFF_S = 1.0


class OpenAICompatibleEmbedder:
    """Embeddings of a served model, as many texts at once and as long ones as it takes; both are remembered.

    The length of its vectors is learned from the first answer (1536 until then). A server without keys still needs a
    text in that place, so an empty key is sent as "none".
    """

    def __init__(
        self,
        *,
        model: str = "",
        base_url: str = "",
        api_key: SecretStr | None = None,
        timeout_s: float = 30.0,
        attempts: int = 4,
        costs: CostStore | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._model = model or DEFAULT_MODEL
        self._base_url = base_url or DEFAULT_BASE_URL
        self._address = without_login(self._base_url)  # as people may see it
        self._key = (api_key.get_secret_value() if api_key else "").strip()
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._clock = clock or SystemClock()
        self._memory = Memory(costs, self._clock, self._base_url, self._model)
        self._dimensions = DEFAULT_DIMENSIONS

    @property
    def name(self) -> str:
        """Names the vectors in the database."""
        return self._model

    @property
    def dimensions(self) -> int:
        """The length of each vector."""
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors `(n_texts, dimensions)`; an empty text has the zero vector and is not sent.

        Raises:
            EmbedderError: the endpoint failed or answered something else.
        """
        full = [i for i, text in enumerate(texts) if text.strip()]
        try:
            rows = _run(self._rows([texts[i] for i in full])) if full else []
        except CallFailed as failed:
            raise EmbedderError(
                f"{self._address} made no vectors with {self._model}: {failed.kind.words} ({failed}); "
                "check the address, the key and the model"
            ) from failed
        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        for i, row in zip(full, rows, strict=True):
            vectors[i] = row
        return unit(vectors)

    async def _rows(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text; what the server refuses as too much is asked in smaller portions from then on."""
        known = await self._memory.recall()
        self._dimensions = known.dimensions or self._dimensions
        rows: list[list[float]] = []
        sdk: openai.AsyncOpenAI | None = None
        try:
            sdk = self._sdk()
            while len(rows) < len(texts):
                known = self._memory.known
                portion = texts[len(rows) : len(rows) + (known.texts or BATCH)]
                rows += await self._portion(sdk, [text[: known.characters or LONGEST_TEXT] for text in portion])
        finally:
            if sdk is not None:
                await sdk.close()
            await self._memory.save()
        return rows

    def _sdk(self) -> openai.AsyncOpenAI:
        try:
            return sdk_of(address_of(self._base_url), self._key, self._timeout_s, MOST_BYTES)
        except Exception as error:
            # A proxy's address or a certificate's file that is wrong: said like any other failure.
            logger.warning("no client for %s could be made", self._address, exc_info=True)
            raise CallFailed(Failure.CONNECTION, note(f"{type(error).__name__}: {error}", self._secrets)) from error

    async def _portion(self, sdk: openai.AsyncOpenAI, texts: Sequence[str]) -> list[list[float]]:
        """The vectors of these texts; none if they were too many or too long, which is noted."""
        for attempt in range(1, self._attempts + 1):
            try:
                return await self._ask(sdk, texts)
            except CallFailed as failed:
                if self._learns(failed, texts):
                    return []
                pause_s = _BACKOFF_S * float(2 ** (attempt - 1)) if failed.wait_s is None else failed.wait_s
                if not failed.kind.is_passing or attempt == self._attempts or pause_s > _LONGEST_WAIT_S:
                    raise
                await self._clock.sleep(pause_s * random.uniform(1.0, 1.1))  # noqa: S311 - spreads retries in time
        raise CallFailed(Failure.SERVER_ERROR, "no attempt was made")

    def _learns(self, failed: CallFailed, texts: Sequence[str]) -> bool:
        """Whether a refusal is about how much was asked at once; the next portion is smaller then."""
        longest = max(len(text) for text in texts)
        if failed.limit is not None and len(texts) > 1:
            self._memory.note(texts=min(failed.limit, len(texts) - 1))
            return True
        if failed.kind is Failure.TOO_LONG and longest > _LEAST_TEXT and len(texts) == 1:
            self._memory.note(characters=max(_LEAST_TEXT, longest * 2 // 3))
            return True
        too_much = {Failure.TOO_LONG, Failure.TIMEOUT, Failure.UNSUPPORTED, Failure.BAD_REQUEST}
        if failed.kind in too_much and len(texts) > 1:
            self._memory.note(texts=len(texts) // 2)
            return True
        return False

    async def _ask(self, sdk: openai.AsyncOpenAI, texts: Sequence[str]) -> list[list[float]]:
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await sdk.embeddings.with_raw_response.create(
                    model=self._model, input=list(texts), encoding_format="float"
                )
            return self._checked(answer.http_response.content, len(texts))
        except CallFailed:
            raise
        except (openai.APITimeoutError, TimeoutError) as error:
            raise CallFailed(Failure.TIMEOUT, f"no answer in time ({self._timeout_s:g} s)") from error
        except openai.APIStatusError as error:
            said = said_in(error.response.content)
            raise self._refusal(error.status_code, said, error.response.headers, len(texts)) from error
        except openai.APIConnectionError as error:
            cause = error.__cause__ or error
            raise CallFailed(Failure.CONNECTION, note(f"{type(cause).__name__}: {cause}", self._secrets)) from error
        except Exception as error:
            # Whatever the SDK, a proxy or a strange answer raise: no vectors, and the reason.
            logger.warning("a request for vectors of %s failed unexpectedly", self._model, exc_info=True)
            raise CallFailed(Failure.NOT_AN_ANSWER, note(f"{type(error).__name__}: {error}", self._secrets)) from error

    def _refusal(self, status: int, said: Said, headers: Any, asked: int) -> CallFailed:
        meaning = meaning_of(status, said, headers, self._clock.now(), has_key=bool(self._key))
        is_about_size = status in {200, 400, 413, 422} and asked > 1
        limit = batch_limit_in(said, asked) if is_about_size else None
        words = note(said.text, self._secrets) or "no word why"
        return CallFailed(meaning.kind, f"status {status}: {words}", wait_s=meaning.wait_s, limit=limit)

    def _checked(self, body: bytes, expected: int) -> list[list[float]]:
        """The vectors in an answer, in the order asked; their index counts if there is one."""
        decoded = json.loads(body.decode("utf-8-sig", "replace"))
        holder = decoded if isinstance(decoded, dict) else {"data": decoded}
        entries = next((holder[key] for key in ("data", "embeddings", "output", "result") if holder.get(key)), None)
        if not isinstance(entries, list):
            raise self._refusal(200, said_by(decoded), {}, expected)
        rows = [_row(entry) for entry in entries]
        indices = [entry.get("index") if isinstance(entry, dict) else None for entry in entries]
        if sorted(str(one) for one in indices) == sorted(str(i) for i in range(expected)):
            rows = [
                row for _, row in sorted(zip(map(int, map(str, indices)), rows, strict=True), key=lambda pair: pair[0])
            ]
        lengths = {len(row) for row in rows}
        if len(rows) != expected or len(lengths) != 1 or lengths == {0}:
            said = f"{len(rows)} vectors of lengths {sorted(lengths)} to {expected} texts"
            raise CallFailed(Failure.NOT_AN_ANSWER, f"{said}; is it an embeddings endpoint?")
        (self._dimensions,) = lengths
        self._memory.note(dimensions=self._dimensions)
        return rows

    @property
    def _secrets(self) -> set[str]:
        return {self._key} - {"", NO_KEY}


def _row(entry: Any) -> list[float]:
    """The numbers of one vector, bare or in an object; empty where there are none."""
    values = entry.get("embedding", entry.get("values")) if isinstance(entry, dict) else entry
    if not isinstance(values, list):
        return []
    return [float(value) for value in values]


def _run(rows: Coroutine[Any, Any, list[list[float]]]) -> list[list[float]]:
    """Run the requests in a loop of their own, beside one that runs in this thread already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(rows)
    with ThreadPoolExecutor(1) as thread:
        made: Future[list[list[float]]] = thread.submit(asyncio.run, rows)
        return made.result()
