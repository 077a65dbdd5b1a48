"""Digests of other tools: their papers with scores, totals, cost, prompt."""

from __future__ import annotations

from datetime import date

from bot.library import Fate, read_library
from bot.models import ListUse
from tests.library.files import DIGEST, SCORED_JSON


def test_a_remedial_digest_is_read_whole():
    parsed = read_library(DIGEST.encode())
    (digest,) = parsed.digests
    assert (parsed.format, parsed.title) == ("digest", "digest of 2025-01-14")
    assert (digest.totals.announced, digest.totals.scanned, digest.totals.relevant) == (169, 169, 2)
    assert digest.remedial.first == date(2025, 1, 13)
    assert digest.cost.total_tokens == 28420
    assert digest.selected_by.startswith("## Relevant Topics")
    assert [(one.arxiv_id, one.relevance, one.novelty) for one in parsed.papers] == [
        ("2501.07139", 9, 8),
        ("2501.07032", None, None),
    ]


def test_scored_json_is_a_digest():
    parsed = read_library(SCORED_JSON.encode())
    assert parsed.format == "digest"
    assert [(one.arxiv_id, one.relevance) for one in parsed.papers] == [("2501.07139", 9)]


def test_a_digest_without_a_date_is_known_by_its_papers():
    second = SCORED_JSON.replace("2501.07139", "2501.07032")
    assert read_library(SCORED_JSON.encode()).title == "digest of 2501.07139"
    assert read_library(second.encode()).title == "digest of 2501.07032"


def test_other_json_is_no_digest():
    for text in ("null", '{"a": 1}', '[{"id": "2501.07139"}]', "[" * 50_000):
        assert read_library(text.encode()).format == "ids", text[:20]


def test_a_morning_without_papers_is_a_digest():
    for text in ("{}", "# Personalized Daily ArXiv Papers 2026-05-02\n\nTotal relevant papers: 0\n"):
        parsed = read_library(text.encode())
        assert parsed.is_empty_day, text
        assert parsed.format == "digest"


def test_digests_were_posted_and_are_not_liked():
    assert {paper.use for paper in read_library(DIGEST.encode()).papers} == {ListUse.POSTED}


def test_each_line_that_is_not_blank_has_a_note():
    parsed = read_library(DIGEST.encode())
    assert len(parsed.lines) == sum(bool(line.strip()) for line in DIGEST.split("\n"))
    assert parsed.count(Fate.PAPER) == 2
