"""What the archive says, day by day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Background
from bot.ranking import background as backgrounds
from bot.ranking.background import extend, from_bytes, to_bytes
from tests.builders import a_paper

MONDAY, TUESDAY = date(2025, 5, 5), date(2025, 5, 6)


def some_vectors(n: int) -> np.ndarray:
    return np.eye(4, dtype=np.float32)[:n]


def test_document_frequency_counts_papers_not_occurrences():
    one = extend(Background(), [a_paper(title="Pruning pruning", abstract="pruning")], some_vectors(1), MONDAY)
    assert one.document_frequency["pruning"] == 1
    assert one.n_papers == 1
    assert one.upto == MONDAY


def test_two_days_are_the_same_as_one_longer_day():
    papers = [a_paper("1", title="Pruning"), a_paper("2", title="Cats"), a_paper("3", title="Pruning cats")]
    vectors = some_vectors(3)
    once = extend(Background(), papers, vectors, TUESDAY)
    twice = extend(extend(Background(), papers[:1], vectors[:1], MONDAY), papers[1:], vectors[1:], TUESDAY)
    assert once.document_frequency == twice.document_frequency
    assert once.mean_vector == pytest.approx(twice.mean_vector)
    assert (once.n_papers, once.upto) == (twice.n_papers, twice.upto)


def test_extending_leaves_the_old_background_alone():
    old = extend(Background(), [a_paper("1")], some_vectors(1), MONDAY)
    before = dict(old.document_frequency)
    extend(old, [a_paper("2")], some_vectors(1), TUESDAY)
    assert old.document_frequency == before


def test_an_empty_day_changes_nothing_but_the_day():
    old = extend(Background(), [a_paper("1")], some_vectors(1), MONDAY)
    new = extend(old, [], np.zeros((0, 4), dtype=np.float32), TUESDAY)
    assert (new.n_papers, new.upto) == (1, TUESDAY)
    assert new.mean_vector == pytest.approx(old.mean_vector)


def test_another_embedder_starts_a_new_mean():
    old = extend(Background(), [a_paper("1")], some_vectors(1), MONDAY)
    new = extend(old, [a_paper("2")], np.ones((1, 7), dtype=np.float32), TUESDAY)
    assert new.mean_vector.shape == (7,)


def test_too_many_terms_forget_the_rarest(monkeypatch):
    monkeypatch.setattr(backgrounds, "MAX_TERMS", 6)
    monkeypatch.setattr(backgrounds, "KEPT_TERMS", 4)
    papers = [a_paper(str(i), title="pruning", abstract=f"rare{chr(97 + i)}") for i in range(8)]
    new = extend(Background(), papers, np.eye(8, dtype=np.float32), MONDAY)
    assert new.document_frequency["pruning"] == 8
    assert len(new.document_frequency) <= 6


@given(
    st.dictionaries(
        st.from_regex(r"[a-z_]{2,9}( [a-z0-9_]{2,9})?", fullmatch=True), st.integers(1, 10**6), max_size=40
    ),
    st.one_of(st.none(), st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=9)),
)
def test_bytes_give_the_same_background_back(frequency, mean):
    mean_vector = None if mean is None else np.array(mean, dtype=np.float32)
    old = Background(7, frequency, mean_vector, MONDAY)
    new = from_bytes(to_bytes(old))
    assert new.document_frequency == frequency
    assert (new.n_papers, new.upto) == (7, MONDAY)
    assert (new.mean_vector is None) == (mean is None)
    if mean is not None:
        assert np.array_equal(new.mean_vector, mean_vector)


@pytest.mark.parametrize(
    "damage", [lambda b: b"", lambda b: b"junk", lambda b: b[:-5], lambda b: b[:9] + b"x" + b[10:]]
)
def test_a_damaged_blob_is_a_clear_error(damage):
    blob = to_bytes(extend(Background(), [a_paper("1")], some_vectors(1), MONDAY))
    with pytest.raises(ValueError, match="background blob"):
        from_bytes(damage(blob))
