"""Newcomers of a replay: a list of first likes, imported before the first morning."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pytest

from bot.models import Background
from bot.ranking.closeness import Texts, Wanted
from bot.ranking.imported import LIST_WEIGHT, Comparison
from bot.ranking.vocabulary import vectorizer
from bot.replay.data import Reader
from bot.replay.first_list import GivenList
from bot.replay.options import FIRST_MORNINGS, NEWCOMER_ARMS, Arm
from bot.replay.table import as_text
from tests.builders import a_paper
from tests.ranking.scenes import papers_of, vectors_of
from tests.replay.test_run import DAYS, WORLD, a_reader, a_world, replayed

LONG = a_world([date(2025, 5, 5) + timedelta(days=i) for i in range(16)])


def newcomer(kind="imaging", count=4, papers=WORLD, topic_text="imaging", **options):
    reader = a_reader(kind, topic_text=topic_text, liked=liked_of(kind, papers))
    return replayed(papers=papers, readers=(reader,), arms=NEWCOMER_ARMS, import_first=count, **options)


def liked_of(kind, papers):
    return frozenset(p.arxiv_id for p in papers if p.title.startswith(kind) and int(p.arxiv_id[-1]) < 2)


def test_mornings_begin_on_the_listing_day_after_the_list():
    report = newcomer()  # two likes a day: four are those of the first two days
    assert sorted({one.day for one in report.results}) == DAYS[2:]


def test_likes_left_over_on_the_last_day_of_the_list_are_not_judged():
    report = newcomer(count=3)
    assert sorted({one.day for one in report.results}) == DAYS[2:]


def test_only_the_first_ten_judged_mornings_count():
    report = newcomer(papers=LONG)
    assert len(report.values(Arm.LEARNED, "ada", "ndcg")) == FIRST_MORNINGS


def test_the_list_itself_teaches_and_its_arm_alone():
    """With no reaction ever revealed whatever was learned came from the list."""
    report = newcomer(keep=0.0)
    assert report.values(Arm.UNLISTED, "ada", "ndcg") == report.values(Arm.TOPICS, "ada", "ndcg")
    assert report.values(Arm.LEARNED, "ada", "auc") != report.values(Arm.TOPICS, "ada", "auc")


def test_a_list_about_what_the_topics_ask_for_counts_and_one_about_something_else_hardly():
    fitting = newcomer().lists["ada"]
    foreign = newcomer(topic_text="translation").lists["ada"]
    assert fitting.trust > 0.5 > foreign.trust
    assert fitting.n_papers == foreign.n_papers == 4


def test_a_reader_with_fewer_likes_than_the_list_has_no_morning_and_the_report_says_so():
    report = newcomer(count=100)
    assert report.results == ()
    assert "ada: no judged morning after the list" in as_text(report)


def test_the_report_gives_the_paired_difference_for_every_reader_and_the_mean():
    report = newcomer()
    told = json.loads(json.dumps(report.to_json()))
    assert told["import_first"]["likes"] == 4
    assert told["import_first"]["lists"]["ada"]["n_papers"] == 4
    learned = told["arms"][str(Arm.LEARNED)]
    assert learned["gain_over_topics"]["mean"] == learned["readers"]["ada"]["gain_over_topics"]["mean"]
    assert f"ada ({len(DAYS) - 2} days): learned " in as_text(report)
    assert "your list first likes: 4 papers" in as_text(report)


def test_without_an_import_the_report_says_nothing_of_lists():
    report = replayed()
    assert "import_first" not in report.to_json()
    assert "list" not in as_text(report)


def test_the_list_holds_the_first_likes_by_day_then_id_and_only_what_was_announced():
    days = {"2505.10001": DAYS[1], "2505.10002": DAYS[0], "2505.10003": DAYS[0], "2505.10004": DAYS[2]}
    some = tuple(a_paper(key, listing_day=day) for key, day in days.items())
    given = GivenList(Reader("ada", "", frozenset(days)), some, 3)
    assert [given.precedes(day) for day in DAYS[:3]] == [False, False, True]
    vectors = np.zeros((len(some), 2), dtype=np.float32)
    given.take(some[1:], vectors[1:])
    assert set(given.papers) == {"2505.10002", "2505.10003"}
    given.take(some[:1], vectors[:1])
    assert set(given.papers) == {"2505.10001", "2505.10002", "2505.10003"}


def test_a_vote_on_a_listed_paper_has_the_last_word():
    some = papers_of("imaging", 3)
    given = GivenList(Reader("ada", "", frozenset(one.arxiv_id for one in some)), dated(some), 3)
    given.take(some, vectors_of(some))
    nothing_wanted = Wanted((), vectors_of(()))
    comparison = Comparison(nothing_wanted, texts_of(papers_of("agents", 5)), vectorizer(Background(), ()), None)
    assert len(given.likes((), comparison)) == 3
    left = given.likes({some[0].arxiv_id}, comparison)
    assert [one.arxiv_id for one in left] == [one.arxiv_id for one in some[1:]]
    assert [one.weight for one in left] == pytest.approx([LIST_WEIGHT] * 2)  # no topics to disagree with


def dated(some):
    return tuple(a_paper(one.arxiv_id, title=one.title, listing_day=DAYS[0]) for one in some)


def texts_of(some):
    return Texts(some, vectors_of(some))
