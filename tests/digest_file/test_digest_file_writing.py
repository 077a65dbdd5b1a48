"""bot.digest_file: what stands in the files, word for word."""

import json
from datetime import date

import pytest
from markdown_it import MarkdownIt

from bot.digest_file import write_json, write_markdown
from bot.models import TokenCost
from tests.digest_file.samples import a_digest, a_ranked


def test_the_page_of_a_morning(golden):
    golden("digest_file/morning.md", write_markdown(a_digest()))


def test_the_page_of_a_morning_scored_locally(golden):
    """Several folded days, remarks, a remedial banner, and no table of costs."""
    digest = a_digest(
        cost=None,
        scored_by="wordllama + TF-IDF",
        days=(date(2025, 5, 6), date(2025, 5, 7)),
        remedial_on=date(2025, 5, 20),
        remarks=("The model could not be reached; 2 papers were scored locally.",),
        ranked=(a_ranked(1, fallback=True), a_ranked(2, authors=())),
        selected_by="",
    )
    golden("digest_file/remedial.md", write_markdown(digest))


def test_the_scored_json_of_a_morning(golden):
    golden("digest_file/morning.json", write_json(a_digest()))


def test_a_quiet_morning_is_a_page_without_items(golden):
    golden("digest_file/quiet.md", write_markdown(a_digest(ranked=())))


@pytest.mark.parametrize(
    ("prompt_tokens", "completion_tokens", "row"),
    [
        (28086, 3939, "| **Cost**     | $0.07    | $0.04        | $0.11   |"),
        (24931, 3489, "| **Cost**     | $0.06    | $0.03        | $0.1    |"),
    ],
)
def test_costs_are_rounded_as_the_real_files_round_them(prompt_tokens, completion_tokens, row):
    """The total is rounded from the exact sum, and a trailing zero is dropped."""
    cost = TokenCost("gpt-4o", prompt_tokens, completion_tokens, prompt_tokens * 2.5e-6, completion_tokens * 10e-6)
    assert row in write_markdown(a_digest(cost=cost)).splitlines()


@pytest.mark.parametrize(("prompt_usd", "completion_usd"), [(None, None), (0.5, None), (None, 0.5)])
def test_an_unknown_cost_is_unknown_and_never_nothing(prompt_usd, completion_usd):
    page = write_markdown(a_digest(cost=TokenCost("own-model", 10, 5, prompt_usd, completion_usd)))
    row = next(line for line in page.splitlines() if line.startswith("| **Cost**"))
    assert row.split("|")[4].strip() == "unknown"
    assert "$0 " not in row


def test_other_tools_find_their_fields_in_the_json():
    papers = json.loads(write_json(a_digest()))
    assert list(papers) == ["2505.00001", "cs/0112017", "_digest"]
    assert papers["2505.00001"] == {
        "ARXIVID": "2505.00001",
        "COMMENT": "It fits topic 1.",
        "RELEVANCE": 9,
        "NOVELTY": 8,
        "SCORE": 17,
        "authors": ["Ann Lee", r"Pietro Li\`o", "Bo Wu (MIT, USA)"],
        "title": "Paper 1 on $\\ell_1$ [norms]",
        "abstract": "An abstract of 5\\% length.",
        "arxiv_id": "2505.00001",
    }


def test_a_picture_in_a_title_leaves_the_heading_its_link():
    page = write_markdown(a_digest(ranked=(a_ranked(1, title="[Link](https://evil.example) ![img](x) *bold* `code`"),)))
    heading = next(line for line in page.splitlines() if line.startswith("## 1. "))
    shown = MarkdownIt().renderInline(heading.removeprefix("## 1. "))
    assert "<img" not in shown
    assert "<em>" not in shown
    assert "<code>" not in shown
    assert shown.count("<a href=") == 1
