"""From votes to a model, and what the model says."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from bot.models import Background, CurrentVote, ImportedLike, Impression
from bot.ranking import model as models
from bot.ranking.background import extend
from bot.ranking.learn import Evidence, fit, lessons, silence
from bot.ranking.rank import rank
from bot.ranking.rewards import verdicts
from bot.ranking.vocabulary import vectorizer
from tests.ranking.scenes import KINDS, a_score, inputs_of, papers_of, vectors_of

NOW = datetime(2025, 5, 8, 9, tzinfo=UTC)
ARCHIVE = tuple(paper for kind in KINDS for paper in papers_of(kind, 60, prefix="2504.1"))
BACKGROUND = extend(Background(), ARCHIVE, vectors_of(ARCHIVE), date(2025, 5, 7))
POOL = tuple(paper for kind in KINDS for paper in papers_of(kind, 5))
TODAY = vectorizer(BACKGROUND, POOL)


def votes_on(papers, emoji, at=NOW):
    return [CurrentVote("lab", paper.arxiv_id, "ada", emoji, at) for paper in papers]


def shown(papers, digest=1, at=NOW):
    return [Impression("lab", digest, i, paper.arxiv_id, at, 1.0) for i, paper in enumerate(papers, start=1)]


def an_evidence(votes=(), impressions=(), **changes):
    values = {"past": ARCHIVE, "now": NOW, "papers": {paper.arxiv_id: paper for paper in ARCHIVE}}
    return Evidence(verdicts=verdicts(list(votes)), impressions=list(impressions), **{**values, **changes})


LIKED, DISLIKED = ARCHIVE[:8], ARCHIVE[60:68]
TAUGHT = an_evidence([*votes_on(LIKED, "👍"), *votes_on(DISLIKED, "👎")])


def values_of(model, papers=POOL):
    return np.array([math.fsum(s.value for s in shares) for shares in model.opinion(papers, TODAY).shares])


def test_liked_kinds_rise_and_disliked_kinds_fall():
    values = values_of(fit(TAUGHT, TODAY))
    assert values[:5].min() > values[10:].max()
    assert values[5:10].mean() < values[10:].mean()


def test_the_same_evidence_gives_the_same_model():
    assert models.to_bytes(fit(TAUGHT, TODAY)) == models.to_bytes(fit(TAUGHT, TODAY))


def test_without_votes_there_is_no_model():
    assert fit(an_evidence(), TODAY) is None
    assert fit(an_evidence(impressions=shown(ARCHIVE[:5])), TODAY) is None


def test_likes_alone_teach_against_random_past_papers():
    values = values_of(fit(an_evidence(votes_on(LIKED, "👍")), TODAY))
    assert values[:5].min() > values[5:].max()


def test_dislikes_alone_move_no_order():
    """With nothing liked there is nothing to tell good from bad by; the topics decide."""
    model = fit(an_evidence(votes_on(DISLIKED, "👎")), TODAY)
    assert model is None or model.weight == 0


def test_a_voted_paper_that_is_not_known_any_more_is_skipped():
    strange = CurrentVote("lab", "9999.99999", "ada", "👍", NOW)
    assert len(lessons(an_evidence([strange, *votes_on(LIKED, "👍")]))) == len(
        lessons(an_evidence(votes_on(LIKED, "👍")))
    )


def test_weight_grows_with_likes_and_stays_below_one():
    weights = [fit(an_evidence(votes_on(ARCHIVE[:n], "👍")), TODAY).weight for n in (1, 5, 50)]
    assert weights == sorted(weights)
    assert weights[1] == pytest.approx(0.5)
    assert weights[-1] < 1


def test_the_guard_scales_the_weight():
    assert fit(TAUGHT, TODAY, trust=0.25).weight == pytest.approx(0.25 * fit(TAUGHT, TODAY).weight)


def test_ignored_papers_weigh_less_lower_down():
    taught = lessons(an_evidence(votes_on(LIKED[:1], "👍"), shown([LIKED[0], *ARCHIVE[100:109]])))
    weight_of = {one.paper.arxiv_id: one.weight for one in taught}
    weights = [weight_of[paper.arxiv_id] for paper in ARCHIVE[100:109]]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > weights[-1] > 0


def test_ignored_papers_weigh_less_on_days_nobody_voted():
    votes = votes_on(LIKED[:1], "👍")
    lively = lessons(an_evidence(votes, shown([LIKED[0], ARCHIVE[100]], digest=1)))
    silent = lessons(an_evidence(votes, shown([ARCHIVE[101], ARCHIVE[100]], digest=2)))
    weight = {
        name: next(one.weight for one in found if one.paper == ARCHIVE[100])
        for name, found in (("lively", lively), ("silent", silent))
    }
    assert weight["silent"] < weight["lively"]


def test_a_voted_paper_is_not_also_ignored():
    taught = lessons(an_evidence(votes_on(LIKED, "👍"), shown(LIKED)))
    assert [one.paper.arxiv_id for one in taught if one.voted] == [paper.arxiv_id for paper in LIKED]
    assert not {p.arxiv_id for p in LIKED} & {one.paper.arxiv_id for one in taught if not one.voted}


def test_a_half_life_fades_old_votes():
    old = votes_on(LIKED[:1], "👍", NOW - timedelta(days=30))
    (faded,) = [one for one in lessons(an_evidence(old, half_life_days=30.0)) if one.voted]
    assert faded.weight == pytest.approx(0.5)


def test_the_reasons_are_the_voted_papers_and_add_up():
    """By the dual form a paper's utility is a sum over the papers that taught it."""
    model = fit(TAUGHT, TODAY)
    shares = model.opinion(POOL, TODAY).shares[0]
    reasons = [share for share in shares if share.kind in {"liked", "disliked"}]
    assert {share.arxiv_id for share in reasons} <= {paper.arxiv_id for paper in (*LIKED, *DISLIKED)}
    assert reasons[0].kind == "liked"
    assert reasons[0].value > 0


