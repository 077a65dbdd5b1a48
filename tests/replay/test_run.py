"""Past mornings once more, on a small invented world."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from bot.errors import ReplayDataError
from bot.replay.data import Reader
from bot.replay.options import RATED_ARMS, Arm, Feedback, ReplayOptions
from bot.replay.report import SENT
from bot.replay.run import run
from bot.replay.simulated import RaterKind
from bot.replay.table import as_text
from tests.builders import a_paper
from tests.ranking.scenes import KINDS, KindEmbedder, papers_of, topics_of

DAYS = [date(2025, 5, 5) + timedelta(days=i) for i in range(8)]


def a_world(days=DAYS):
    """Each day four papers of each kind."""
    papers = []
    for n, day in enumerate(days):
        for kind in KINDS:
            papers += [
                a_paper(p.arxiv_id, title=p.title, abstract=p.abstract, authors=p.authors, listing_day=day)
                for p in papers_of(kind, 4, prefix=f"25{n:02d}.1")
            ]
    return tuple(papers)


WORLD = a_world()


def a_reader(kind="quantization", name="ada", **changes):
    liked = frozenset(p.arxiv_id for p in WORLD if p.title.startswith(kind) and int(p.arxiv_id[-1]) < 2)
    return Reader(name, **{"topic_text": kind, "liked": liked, **changes})


def replayed(papers=WORLD, readers=None, **options):
    ticks = iter(range(1_000_000))
    return run(
        papers,
        readers or (a_reader(),),
        parse_topics=lambda text: topics_of(*text.split()) if text.strip() else topics_of(),
        embedder=KindEmbedder(),
        monotonic=lambda: next(ticks) / 1000,
        options=ReplayOptions(**{"k": 4, **options}),
    )


def test_topics_beat_chance_where_readers_like_their_topic():
    report = replayed()
    assert report.mean(Arm.TOPICS, "ndcg").mean > report.mean(Arm.RANDOM, "ndcg").mean + 0.2


def test_learning_finds_a_taste_the_topics_do_not_tell():
    reader = a_reader("imaging", topic_text="quantization")
    report = replayed(readers=(reader,), feedback=Feedback.ALL)
    assert report.mean(Arm.LEARNED, "ndcg").mean > report.mean(Arm.TOPICS, "ndcg").mean + 0.3


def test_the_same_seed_gives_the_same_report_and_another_seed_another():
    first, second, other = (replayed(seed=seed).to_json() for seed in (1, 1, 2))
    assert first == second
    assert first["arms"]["random"]["mean"] != other["arms"]["random"]["mean"]


def test_nothing_of_a_later_day_leaks_into_an_earlier_one():
    """Whatever comes afterwards, the first days' figures stay the same."""
    arms = (Arm.TOPICS, Arm.LEARNED)
    short = replayed(papers=a_world(DAYS[:4]), arms=arms)
    strange = tuple(
        a_paper(
            f"26{n:02d}.10001", title="quantization of bread", abstract="calibration of ovens " * 30, listing_day=day
        )
        for n, day in enumerate(DAYS[4:])
    )
    longer = replayed(papers=(*a_world(DAYS[:4]), *strange), arms=arms)
    early = [one.figures for one in longer.results if one.day in DAYS[:4]]
    assert early == [one.figures for one in short.results]


def test_with_feedback_on_shown_papers_unseen_likes_stay_unknown():
    reader = a_reader("imaging", topic_text="quantization")
    shown = replayed(readers=(reader,), k=1)
    everything = replayed(readers=(reader,), k=1, feedback=Feedback.ALL)
    assert shown.mean(Arm.LEARNED, "ndcg").mean < everything.mean(Arm.LEARNED, "ndcg").mean


def test_if_no_like_is_ever_revealed_learning_is_topics_only():
    report = replayed(keep=0.0)
    assert report.mean(Arm.LEARNED, "ndcg") == report.mean(Arm.TOPICS, "ndcg")


def test_wrong_labels_harm_learning():
    reader = a_reader("imaging", topic_text="quantization")
    honest = replayed(readers=(reader,), feedback=Feedback.ALL)
    flipped = replayed(readers=(reader,), feedback=Feedback.ALL, flip=0.9)
    assert flipped.mean(Arm.LEARNED, "ndcg").mean < honest.mean(Arm.LEARNED, "ndcg").mean


def test_days_outside_a_reader_s_span_do_not_count():
    report = replayed(readers=(a_reader(active_from=DAYS[2], active_to=DAYS[3]),))
    assert {one.day for one in report.results} == set(DAYS[2:4])


def test_days_without_a_like_are_not_averaged():
    reader = a_reader(liked=frozenset({WORLD[0].arxiv_id}))
    report = replayed(readers=(reader,))
    assert len(report.values(Arm.TOPICS, "ada", "ndcg")) == 1


