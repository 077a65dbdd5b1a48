"""arXiv's identifiers, old and new."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.arxiv.ids import ArxivId, id_order, is_new_style, parse_id


@pytest.mark.parametrize(
    ("text", "base", "version"),
    [
        ("2505.03801", "2505.03801", None),
        ("2505.03801v2", "2505.03801", 2),
        ("0704.0001v12", "0704.0001", 12),
        ("cs/0112017", "cs/0112017", None),
        ("astro-ph/0601001v1", "astro-ph/0601001", 1),
        ("math.GT/0309136v3", "math/0309136", 3),
        ("cond-mat.mtrl-sci/9901001", "cond-mat/9901001", None),
        ("http://arxiv.org/abs/2505.03801v1", "2505.03801", 1),
        ("https://arxiv.org/pdf/cs/0112017v2", "cs/0112017", 2),
        ("https://export.arxiv.org/abs/2505.03801", "2505.03801", None),
        ("oai:arXiv.org:2508.13426v1", "2508.13426", 1),
        ("arXiv:2505.03801", "2505.03801", None),
        (" 2505.03801 ", "2505.03801", None),
    ],
)
def test_ids_are_read_from_every_form_arxiv_uses(text: str, base: str, version: int | None) -> None:
    assert parse_id(text) == ArxivId(base, version)


@pytest.mark.parametrize(
    "text", ["", "abc", "2505", "2505.1", "25051.03801", "2505.03801v", "٢٥٠٥.03801", "cs/123", "https://x.org"]
)
def test_what_is_no_id_is_none(text: str) -> None:
    assert parse_id(text) is None


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_without_an_error(text: str) -> None:
    named = parse_id(text)
    assert named is None or parse_id(named.base) == ArxivId(named.base, None)


def test_ids_sort_in_the_order_of_time_over_months_and_the_turn_of_the_century() -> None:
    ids = ["2506.00001", "hep-th/9912001", "2505.19999", "cs/0001001", "0704.0001", "2505.02000"]
    ordered = ["hep-th/9912001", "cs/0001001", "0704.0001", "2505.02000", "2505.19999", "2506.00001"]
    assert sorted(ids, key=id_order) == ordered


def test_only_new_ids_count_over_all_of_arxiv() -> None:
    assert is_new_style("2505.03801")
    assert not is_new_style("cs/0112017")


def test_what_is_no_id_has_no_order() -> None:
    with pytest.raises(ValueError, match="'abc' is not an arXiv id"):
        id_order("abc")
