"""One topic edited alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.topics import parse_topics, topic_source, with_topic
from tests.seeds import seed

TEXT = """ 1. Quantization of models
    - Relevant: few bits
    - Not relevant: sound
 2. KV cache
    - Relevant: eviction

In suggesting papers to your friend, remember that he likes theory.
"""


def titles(raw):
    return [topic.title for topic in parse_topics(raw).topics]


def test_a_topic_is_shown_as_it_is_written_and_without_what_follows():
    assert topic_source(TEXT, 1) == " 1. Quantization of models\n    - Relevant: few bits\n    - Not relevant: sound"
    assert topic_source(TEXT, 2) == " 2. KV cache\n    - Relevant: eviction"


def test_a_changed_topic_changes_nothing_else():
    changed = with_topic(TEXT, 2, "2. Memory\n   - Relevant: caches")
    assert titles(changed) == ["Quantization of models", "Memory"]
    assert parse_topics(changed).taste == parse_topics(TEXT).taste
    assert parse_topics(changed).topics[0] == parse_topics(TEXT).topics[0]


def test_an_empty_text_takes_the_topic_out():
    assert titles(with_topic(TEXT, 1, "  \n")) == ["KV cache"]


def test_a_topic_can_become_two():
    assert titles(with_topic(TEXT, 1, "1. Bits\n2. Scales")) == ["Bits", "Scales", "KV cache"]


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_topic_that_is_not_there_cannot_be_edited(number):
    assert topic_source(TEXT, number) is None
    assert with_topic(TEXT, number, "1. New") is None


def test_a_text_that_would_not_be_a_topic_is_refused():
    assert with_topic(TEXT, 2, "# Paper selection prompt") is None


def test_a_very_long_file_is_left_to_its_editor():
    long = "".join(f"{n}. Topic number {n}\n" for n in range(1, 500))
    assert topic_source(long, 1) is None


def test_writing_a_topic_back_unchanged_changes_no_topic():
    assert titles(with_topic(TEXT, 1, topic_source(TEXT, 1))) == titles(TEXT)
    for n in (1, 2):
        changed = with_topic(TEXT, n, topic_source(TEXT, n))
        assert parse_topics(changed).topics == parse_topics(TEXT).topics


@pytest.mark.parametrize("number", [0, 3])
def test_a_topic_of_a_real_file_that_can_be_edited_comes_back_unchanged(number):
    raw = seed(number).decode()
    topics = parse_topics(raw).topics
    sources = {topic.number: topic_source(raw, topic.number) for topic in topics[:6]}
    assert sum(source is not None for source in sources.values()) >= 5
    for index, source in sources.items():
        if source is not None:
            assert parse_topics(with_topic(raw, index, source)).topics == topics


@given(st.text(max_size=200), st.integers(-1, 4), st.text(max_size=80))
def test_no_text_breaks_it(raw, number, text):
    changed = with_topic(raw, number, text)
    assert changed is None or isinstance(json.dumps(changed), str)
