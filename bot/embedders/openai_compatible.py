"""Vectors from any endpoint that speaks OpenAI's embeddings API."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import openai
from numpy.typing import NDArray
from pydantic import SecretStr

from bot.embedders._vectors import unit
from bot.errors import EmbedderError
from bot.redaction import redacted, without_login

DEFAULT_BASE_URL = "https://api.openai.com/v1"
DEFAULT_MODEL = "text-embedding-3-small"
DEFAULT_DIMENSIONS = 1536
LONGEST_TEXT = 8_000  # characters; stays below the usual limit of 8,191 tokens in any language
_NO_KEY = "none"  # the SDK wants a text in that place
_MOST_READ, _MOST_SAID = 10_000, 300
BATCH = 128


class OpenAICompatibleEmbedder:
    """Embeddings of a served model, asked for in batches of 128.

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
        max_retries: int = 2,
    ) -> None:
        self._model = model or DEFAULT_MODEL
        self._base_url = base_url or DEFAULT_BASE_URL
        self._dimensions = DEFAULT_DIMENSIONS
        self._address = without_login(self._base_url)  # as people may see it
        self._client = openai.OpenAI(
            api_key=(api_key.get_secret_value() if api_key else "") or _NO_KEY,
            base_url=self._base_url,
            timeout=timeout_s,
            max_retries=max_retries,
        )

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
        rows: dict[int, list[float]] = {}
        for start in range(0, len(full), BATCH):
            batch = full[start : start + BATCH]
            rows.update(zip(batch, self._ask([texts[i][:LONGEST_TEXT] for i in batch]), strict=True))
        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        for i, row in rows.items():
            vectors[i] = row
        return unit(vectors)

    def _ask(self, texts: Sequence[str]) -> list[list[float]]:
        try:
            answer = self._client.embeddings.create(model=self._model, input=list(texts), encoding_format="float")
        except openai.OpenAIError as error:
            raise EmbedderError(
                f"{self._address} made no vectors with {self._model}: {self._reason(error)}; "
                "check the address, the key and the model"
            ) from error
        return self._checked(answer.data or [], len(texts))

    def _checked(self, entries: Sequence[openai.types.Embedding], expected: int) -> list[list[float]]:
        found = {entry.index: entry.embedding for entry in entries}
        lengths = {len(row) for row in found.values()}
        if sorted(found) != list(range(expected)) or len(lengths) != 1:
            raise EmbedderError(
                f"{self._address} answered {len(entries)} vectors of lengths {sorted(lengths)} to {expected} texts; "
                "is it an embeddings endpoint?"
            )
        (self._dimensions,) = lengths
        return [found[i] for i in range(expected)]

    def _reason(self, error: openai.OpenAIError) -> str:
        """Why it failed, in bounded length and without the key, which some servers repeat in their refusals."""
        if isinstance(error, openai.APITimeoutError):
            return "no answer in time"
        said = str(error) or type(error).__name__
        if isinstance(error, openai.APIStatusError):
            said = f"status {error.status_code}: {error.message}"
        secrets = {self._client.api_key} - {_NO_KEY}
        return " ".join(redacted(said[:_MOST_READ], secrets).split())[:_MOST_SAID]
