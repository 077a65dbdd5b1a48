"""Only papers of the list can be cited, and only sentences that cite one are shown."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.citations import LONGEST_SENTENCE, MOST_SENTENCES, checked, sentences_of


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("Caches can be halved [1].", "Caches can be halved [1]."),
        ("Caches can be halved. [2]", "Caches can be halved [2]."),
        ("Two do it [1, 3].", "Two do it [1, 3]."),
        ("Two do it [1][3].", "Two do it [1, 3]."),
        ("Three do it [1-3].", "Three do it [1, 2, 3]."),
        ("One is invented [1, 9].", "One is invented [1]."),
        ("Does it help? [2]", "Does it help [2]?"),
        ("**Bold** <@U1> `code` [1].", "Bold @U1 code [1]."),
    ],
)
def test_citations_of_the_list_are_kept_and_others_removed(sentence, kept):
    assert checked([sentence], 3) == (kept,)


@pytest.mark.parametrize("sentence", ["No paper says so.", "Invented [4].", "[1]", "", "Zero [0].", "[x] word"])
def test_a_sentence_without_a_paper_of_the_list_is_left_out(sentence):
    assert checked([sentence], 3) == ()


def test_nothing_can_be_cited_from_an_empty_list():
    assert checked(["So it is [1]."], 0) == ()


def test_an_answer_stays_short():
    kept = checked(["word " * 500 + "[1]"] * 50, 1)
    assert len(kept) == MOST_SENTENCES
    assert all(len(one) <= LONGEST_SENTENCE + 10 for one in kept)


def test_prose_is_taken_apart_with_each_citation_at_its_sentence():
    text = "Caches can be halved [1]. Others prune them. [2] Nobody does both.\nThat is all [3]."
    assert list(checked(sentences_of(text), 3)) == [
        "Caches can be halved [1].", "Others prune them [2].", "That is all [3].",
    ]  # fmt: skip


@given(st.lists(st.text(max_size=80), max_size=5), st.integers(0, 5))
def test_no_text_breaks_it_or_cites_beyond_the_list(sentences, n):
    for one in checked(sentences, n):
        numbers = one.rpartition("[")[2].partition("]")[0]
        assert all(1 <= int(number) <= n for number in numbers.split(","))


def test_citations_are_looked_for_in_linear_time():
    """Marks that are taken out leave runs of blanks behind."""
    times = []
    for _ in range(3):
        began = time.thread_time()
        assert checked(["> " * 50_000 + "Kept [1]."], 1) == ("Kept [1].",)
        times.append(time.thread_time() - began)
    assert min(times) < 0.1
