"""What is said about a category's name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.categories import CATEGORIES, check_category, suggest_category


@pytest.mark.parametrize("code", ["cs.CL", "cs.LG", "stat.ML", "quant-ph", "eess.AS", "cond-mat.mtrl-sci", "math.AG"])
def test_a_category_of_the_taxonomy_is_accepted(code: str) -> None:
    assert check_category(code) is None


def test_the_taxonomy_is_whole() -> None:
    """155 categories: arXiv's published figure, aliases included."""
    assert len(CATEGORIES) == 155


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [
        ("cs.cl", "cs.CL"),
        ("CS-CL", "cs.CL"),
        ("cs.NLP", "cs.CL"),
        ("nlp", "cs.CL"),
        ("cs.CLL", "cs.CL"),
        ("Machine Learning", "cs.LG"),
        ("vision", "cs.CV"),
        ("Quantum Physics", "quant-ph"),
        ("robotcs", "cs.RO"),
    ],
)
def test_a_near_miss_is_told_what_it_may_have_meant(mistyped: str, meant: str) -> None:
    complaint = check_category(mistyped)
    assert complaint is not None
    assert repr(mistyped) in complaint
    assert f"did you mean {meant}?" in complaint


def test_something_far_from_every_category_gets_the_taxonomy_and_no_guess() -> None:
    complaint = check_category("xyzzy.plugh")
    assert complaint is not None
    assert "category_taxonomy" in complaint
    assert suggest_category("xyzzy.plugh") is None


def test_an_archive_is_told_to_name_its_categories() -> None:
    complaint = check_category("cs")
    assert complaint is not None
    assert "whole archive" in complaint
    assert "cs.AI" in complaint


@given(st.text(max_size=300))
def test_any_text_gets_a_short_answer_or_is_a_category(text: str) -> None:
    complaint = check_category(text)
    assert (complaint is None) == (text in CATEGORIES)
    assert complaint is None or len(complaint) < 400
