"""arXiv's identifiers, old and new."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arxiv_id import ArxivId, find_id, given_in, id_order, ids_in, is_new_style, parse_id
from bot.library import read_library
from bot.platforms.console._commands import PaperCommand, parse
from bot.query import parse_line
from bot.scorers.llm.parse import parse_scores


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
        ("2505.03801v2.pdf", "2505.03801", 2),
        ("cond-mat.mes-hall/9901001", "cond-mat/9901001", None),
        ("10.48550/arXiv.2404.02575", "2404.02575", None),
        ("https://doi.org/10.48550/arXiv.2404.02575", "2404.02575", None),
        ("https://huggingface.co/papers/2505.03801", "2505.03801", None),
        ("<https://arxiv.org/html/2505.03801v1#S2>", "2505.03801", 1),
        ("https://www.alphaxiv.org/overview/2505.03801?tab=x", "2505.03801", None),
    ],
)
def test_ids_are_read_from_every_form_arxiv_uses(text: str, base: str, version: int | None) -> None:
    assert parse_id(text) == ArxivId(base, version)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "2505",
        "2505.1",
        "25051.03801",
        "2505.03801v",
        "٢٥٠٥.03801",
        "cs/123",
        "https://x.org",
        "2024.12345",
        "cs/1301001",
    ],
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


DRESSES = ("{}", "{}v3", "arXiv:{}", "https://arxiv.org/abs/{}v2", "https://arxiv.org/pdf/{}.pdf", "{}v2.pdf")
NAMED = {"2505.03801": "2505.03801", "math.GT/0309136": "math/0309136", "cond-mat.mes-hall/9901001": "cond-mat/9901001"}


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize(("written", "base"), NAMED.items())
def test_an_id_is_read_alike_wherever_it_is_written(dress: str, written: str, base: str) -> None:
    word = dress.format(written)
    assert find_id(word) == base
    assert list(ids_in(f"see ({word}), and more")) == [base]
    assert parse_line(f"why {word}", date(2025, 5, 9)).arxiv_id == base
    assert parse(f"abstract {word}") == PaperCommand("abstract", (base,))
    assert [paper.arxiv_id for paper in read_library(f"{word}\n".encode()).importable] == [base]
    assert set(parse_scores(f'[{{"id": "{word}", "relevance": 3, "novelty": 4}}]', [base]).verdicts) == {base}


def test_an_id_tells_when_it_was_given() -> None:
    assert [given_in(base) for base in ("2406.07017", "hep-th/9901001", "cs/0112017")] == [
        (2024, 6),
        (1999, 1),
        (2001, 12),
    ]
