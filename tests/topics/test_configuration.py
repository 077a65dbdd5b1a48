"""Configurations of other tools: their interests become topics, their secrets stay theirs."""

from __future__ import annotations

import pytest

from bot.topics import parse_topics, render_understood
from tests.seeds import finding

KEYWORD_BOT = """\
base_url: "https://arxiv.paperswithcode.com/api/v0/papers/"
user_name: "lark"
openai_api_key: "sk-abcdefghijklmnop"
show_authors: True
max_results: 10
keywords:
    "Nests":
        filters: ["Warm Nest", "Nest Building"]
    "Songs":
        filters: ["Low Precision Song"]
"""

RECOMMENDER = """\
zotero:
  user_id: ${oc.env:ZOTERO_ID}
  api_key: "hunter2-hunter2"
email:
  sender: lark@example.org
  receiver: wren@example.org
  smtp_server: smtp.example.org
  smtp_port: 465
source:
  arxiv:
    category: ["cs.AI", "cs.CV"]
    include_cross_list: false
llm:
  api:
    key: sk-0123456789abcdef
    base_url: https://llm.example.org/v1
"""

QUERY_BOT = """\
SLACK_WEBHOOK: "https://hooks.example.org/services/T0/B0/abc"
OPENAI_API_KEY: "hunter2-hunter2"
LLM_FILTERING: true
FILTERING_PROMPT: "You are a lab manager. Only keep what is good."
query: '("nest building" OR "warm nests") AND cat:cs.LG NOT "boxes"'
exclude_keywords:
  - robots
research_interests: "Nests that keep warm in winter."
"""

TOML = """\
[arxiv]
categories = ["cs.CL"]
keywords = ["nest building", "low precision songs"]
api_key = "hunter2-hunter2"
"""


def test_keyword_groups_become_topics():
    for text in (KEYWORD_BOT.encode(), finding("config-keywords.yaml")):
        topics = parse_topics(text)
        assert [(one.title, one.relevant) for one in topics.topics] == [
            ("Nests", "Warm Nest, Nest Building"),
            ("Songs", "Low Precision Song"),
        ]
        assert "configuration of another tool" in topics.warnings[0]


def test_categories_become_a_proposal_for_the_settings():
    topics = parse_topics(RECOMMENDER)
    assert topics.topics == ()
    assert topics.warnings[1] == 'For the settings of the channel: categories = ["cs.AI", "cs.CV"]'


def test_a_query_becomes_a_topic_and_what_it_refuses_an_exclusion():
    topics = parse_topics(QUERY_BOT)
    assert [(one.title, one.relevant) for one in topics.topics] == [("nest building", "warm nests")]
    assert topics.keywords["irrelevant"] == ("boxes", "robots")
    assert topics.taste == ("Nests that keep warm in winter.",)
    assert 'categories = ["cs.LG"]' in topics.warnings[1]


def test_toml_is_a_configuration_too():
    assert [one.title for one in parse_topics(TOML).topics] == ["nest building", "low precision songs"]


@pytest.mark.parametrize("text", [KEYWORD_BOT, RECOMMENDER, QUERY_BOT, TOML, f"{QUERY_BOT}broken: [\n"])
def test_no_secret_and_no_address_is_kept_or_shown(text):
    topics = parse_topics(text)
    told = f"{topics.raw} {topics.topics} {topics.taste} {topics.keywords} {render_understood(topics, None)}"
    for private in ("hunter2", "sk-", "example.org", "https://", "lark", "@", "smtp", "lab manager", "hooks"):
        assert private not in told
    assert parse_topics(topics.raw).topics == topics.topics


@pytest.mark.parametrize(
    "text",
    [
        "Quantization: low-bit weights\nPruning: fewer weights\n",
        "1. Quantization\n   - Relevant: low bits\n   - Not relevant: surveys\n",
        "Title: Quantization\nRelevant: low bits\nNot relevant: surveys\n",
        "- quantization\n- pruning\n- kv cache\n",
        "quantization\npruning\n",
        "Keywords: a, b\n",
    ],
)
def test_topics_for_people_are_no_configuration(text):
    assert parse_topics(text).raw == text


def test_many_aliases_cost_no_time():
    bomb = "\n".join(["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))])
    assert parse_topics(f"{bomb}\nkeywords: *a59\n").topics == ()