def test_the_json_has_the_promised_shape():
    report = json.loads(json.dumps(replayed().to_json()))
    assert (report["papers"], report["days"]) == (len(WORLD), len(DAYS))
    for arm in report["arms"].values():
        assert {"mean", "readers", "ms_per_morning"} <= set(arm)
        assert {"ndcg", "precision", "recall", "auc"} <= set(arm["mean"]) & set(arm["readers"]["ada"])
    assert "gain_over_topics" in report["arms"]["learned"]["readers"]["ada"]


def test_the_text_names_every_arm_and_reader():
    text = as_text(replayed(readers=(a_reader(), a_reader("agents", "bob"))))
    assert all(word in text for word in ("random", "topics", "learned", "ada", "bob", "nDCG"))


def test_exploring_shows_one_paper_of_k_by_chance():
    """Where four of four shown papers are liked, the explored place can only lose."""
    reader = a_reader(liked=frozenset(p.arxiv_id for p in WORLD if p.title.startswith("quantization")))
    report = replayed(readers=(reader,))
    assert report.mean(Arm.EXPLORING, "precision").mean < report.mean(Arm.LEARNED, "precision").mean


def test_a_reader_without_topics_is_replayed_all_the_same():
    assert replayed(readers=(a_reader(topic_text=""),)).mean(Arm.TOPICS, "auc").mean >= 0


def test_readers_who_like_none_of_the_papers_are_a_clear_error():
    with pytest.raises(ReplayDataError, match="nothing to measure"):
        replayed(readers=(a_reader(liked=frozenset({"9999.00001"})),))


def test_progress_goes_from_none_to_all_days():
    told = []
    run(
        WORLD, (a_reader(),), parse_topics=topics_of, embedder=KindEmbedder(), monotonic=lambda: 0.0,
        options=ReplayOptions(arms=(Arm.TOPICS,)), progress=lambda *report: told.append(report),
    )  # fmt: skip
    assert [done for _, done, _ in told] == list(range(len(DAYS) + 1))


RATED = {"arms": RATED_ARMS, "readers": (a_reader("imaging", topic_text="agents"),), "feedback": Feedback.ALL}


def test_a_good_rater_helps_more_than_a_useless_one():
    good, useless = (replayed(rater=kind, **RATED) for kind in (RaterKind.GOOD, RaterKind.USELESS))
    assert good.mean(Arm.LEARNED, "ndcg").mean > useless.mean(Arm.LEARNED, "ndcg").mean + 0.05
    assert good.mean(Arm.LEARNED, "ndcg").mean > good.mean(Arm.UNRATED, "ndcg").mean


def test_a_rater_s_points_lead_on_the_first_morning_and_must_earn_it_from_then_on():
    """Nothing is ever liked again here, so it stays a stranger; closeness then orders what it does not tell apart."""
    reader = a_reader(liked=frozenset(paper.arxiv_id for paper in WORLD if paper.title.startswith("quantization")))
    figures = replayed(rater=RaterKind.USELESS, readers=(reader,), keep=0.0, arms=RATED_ARMS)
    ndcg = figures.values(Arm.LEARNED, "ada", "ndcg")
    assert ndcg[0] < figures.values(Arm.UNRATED, "ada", "ndcg")[0]
    assert min(ndcg[1:]) > ndcg[0]


def test_the_arm_beside_a_rater_is_what_learning_gives_without_it():
    rated = replayed(rater=RaterKind.GOOD, **RATED)
    plain = replayed(**RATED)
    for metric in ("ndcg", "auc"):
        assert rated.values(Arm.UNRATED, "ada", metric) == plain.values(Arm.LEARNED, "ada", metric)
    assert (rated.to_json()["rater"], "rater" in plain.to_json()) == ("good", False)
    assert "good rater" in as_text(rated)


def test_the_share_of_likes_sent_to_an_llm_grows_with_what_is_sent():
    report = json.loads(json.dumps(replayed(cascade=True, feedback=Feedback.ALL).to_json()))["cascade"]
    assert set(report) == {"topics", "learned"}
    for arm in report.values():
        shares = list(arm["readers"]["ada"].values())
        assert [*arm["mean"]] == [str(percent) for percent in SENT]
        assert arm["mean"] == arm["readers"]["ada"]
        assert shares == sorted(shares)
        assert 0 < shares[0] <= shares[-1] <= 1


def test_of_papers_alike_in_closeness_readers_votes_choose_what_is_sent():
    report = replayed(readers=(a_reader("imaging", topic_text=""),), cascade=True, feedback=Feedback.ALL)
    at_25 = SENT.index(25)
    assert report.mean_sent(Arm.LEARNED)[at_25] > report.mean_sent(Arm.TOPICS)[at_25]


def test_what_is_sent_is_told_only_when_asked_for():
    assert "cascade" not in replayed().to_json()
    assert "sent to an LLM" not in as_text(replayed())
    assert "sent to an LLM" in as_text(replayed(cascade=True))
