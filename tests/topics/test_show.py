"""bot.topics.show and .query: what the reader is told, what papers are compared with."""

import pytest

from bot.models import Topic, Topics
from bot.topics import is_negative, parse_topics, positive_taste, query_text, render_understood

TEXT = """\
1. Quantization
   - Relevant: low bits
   - Not relevant: surveys
2. KV cache

I like tricks. I do not like vision.

Keywords: moe, pruning
"""


def test_what_was_understood_is_shown_word_for_word():
    assert render_understood(parse_topics(TEXT)) == (
        "2 topics, 2 sentences of taste, 1 keyword list, 0 warnings\n"
        "\n"
        "1. Quantization\n"
        "   relevant:     low bits\n"
        "   not relevant: surveys\n"
        "\n"
        "2. KV cache\n"
        "   relevant:     (nothing beyond the title)\n"
        "\n"
        "Taste (+ wanted, - not wanted)\n"
        "  + I like tricks.\n"
        "  - I do not like vision.\n"
        "\n"
        "Keywords\n"
        "  relevant (2): moe, pruning\n"
    )


def test_warnings_are_shown_last():
    assert render_understood(parse_topics("5. A\n5. B")).splitlines()[-1].startswith("  ! The number 5")


def test_long_parts_are_cut_unless_all_is_asked_for():
    topics = Topics(raw="", topics=(Topic(1, "word " * 100, "x"),))
    assert len(render_understood(topics, most=30).splitlines()[2]) <= 33
    assert "word " * 99 in render_understood(topics, most=None)


def test_the_query_is_all_that_is_wanted():
    assert query_text(parse_topics(TEXT)) == "Quantization. low bits\nKV cache\nmoe, pruning\nI like tricks."


def test_nothing_wanted_is_an_empty_query():
    assert query_text(parse_topics("Not relevant: surveys")) == ""


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("He enjoys papers on statistics.", "He enjoys papers on statistics."),
        ("Not only theory but also tricks.", "Not only theory but also tricks."),
        ("Methods without labels are welcome.", "Methods without labels are welcome."),
        ("I like skip connections and rejection sampling.", "I like skip connections and rejection sampling."),
        ("Work that avoids hallucination is welcome.", "Work that avoids hallucination is welcome."),
        ("I like theory, but not surveys.", "I like theory"),
        ("I like theory; avoid surveys.", "I like theory"),
        ("He does not want surveys.", None),
        ("I don't like surveys, but theory.", None),
        ("She dislikes benchmarks.", None),
        ("Please leave out robots.", None),
        ("No papers about cars.", None),
        ("Skip surveys.", None),
        ("I am not interested in vision.", None),
        ("Nothing about medicine.", None),
    ],
)
def test_taste_is_told_apart(sentence, wanted):
    assert positive_taste(Topics(raw="", taste=(sentence,))) == (() if wanted is None else (wanted,))
    assert is_negative(sentence) is (wanted != sentence)
