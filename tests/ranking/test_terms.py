"""Text into terms."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.ranking.terms import TermsMemo, embedding_text, paper_terms, text_terms, words
from tests.builders import a_paper


def test_words_are_lower_case_without_accents_stop_words_and_numbers():
    assert words("The Schrödinger Bridge of 2025 and GPT4o") == ["schrodinger", "bridge", "gpt4o"]


def test_neighbouring_words_make_pairs():
    assert text_terms("low rank low rank") == {"low": 2, "rank": 2, "low rank": 2, "rank low": 1}


def test_the_title_counts_three_times():
    terms = paper_terms(a_paper(title="Pruning", abstract="Pruning helps."))
    assert terms["pruning"] == 4


def test_a_paper_without_abstract_is_embedded_by_its_title():
    assert embedding_text(a_paper(title="Pruning", abstract="")) == "Pruning"


@given(st.text(max_size=300))
def test_any_text_can_be_taken_apart(text):
    assert all(count > 0 for count in text_terms(text).values())


def test_a_memo_gives_what_the_function_gives_and_forgets_beyond_its_size():
    memo = TermsMemo(size=2)
    papers = [a_paper(f"2505.0000{i}") for i in range(5)]
    for paper in (*papers, *papers):
        assert memo(paper) == paper_terms(paper)
    assert len(memo._terms) == 2


def test_a_memo_tells_versions_apart():
    memo = TermsMemo()
    first = memo(a_paper(title="Pruning", version=1))
    assert memo(a_paper(title="Quantization", version=2)) != first
