"""bot.topics on the real files readers come with, and on the example Paperlark ships."""

from pathlib import Path

import pytest

from bot.topics import parse_topics, positive_taste, query_text, render_understood
from tests.seeds import seed

TITLES = (
    "Representation Learning",
    "Model Architecture",
    "Model Compression",
    "Large Language Models (LLMs)",
    "AI for Science",
    "Emerging Trends",
)


def relevant_topics_section(number):
    text = seed(number).decode()
    return text[text.index("## Relevant Topics") :]


def whole_prompt(number):
    text = seed(number).decode()
    return text[text.index("# Paper Selection Prompt") :]


def whole_file(number):
    return seed(number)


def test_five_topics_with_both_parts_and_three_sentences_of_taste():
    topics = parse_topics(seed(0))
    assert [topic.number for topic in topics.topics] == [1, 2, 3, 4, 5]
    assert topics.topics[4].title == "Advancements in KV-Cache Compression Techniques for Large Models"
    assert all(topic.relevant.startswith("Papers that") for topic in topics.topics)
    assert all(topic.not_relevant.startswith("Papers ") for topic in topics.topics)
    assert [sentence.split()[0] for sentence in topics.taste] == ["In", "Your", "He"]
    assert topics.keywords == {}
    assert topics.warnings == ()
    assert topics.raw == seed(0).decode()


def test_what_the_first_file_does_not_want_is_not_asked_for():
    topics = parse_topics(seed(0))
    assert len(positive_taste(topics)) == 2
    query = query_text(topics)
    assert "clever statistical tricks" in query
    for unwanted in ("He does not want", "specific domains.", "unrelated fields", "non-language model"):
        assert unwanted not in query


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("excerpt", [relevant_topics_section, whole_prompt, whole_file])
def test_six_topics_and_three_keyword_lists(number, excerpt):
    """The section alone, the prompt around it and the whole digest say the same."""
    topics = parse_topics(excerpt(number))
    assert tuple(topic.title for topic in topics.topics) == TITLES
    assert all(topic.relevant and topic.not_relevant for topic in topics.topics)
    assert {name: len(phrases) for name, phrases in topics.keywords.items()} == {
        "relevant": 8,
        "irrelevant": 5,
        "application": 13,
    }
    assert topics.keywords["relevant"][0] == "Mixture of Experts (MoE)"
    assert topics.keywords["application"][-1] == "Knowledge Graph"


def test_only_wanted_keywords_are_asked_for():
    query = query_text(parse_topics(relevant_topics_section(1)))
    assert "Quantization, Low-rank, Foundation Model" in query
    for unwanted in ("Federated", "Image Segmentation", "Straightforward", "Avoid purely", "filter out"):
        assert unwanted not in query


def test_a_whole_prompt_is_warned_about():
    assert any("instructions to a model" in warning for warning in parse_topics(whole_prompt(1)).warnings)
    assert parse_topics(relevant_topics_section(1)).warnings == ()


def test_what_was_understood_of_the_first_file_can_be_read():
    shown = render_understood(parse_topics(seed(0)), most=60)
    assert shown.startswith("5 topics, 3 sentences of taste, 0 keyword lists, 0 warnings\n")
    assert "\n  - He does not want to read papers" in shown


def test_the_shipped_example_is_a_file_in_this_form():
    example = Path(__file__).resolve().parents[2] / "prompts" / "topics.example.md"
    topics = parse_topics(example.read_bytes())
    assert topics.warnings == ()
    assert all(topic.relevant and topic.not_relevant for topic in topics.topics)
    assert len(positive_taste(topics)) == len(topics.taste) - 1 == 2