def test_a_ranked_paper_still_adds_up_with_a_model():
    model = fit(TAUGHT, TODAY)
    scores = [a_score(paper, closeness=float(i % 7)) for i, paper in enumerate(POOL)]
    for one in rank(inputs_of(POOL, scores, background=BACKGROUND, model=model)):
        assert one.utility == pytest.approx(math.fsum(share.value for share in one.contributions), abs=1e-6)


def test_bytes_give_the_same_opinions_back():
    model = fit(TAUGHT, TODAY)
    again = models.from_bytes(models.to_bytes(model))
    assert values_of(again) == pytest.approx(values_of(model), abs=1e-4)
    assert (again.weight, again.n_liked, again.terms) == (model.weight, model.n_liked, model.terms)


@pytest.mark.parametrize(
    "damage", [lambda b: b"", lambda b: b"junk", lambda b: b[:-40], lambda b: b[:30] + b"xx" + b[32:]]
)
def test_a_damaged_model_is_a_clear_error(damage):
    with pytest.raises(ValueError, match="model blob"):
        models.from_bytes(damage(models.to_bytes(fit(TAUGHT, TODAY))))


def test_the_model_tells_what_it_wants_in_words():
    more, less = fit(TAUGHT, TODAY).strongest_terms()
    assert set(more) & {"quantization", "quantization study", "bit", "low bit", "calibration", "rotation"}
    assert set(less) & {"imaging", "imaging study", "medical", "medical imaging", "scans", "tumors"}


def test_one_new_paper_has_an_opinion_too():
    assert np.isfinite(values_of(fit(TAUGHT, TODAY), POOL[:1])).all()


def test_dislikes_fade_and_likes_do_not():
    """After 14 days a like counts in full and a dislike half."""
    old = NOW - timedelta(days=14)
    taught = lessons(an_evidence([*votes_on(LIKED[:1], "👍", old), *votes_on(DISLIKED[:1], "👎", old)]))
    liked, disliked = (one.weight for one in taught if one.voted)
    assert liked == 1.0
    assert disliked == pytest.approx(liked / 2)


@pytest.mark.parametrize(("days", "left"), [(0, 1.0), (4, 1.0), (14, 0.5), (24, 0.25)])
def test_the_learned_weight_fades_when_nobody_votes(days, left):
    assert silence(verdicts(votes_on(LIKED, "👍")), NOW + timedelta(days=days)) == pytest.approx(left)


def test_twenty_dislikes_in_a_day_do_not_bury_a_topic_for_good():
    """Fourteen silent days later its best paper is in the top ten again."""
    burst = votes_on(ARCHIVE[60:80], "👎")
    votes = [*votes_on(ARCHIVE[:20], "👍", NOW - timedelta(days=3)), *burst]
    pool = (*papers_of("imaging", 1), *papers_of("translation", 30), *papers_of("agents", 30))
    scores = [a_score(paper, closeness=3.0 if i == 0 else 2.5 - i / 12) for i, paper in enumerate(pool)]
    today = vectorizer(BACKGROUND, pool)

    def position(now):
        model = fit(an_evidence(votes, now=now), today)
        ranked = rank(inputs_of(pool, scores, background=BACKGROUND, model=model, today=today))
        return next(one.position for one in ranked if one.paper == pool[0])

    assert position(NOW + timedelta(days=1)) > 10
    assert position(NOW + timedelta(days=15)) <= 10


@pytest.mark.parametrize(("n_listed", "n_random"), [(0, 100), (2, 112), (50, 400), (80, 400)])
def test_each_paper_of_a_list_is_opposed_by_more_random_past_papers(n_listed, n_random):
    """It was never shown beside papers that were ignored."""
    listed = papers_of("imaging", 80)
    evidence = an_evidence(
        votes_on(listed[:1] if not n_listed else (), "👍"),
        papers={one.arxiv_id: one for one in listed},
        past=papers_of("agents", 900, prefix="2504.1"),
        imported=[ImportedLike(one.arxiv_id, 0.5, NOW, "a list") for one in listed[:n_listed]],
    )
    assert sum(not (one.chosen or one.liked) for one in lessons(evidence)) == n_random
