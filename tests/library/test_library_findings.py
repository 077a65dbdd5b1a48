"""The small files that were once read wrongly, each with its right value; the same kinds with own files stand beside."""

from __future__ import annotations

import pytest

from bot.digest_file import FileTotals
from bot.library import Fate, read_library
from bot.models import ListUse
from tests.seeds import finding

NESTS, SCALE, SONG = "Warm Nests for Cold Models", "Nests at Scale", "Singing in Low Precision"
LONG = "Warm Nests for Cold Models: A Long Study of Heated Straw in Winter and Spring"


@pytest.mark.parametrize(
    ("name", "form", "papers"),
    [
        ("awesome-with-citation.md", "awesome", [
            ("2401.00001", NESTS, "Nests"), ("2401.00002", SCALE, "Nests"), ("2401.00003", SONG, "Songs"),
        ]),
        ("details-summary-list.md", "awesome", [("2401.00001", LONG, "Nests"), ("2401.00002", SCALE, "Nests")]),
        ("headings-as-items.md", "awesome", [
            ("2401.00001", NESTS, "Papers and Summaries"), ("2401.00002", SCALE, "Papers and Summaries"),
            ("2401.00003", "A Survey of Nests", "Overviews"),
        ]),
        ("html-list.md", "awesome", [("2401.00001", NESTS, "Nests"), ("2401.00002", SCALE, "Nests")]),
        ("several-papers-one-bullet.md", "awesome", [
            ("2401.00001", "NestA", "Nests"), ("2401.00002", "NestB", "Nests"), ("2401.00003", "NestC", "Nests"),
            ("2401.00004", "Warm Nests", "Nests"), ("2407.00005", "Warm Nests Revisited", "Nests"),
        ]),
        ("obsidian.md", "awesome", [
            ("2401.00001", NESTS, "Nests"), ("2401.00002", SCALE, "Nests"), ("2401.00003", SONG, "Songs"),
        ]),
        ("outline.opml", "opml", [("2401.00001", NESTS, "Nests"), ("2401.00002", SCALE, "Nests/Scale")]),
        ("csl.json", "csl", [("2401.00001", NESTS, ""), ("2401.00002", SCALE, "")]),
        ("zotero.ris", "ris", [("2401.00001", NESTS, ""), ("", SCALE, "")]),
        ("zotero.csv", "csv", [("2401.00001", NESTS, ""), ("", 'Nests at Scale, with "quotes", commas', "")]),
    ],
)  # fmt: skip
def test_each_paper_is_read_with_its_title_and_section(name, form, papers):
    parsed = read_library(finding(name))
    assert parsed.format == form
    assert [(one.arxiv_id, one.title, "/".join(one.section)) for one in parsed.papers] == papers
    assert {one.use for one in parsed.papers} == {ListUse.LIKED}


@pytest.mark.parametrize("name", ["dengwei.jsonl", "hf-daily.json"])
def test_what_a_bot_collected_was_posted_and_not_liked(name):
    parsed = read_library(finding(name))
    assert [(one.arxiv_id, one.title, one.use) for one in parsed.papers] == [
        ("2506.00001", NESTS, ListUse.POSTED),
        ("2506.00002", SCALE, ListUse.POSTED),
    ]
    assert parsed.papers[0].authors[0] == "Ada Lark"


def test_a_vote_keeps_its_sign_and_day():
    parsed = read_library(finding("votes.csv"))
    assert [(one.arxiv_id, one.use, str(one.listed_on)) for one in parsed.papers] == [
        ("2505.10010", ListUse.LIKED, "2025-05-07"),
        ("2505.00776", ListUse.DISLIKED, "2025-05-07"),
    ]


def test_every_bibtex_variant_is_found_and_no_other():
    parsed = read_library(finding("variants.bib"))
    ids = [f"2401.{n:05}" for n in (*range(1, 9), *range(11, 20), 22, 24, 25, 26)]
    assert sorted(one.arxiv_id for one in parsed.importable) == sorted([*ids, "cs/0701001", "hep-th/9901001"])
    assert [one.title for one in parsed.papers if not one.arxiv_id] == [
        "PubMed eprint is no arXiv",
        "Page numbers that look like an id",
        "Abstract names another",
    ]
    assert parsed.count(Fate.AGAIN) == 1


@pytest.mark.parametrize(
    ("name", "ids", "topics", "totals"),
    [
        ("digest-html-table.md", ["2603.00001"], [()], FileTotals(50, 20, 1)),
        ("digest-topic-sections.md", ["2604.00001", "2604.00002"], [("Nests",), ("Songs",)], FileTotals(50, 20, 2)),
    ],
)
def test_digests_of_later_generations_keep_totals_cost_and_model(name, ids, topics, totals):
    parsed = read_library(finding(name))
    (digest,) = parsed.digests
    assert [one.arxiv_id for one in parsed.papers] == ids
    assert [one.section for one in parsed.papers] == topics
    assert all(one.relevance and one.novelty for one in parsed.papers)
    assert digest.totals == totals
    assert (digest.cost.model, digest.cost.total_tokens, digest.cost.total_usd) == ("gpt-5.4", 1200, 0.04)
    assert not digest.warnings


def test_a_citation_block_is_counted_as_left_aside():
    parsed = read_library(finding("awesome-with-citation.md"))
    assert parsed.aside == ("1 citation block not counted",)
    assert parsed.n_ids == 4
