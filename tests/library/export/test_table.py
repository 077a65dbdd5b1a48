"""Votes as a table, read back by Python's csv."""

from __future__ import annotations

import csv
import io

import pytest

from bot.library.export.table import COLUMNS, feedback_table
from bot.text import readable
from tests.builders import a_paper
from tests.library.export.samples import collected, opinions, papers


def rows(some):
    return list(csv.DictReader(io.StringIO(feedback_table(collected(opinions=some)), newline="")))


def test_a_row_says_what_was_voted_on_and_where_it_stood():
    (row,) = rows(opinions([a_paper(title="Low Bits")]))
    assert row == {
        "day": "2025-05-09",
        "arxiv_id": "arXiv:2505.03801",
        "title": "Low Bits",
        "categories": "cs.CL",
        "reader": "r1",
        "emoji": "👍",
        "worth": "1",
        "digest": "3",
        "position": "1",
        "listing_day": "",
    }


def test_hostile_titles_stay_in_their_cell():
    found = rows(opinions(papers()))
    assert [row["title"].removeprefix("'") for row in found] == [readable(paper.title) for paper in papers()]


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "\t=1"])
def test_no_cell_is_a_formula(title):
    (row,) = rows(opinions([a_paper(title=title)], emoji=title))
    assert row["title"][0] not in "=+-@＝\t"
    assert row["emoji"][0] not in "=+-@＝\t"


def test_a_dislike_is_a_number():
    (row,) = rows(opinions([a_paper()], "👎", -1.0))
    assert float(row["worth"]) == -1


def test_without_votes_there_is_the_head_alone():
    assert feedback_table(collected()) == ",".join(COLUMNS) + "\r\n"
