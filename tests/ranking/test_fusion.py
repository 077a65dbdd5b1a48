"""Words and meanings fused into one order, and how lightly taste may touch it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Contribution
from bot.ranking.fusion import TASTE_WEIGHT, Hit, Sought, fuse, stem
from bot.ranking.model import Opinion
from tests.builders import a_paper

SOUGHT = Sought(("kv", "cache", "compression"), {"kv": 20, "cache": 80, "compression": 300}, 10_000)
EXACT = a_paper("2505.00001", title="KV cache compression", abstract="Memory.")
ABSTRACT = a_paper("2505.00002", title="Less memory", abstract="We compress the KV cache of language models.")
ONE_WORD = a_paper("2505.00003", title="A cache of recipes", abstract="Bread.")
FOREIGN = a_paper("2505.00004", title="Bread", abstract="Flour and water.")
ALL = [Hit(paper, 0.0) for paper in (FOREIGN, ONE_WORD, ABSTRACT, EXACT)]


def ids(fused):
    return [one.paper.arxiv_id[-1] for one in fused]


def taste(weight, **values):
    """An opinion that gives the papers named by their last digit these values."""

    def opinion(papers):
        shares = [[Contribution("author", "x", values.get(f"p{paper.arxiv_id[-1]}", 0.0))] for paper in papers]
        return Opinion(weight, shares)

    return opinion


def test_titles_come_before_abstracts_and_both_before_a_single_word():
    assert ids(fuse(SOUGHT, ALL)) == ["1", "2", "3", "4"]


def test_a_rare_word_counts_more_than_a_common_one():
    rare = a_paper("2505.00005", title="kv", abstract="-")
    common = a_paper("2505.00006", title="compression", abstract="-")
    assert ids(fuse(SOUGHT, [Hit(common, 0.0), Hit(rare, 0.0)])) == ["5", "6"]


def test_inflections_and_spellings_are_one_word():
    for one, other in [("quantization", "quantized"), ("quantisation", "quantizing"), ("models", "model"),
                       ("studies", "study"), ("pruning", "pruned"), ("caches", "cache"), ("running", "run")]:  # fmt: skip
        assert stem(one) == stem(other)


@given(st.text(alphabet="abcdeginorstz", min_size=1, max_size=15))
def test_a_stem_is_never_empty_and_never_longer(word):
    assert 0 < len(stem(word)) <= len(word)


def test_neighbouring_words_are_worth_more_than_scattered_ones():
    together = a_paper("2505.00007", title="Other", abstract="The kv cache needs compression of keys.")
    scattered = a_paper("2505.00008", title="Other", abstract="The cache and compression need a kv of keys.")
    assert ids(fuse(SOUGHT, [Hit(scattered, 0.0), Hit(together, 0.0)])) == ["7", "8"]


def test_meaning_decides_between_papers_without_the_words():
    near, far = Hit(FOREIGN, 0.9), Hit(a_paper("2505.00009", title="Butter", abstract="Milk."), 0.1)
    assert ids(fuse(SOUGHT, [far, near])) == ["4", "9"]


def test_meaning_does_not_overrule_a_title_that_says_it():
    assert ids(fuse(SOUGHT, [Hit(FOREIGN, 1.0), Hit(EXACT, 0.0)])) == ["1", "4"]


def test_equal_hits_are_ordered_newer_first():
    twins = [Hit(a_paper(one, title="KV", abstract="-"), 0.5) for one in ("2505.00001", "2506.00001")]
    assert [one.paper.arxiv_id for one in fuse(SOUGHT, twins)] == ["2506.00001", "2505.00001"]


def test_taste_reorders_equal_answers_and_says_by_how_much():
    twins = [Hit(a_paper(f"2505.0000{n}", title="KV cache", abstract="-"), 0.0) for n in (1, 2)]
    plain = fuse(SOUGHT, twins)
    tasted = fuse(SOUGHT, twins, taste(1.0, p1=1.0, p2=-1.0))
    assert ids(plain) == ["2", "1"]
    assert ids(tasted) == ["1", "2"]
    assert [one.taste for one in tasted] == pytest.approx([TASTE_WEIGHT, -TASTE_WEIGHT])


def test_taste_cannot_bring_up_what_does_not_answer():
    assert ids(fuse(SOUGHT, ALL, taste(1.0, p4=100.0, p1=-100.0)))[:2] == ["1", "2"]


def test_a_model_without_weight_changes_nothing():
    assert fuse(SOUGHT, ALL, taste(0.0, p4=5.0)) == fuse(SOUGHT, ALL)


def test_nothing_to_order_and_nothing_asked_are_no_errors():
    assert fuse(SOUGHT, [], taste(1.0)) == ()
    assert len(fuse(Sought((), {}, 0), ALL)) == len(ALL)
    assert len(fuse(Sought(("nought",), {"nought": 0}, 4), ALL, taste(1.0))) == len(ALL)


@given(st.lists(st.text(max_size=12), max_size=6), st.integers(0, 50), st.text(max_size=60), st.text(max_size=200))
def test_no_text_breaks_it_and_the_fit_stays_bounded(words, frequency, title, abstract):
    sought = Sought(words, dict.fromkeys(words, frequency), 50)
    (one,) = fuse(sought, [Hit(a_paper(title=title, abstract=abstract), 1.0)])
    assert 0.0 <= one.fit <= 2.0
