"""What a file is about, as a topics file that is understood."""

from __future__ import annotations

from bot.library import read_library
from bot.library.topics_text import topics_text
from bot.topics import parse_topics
from tests.library.files import AWESOME, BIBTEX, DIGEST, IDS, OUTLINE


def titles(text: str) -> list[str]:
    return [topic.title for topic in parse_topics(topics_text(read_library(text.encode()))).topics]


def test_sections_of_a_list_become_topics():
    assert titles(AWESOME) == ["Pruning", "Quantization"]
    assert titles(BIBTEX) == ["Tuning", "Adapters"]


def test_branches_become_topics_with_what_stands_below_them():
    assert topics_text(read_library(OUTLINE.encode())) == ("1. Tuning\n   - Relevant: Adapters\n2. Serving\n")


def test_a_digest_brings_its_own_prompt():
    assert titles(DIGEST) == ["Model Compression"]


def test_a_list_without_sections_suggests_nothing():
    assert topics_text(read_library(IDS.encode().split(b"# ")[0])) == ""


def test_a_single_outermost_section_is_no_topic_by_itself():
    text = (
        "# L\n## All\n### A\n- [x](https://arxiv.org/abs/2406.01032)\n### B\n- [y](https://arxiv.org/abs/2406.01033)\n"
    )
    assert titles(text) == ["A", "B"]
