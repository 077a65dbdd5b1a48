"""The vectors of the wordllama wheel."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from bot.embedders import EMBEDDERS, EmbedderOptions
from bot.embedders.wordllama import WordLlamaEmbedder


@pytest.fixture(scope="module")
def embedder():
    return WordLlamaEmbedder()


def test_vectors_are_unit_float32_of_the_stated_length(embedder):
    vectors = embedder.embed(["A paper about pruning", "Another one"])
    assert vectors.shape == (2, embedder.dimensions)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)


def test_an_empty_text_has_the_zero_vector(embedder):
    vectors = embedder.embed(["", "pruning", "   \n"])
    assert not vectors[0].any()
    assert not vectors[2].any()
    assert vectors[1].any()


def test_no_texts_give_no_rows(embedder):
    assert embedder.embed([]).shape == (0, 256)


def test_a_vector_does_not_depend_on_its_companions(embedder):
    """Batches are padded and sorted; neither may show."""
    texts = [f"word {'pruning ' * n}" for n in range(40)]
    together = embedder.embed(texts)
    alone = np.vstack([embedder.embed([text]) for text in texts])
    assert together == pytest.approx(alone, abs=1e-5)


def test_related_texts_are_closer_than_unrelated_ones(embedder):
    quantization, compression, recipe = embedder.embed(
        ["quantization of language models", "compressing neural networks", "how to bake sourdough bread"]
    )
    assert quantization @ compression > quantization @ recipe


def test_a_huge_text_is_cut_and_embedded(embedder):
    assert np.isfinite(embedder.embed(["pruning " * 100_000])).all()


def test_loading_leaves_the_root_logger_as_it_was():
    """The package configures logging for the whole process when it is imported."""
    root = logging.getLogger()
    before = list(root.handlers), root.level
    WordLlamaEmbedder().embed(["text"])
    assert (list(root.handlers), root.level) == before


def test_the_registry_makes_it_by_name():
    assert EMBEDDERS["wordllama"](EmbedderOptions()).name == "wordllama-l2_supercat-256"
