"""What a channel asks for."""

from __future__ import annotations

import pytest

from bot.models import Topic, Topics
from bot.ranking.interests import KEYWORDS, WHOLE_TEXT, interests


def test_each_topic_is_an_interest_without_what_is_not_relevant():
    found = interests(Topics("", (Topic(1, "Pruning", "sparse models", "hardware"), Topic(2, "Quantization"))))
    assert [(one.number, one.text) for one in found] == [(1, "Pruning. sparse models"), (2, "Quantization")]


def test_relevant_keywords_are_one_more_interest_and_irrelevant_ones_are_not():
    found = interests(Topics("", (Topic(1, "Pruning"),), (), {"relevant": ("MoE", "low-rank"), "irrelevant": ("RL",)}))
    assert [(one.number, one.text) for one in found] == [(1, "Pruning"), (KEYWORDS, "MoE, low-rank")]


def test_a_text_without_topics_is_taken_as_it_is_but_for_unwanted_lines():
    raw = "I like sparse models.\nNot relevant: medical imaging\n- **Irrelevant**: speech\n* Relevant: pruning\n"
    (found,) = interests(Topics(raw))
    assert (found.number, found.text) == (WHOLE_TEXT, "I like sparse models.\npruning")


@pytest.mark.parametrize("raw", ["", "  \n ", "Not relevant: everything", "- not relevant : NA"])
def test_a_text_that_wants_nothing_has_no_interests(raw):
    assert interests(Topics(raw)) == ()


def test_an_interest_has_a_name_for_readers():
    names = [one.name for one in interests(Topics("", (Topic(3, "x y"),), (), {"relevant": ("a b",)}))]
    assert names == ["topic 3", "your keywords"]
    assert interests(Topics("sparse"))[0].name == "your topics text"
