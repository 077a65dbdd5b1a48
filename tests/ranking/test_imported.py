"""Likes of lists: what stands, how far a list is trusted, and what it does to the order."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Contribution, ImportedLike
from bot.ranking import model as models
from bot.ranking.closeness import Texts, Wanted
from bot.ranking.explain import why
from bot.ranking.imported import Comparison, ListCheck, standing, trust_of, vet
from bot.ranking.learn import fit
from bot.ranking.model import share_of_order
from tests.builders import a_ranked
from tests.ranking.scenes import KINDS, KindEmbedder, papers_of, vectors_of
from tests.ranking.test_learn import ARCHIVE, NOW, POOL, TODAY, an_evidence, values_of, votes_on

LISTED = papers_of("quantization", 6, prefix="2503.1")
AGENTS = papers_of("agents", 6, prefix="2503.1")


def likes(papers, weight=0.5, origin="a list"):
    return tuple(ImportedLike(paper.arxiv_id, weight, NOW, origin) for paper in papers)


def comparison(*wanted, past=ARCHIVE):
    texts = [KINDS[kind] for kind in wanted]
    return Comparison(Wanted(texts, KindEmbedder().embed(texts)), Texts(past, vectors_of(past)), TODAY, None)


def checked(papers, against):
    vetted = vet(likes(papers), Texts(papers, vectors_of(papers)), against)
    return vetted, vetted.checks[0]


def test_a_list_about_the_topics_counts_in_full():
    vetted, check = checked(LISTED, comparison("quantization"))
    assert check.agreement > 0.8
    assert check.n_likes == pytest.approx(math.fsum(one.weight for one in vetted.likes))
    assert check.n_likes > 1.0
    assert "counts as" in check.state


def test_a_list_about_something_else_teaches_nothing():
    vetted, check = checked(AGENTS, comparison("quantization"))
    assert check.trust == pytest.approx(0.0, abs=0.05)
    assert math.fsum(one.weight for one in vetted.likes) < 0.2
    assert "too far from them to teach much" in check.state


def test_without_topics_a_list_counts_as_given():
    vetted, check = checked(LISTED, comparison())
    assert check.agreement is None
    assert [one.weight for one in vetted.likes] == pytest.approx([0.5] * 6)
    assert check.state == "your list a list: 6 papers; counts as 3.0 likes"


@pytest.mark.parametrize("past", [(), LISTED])
def test_without_other_papers_a_list_waits(past):
    vetted, check = checked(LISTED, comparison("quantization", past=past))
    assert vetted.likes == ()
    assert check.n_compared == 0
    assert "as soon as there are other papers to compare it with" in check.state


def test_each_list_is_trusted_for_itself():
    both = (*likes(LISTED, origin="good"), *likes(AGENTS, origin="bad"))
    papers = (*LISTED, *AGENTS)
    good, bad = vet(both, Texts(papers, vectors_of(papers)), comparison("quantization")).checks
    assert (good.origin, bad.origin) == ("good", "bad")
    assert good.trust > 10 * bad.trust


@given(st.floats(0, 1))
def test_trust_is_a_share_and_nothing_below_a_coins_toss(agreement):
    assert 0.0 <= trust_of(agreement) <= 1.0
    assert trust_of(agreement) == 0.0 or agreement > 0.5


def test_what_stands_is_known_not_voted_on_and_at_its_highest_weight():
    given = (*likes(LISTED[:3]), *likes(LISTED[1:2], 0.9, "second"), *likes(AGENTS[:1]), *likes(LISTED[3:4], 0.0))
    known = {paper.arxiv_id: paper for paper in LISTED}
    stood = standing(given, {LISTED[0].arxiv_id}, known)
    assert [(one.arxiv_id, one.weight, one.origin) for one in stood] == [
        (LISTED[1].arxiv_id, 0.9, "second"),
        (LISTED[2].arxiv_id, 0.5, "a list"),
    ]


def listed_evidence(votes=()):
    papers = {paper.arxiv_id: paper for paper in (*ARCHIVE, *LISTED)}
    return an_evidence(votes, papers=papers, imported=likes(LISTED))


def test_a_list_alone_makes_a_model_that_prefers_its_kind():
    model = fit(listed_evidence(), TODAY)
    assert (model.n_liked, model.n_listed) == (0, pytest.approx(3.0))
    assert model.weight == pytest.approx(share_of_order(3.0))
    values = values_of(model)
    assert values[:5].min() > values[5:].max()


def test_a_vote_against_a_listed_paper_takes_it_off_the_list():
    model = fit(listed_evidence(votes_on(LISTED[:1], "👎")), TODAY)
    origins = dict(zip(model.reasons.arxiv_ids, model.reasons.origins, strict=True))
    assert origins[LISTED[0].arxiv_id] == ""
    assert origins[LISTED[1].arxiv_id] == "a list"


def test_lists_survive_storing_and_are_named_in_the_shares():
    model = models.from_bytes(models.to_bytes(fit(listed_evidence(), TODAY)))
    opinion = model.opinion(POOL, TODAY)
    assert model.n_listed == pytest.approx(3.0)
    named = [share for share in opinion.shares[0] if share.kind == "imported"]
    assert {share.label for share in named} == {"a list"}
    totals = np.array([math.fsum(share.value for share in shares) for shares in opinion.shares])
    assert totals == pytest.approx(values_of(fit(listed_evidence(), TODAY)), abs=1e-6)


def test_the_list_is_named_in_words():
    share = Contribution("imported", "awesome-efficient-things", 0.84, "2406.07017")
    ranked = replace(a_ranked(POOL[0]), contributions=(share,), utility=0.84)
    assert why(ranked) == "like 2406.07017 of your list awesome-efficient-things +0.8"


def test_a_single_paper_is_told_in_the_singular():
    assert ListCheck("L", 1, 0.95, 0.81, 0.4).state.startswith("your list L: 1 paper, closer to the topics than 95%")
