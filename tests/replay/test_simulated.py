"""Raters of known quality in the place of an LLM."""

from __future__ import annotations

import pytest

from bot.replay.data import Reader
from bot.replay.simulated import MOST_PAPERS, SHARE, WANTED, RaterKind, looked_at, simulated_relevance
from bot.settings import ChannelSettings, LlmSettings
from tests.builders import some_papers
from tests.ranking.scenes import a_score

READER = Reader("ada", "", frozenset({"2505.03001", "2505.03002"}))


def test_simulated_raters_have_the_habits_they_are_named_for():
    liked = Reader("ada", "", frozenset(map(str, range(500))))
    gap = {}
    for kind in RaterKind:
        values = [simulated_relevance(kind, liked, str(n), 0) for n in range(1000)]
        assert set(values) <= set(range(1, 11))
        gap[kind] = sum(values[:500]) / 500 - sum(values[500:]) / 500
    assert gap[RaterKind.GOOD] == pytest.approx(3.0, abs=0.3)
    assert gap[RaterKind.WEAK] == pytest.approx(1.5, abs=0.3)
    assert gap[RaterKind.USELESS] == pytest.approx(0.5, abs=0.3)


def test_a_simulated_rater_looks_at_the_best_of_the_order_only():
    papers = some_papers(100)
    scores = [a_score(paper) for paper in papers]
    seen = looked_at(scores, range(99, -1, -1), RaterKind.GOOD, READER, seed=0, votes=0)
    assert [score.scorer for score in seen] == ["local"] * 70 + ["llm"] * 30
    assert all(score.fallback for score in seen[:70])
    again = looked_at(scores, range(99, -1, -1), RaterKind.GOOD, READER, seed=0, votes=0)
    other = looked_at(scores, range(99, -1, -1), RaterKind.GOOD, READER, seed=1, votes=0)
    assert seen == again != other


def test_a_simulated_rater_looks_at_as_much_as_the_default_settings_send():
    settings, channel = LlmSettings(), ChannelSettings()
    assert (settings.share, settings.most_papers) == (SHARE, MOST_PAPERS)
    assert channel.papers + channel.more == WANTED
