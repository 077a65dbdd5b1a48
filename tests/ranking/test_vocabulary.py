"""TF-IDF by the archive's frequencies."""

from __future__ import annotations

import numpy as np
import pytest

from bot.models import Background
from bot.ranking.terms import text_terms
from bot.ranking.vocabulary import Vectorizer, build, vectorizer
from tests.builders import a_paper

ARCHIVE = Background(n_papers=1000, document_frequency={"pruning": 20, "model": 250, "the usual": 900, "typo": 1})


def test_terms_too_rare_or_too_common_get_no_column():
    assert set(build(ARCHIVE).columns) == {"pruning", "model"}


def test_the_pool_is_counted_on_top_of_the_archive():
    pool = [text_terms("typo")] * 4
    assert "typo" in build(ARCHIVE, pool).columns


def test_inverse_document_frequency_is_smooth():
    vocabulary = build(ARCHIVE)
    assert vocabulary.idf[vocabulary.columns["pruning"]] == pytest.approx(np.log(1001 / 21) + 1)


def test_an_empty_archive_and_three_papers_still_have_words():
    today = vectorizer(
        Background(), [a_paper("1", title="Pruning"), a_paper("2", title="Cats"), a_paper("3", title="Dogs")]
    )
    assert {"pruning", "cats", "dogs"} <= set(today.vocabulary.columns)


def test_rows_have_unit_length_and_unknown_papers_are_empty():
    today = Vectorizer(build(ARCHIVE))
    rows = today.rows([a_paper("1", title="Pruning", abstract="a model"), a_paper("2", title="xyzzy", abstract="")])
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    assert lengths == pytest.approx([1, 0], abs=1e-6)


def test_no_papers_give_no_rows():
    assert Vectorizer(build(ARCHIVE)).rows([]).shape == (0, 2)


def test_words_nobody_uses_make_a_query_weak():
    """A topic foreign to the archive must not match by its one common word alone."""
    vocabulary = build(ARCHIVE)
    foreign = vocabulary.query(text_terms("pruning of apple trees in orchards"))
    own = vocabulary.query(text_terms("pruning"))
    column = vocabulary.columns["pruning"]
    assert own[column] == pytest.approx(1)
    assert 0 < foreign[column] < 0.5
