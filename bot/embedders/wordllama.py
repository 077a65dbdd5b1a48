"""Static word vectors from the wordllama wheel: no network, no key, thousands of texts a second."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.embedders._vectors import unit
from bot.errors import EmbedderError

DIMENSIONS = 256
LONGEST_TEXT = 8_000  # characters: four times the longest abstract arXiv takes
BATCH = 16  # wordllama pads a batch to its longest text, so large batches cost memory

_loading = threading.Lock()


class WordLlamaEmbedder:
    """The mean of wordllama's 256-dimensional word vectors; the model is read on first use."""

    def __init__(self) -> None:
        self._model: Any = None

    @property
    def name(self) -> str:
        """Names the vectors in the database."""
        return "wordllama-l2_supercat-256"

    @property
    def dimensions(self) -> int:
        """256."""
        return DIMENSIONS

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors `(n_texts, 256)`; an empty text has the zero vector.

        Texts are cut at 8,000 characters.

        Raises:
            EmbedderError: the model is not where its package should have put it.
        """
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        short = [text[:LONGEST_TEXT] for text in texts]
        order = sorted((i for i, text in enumerate(short) if text.strip()), key=lambda i: len(short[i]))
        if not order:
            return vectors
        model = self._loaded()
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            vectors[batch] = model.embed([short[i] for i in batch], norm=False, batch_size=BATCH)
        return unit(vectors)

    def _loaded(self) -> Any:
        with _loading:
            if self._model is None:
                self._model = _load()
            return self._model


def _load() -> Any:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        import wordllama

        folder = Path(wordllama.__file__).parent
        # Without both arguments it looks in the home directory and then on the network.
        return wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
    except (ImportError, OSError, ValueError) as error:
        raise EmbedderError(
            f"wordllama's vectors could not be loaded: {error}; "
            "reinstall them with `pip install --force-reinstall wordllama`"
        ) from error
    finally:
        # Importing wordllama configures the root logger for the whole process; logging is ours to configure.
        root.handlers[:] = handlers
        root.setLevel(level)
