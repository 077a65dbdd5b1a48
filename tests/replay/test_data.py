"""The files of a replay."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ReplayDataError
from bot.replay.data import read_papers, read_readers

LINE = {
    "arxiv_id": "2505.00001",
    "title": "T",
    "abstract": "A",
    "authors": ["X"],
    "categories": ["cs.CL"],
    "date": "2025-05-08",
}
READER = {
    "topic_text": "1. T",
    "likes": [{"arxiv_id": "2505.00001", "announced": "2025-05-08"}],
    "active_from": "2025-05-01",
    "active_to": "2025-05-31",
}


def lines(*changes):
    return [json.dumps({**LINE, **change}) for change in changes]


def test_papers_are_read_in_order_with_their_listing_day():
    papers = read_papers(lines({}, {"arxiv_id": "2505.00002"}))
    assert [paper.arxiv_id for paper in papers] == ["2505.00001", "2505.00002"]
    assert papers[0].listing_day == date(2025, 5, 8)
    assert papers[0].primary_category == "cs.CL"


def test_what_is_not_needed_may_be_missing():
    (paper,) = read_papers(['{"arxiv_id": "1", "title": "T", "date": "2025-05-08"}', "", "  "])
    assert (paper.abstract, paper.authors, paper.categories) == ("", (), ())


def test_of_a_repeated_paper_the_first_counts_and_it_is_logged(caplog):
    (paper,) = read_papers(lines({}, {"title": "Again"}))
    assert paper.title == "T"
    assert "1 repeated" in caplog.text


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "not JSON"),
        ("[]", "list, expected a JSON object"),
        ('{"arxiv_id": "1", "title": "T"}', "date is missing"),
        (lines({"date": "May 8"})[0], "'May 8', expected a day"),
        (lines({"title": 3})[0], "title is 3"),
        (lines({"authors": "X"})[0], "authors is 'X'"),
    ],
)
def test_a_bad_line_is_named_with_its_number_and_what_is_wrong(line, problem):
    with pytest.raises(ReplayDataError, match=r"papers\.jsonl, line 2.*") as caught:
        read_papers([json.dumps(LINE), line], "papers.jsonl")
    assert problem in str(caught.value)


def test_a_file_that_breaks_off_is_a_clear_error():
    def broken():
        yield json.dumps(LINE)
        raise EOFError("Compressed file ended before the end-of-stream marker")

    with pytest.raises(ReplayDataError, match="cannot be read to its end"):
        read_papers(broken())


@pytest.mark.parametrize("nothing", [[], ["", "\n"]])
def test_a_file_without_papers_is_an_error(nothing):
    with pytest.raises(ReplayDataError, match="holds no papers"):
        read_papers(nothing)


def test_readers_are_read_with_their_likes_and_days():
    (reader,) = read_readers(json.dumps({"ada": READER}))
    assert (reader.name, reader.liked) == ("ada", {"2505.00001"})
    assert reader.active_on(date(2025, 5, 31))
    assert not reader.active_on(date(2025, 6, 1))


def test_a_reader_without_days_is_always_there():
    (reader,) = read_readers(json.dumps({"ada": {"topic_text": "x", "likes": []}}))
    assert reader.active_on(date(1999, 1, 1))


@pytest.mark.parametrize(
    ("readers", "problem"),
    [
        ("{}", "names no readers"),
        ("[]", "list, expected"),
        ('{"ada": 3}', "'ada' is int"),
        ('{"ada": {"likes": []}}', "topic_text is missing"),
        ('{"ada": {"topic_text": "x"}}', "likes is None"),
        ('{"ada": {"topic_text": "x", "likes": [7]}}', "like 1 is 7"),
        ('{"ada": {"topic_text": "x", "likes": [], "active_to": "soon"}}', "active_to is 'soon'"),
    ],
)
def test_a_bad_readers_file_says_what_is_wrong(readers, problem):
    with pytest.raises(ReplayDataError) as caught:
        read_readers(readers)
    assert problem in str(caught.value)


@given(st.lists(st.text(max_size=80), max_size=4))
def test_no_text_crashes_the_reading(texts):
    with pytest.raises(ReplayDataError):
        read_papers(texts)
