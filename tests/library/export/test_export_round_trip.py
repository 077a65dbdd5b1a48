"""Every export, imported again, says the same: papers, scores, the signs of votes, days."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.library import read_library
from bot.library.export import EXPORTS, Listed, Opinion, PostedPaper
from bot.models import ListUse
from tests.builders import a_paper
from tests.digest_file.samples import a_digest, a_ranked
from tests.library.export.samples import HOSTILE, SECTIONS, collected

TITLES = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=60).filter(lambda text: text.strip()))
DAYS = st.dates(date(2025, 5, 1), date(2025, 6, 4))
WORTHS = st.sampled_from([1.0, 0.5, -1.0, -0.5])


@st.composite
def some_papers(draw):
    titles = draw(st.lists(TITLES, min_size=1, max_size=6))
    return [
        a_paper(f"2505.{10 * number:05}", title=title, listing_day=draw(DAYS)) for number, title in enumerate(titles, 1)
    ]


def imported(form, **changes):
    written = EXPORTS[form]().write(collected(**changes))
    return read_library(written.encode("utf-8", "replace"))


@settings(max_examples=40, deadline=None)
@given(some_papers())
def test_a_curated_list_comes_back_as_liked_with_its_days_and_sections(papers):
    parsed = imported("awesome", listed=[Listed(paper, SECTIONS[0]) for paper in papers])
    assert parsed.format == "awesome"
    assert {one.arxiv_id: one.listed_on for one in parsed.papers} == {one.arxiv_id: one.listing_day for one in papers}
    assert {one.use for one in parsed.papers} == {ListUse.LIKED}
    assert {len(one.sections) for one in parsed.papers} == {1}


@settings(max_examples=40, deadline=None)
@given(some_papers())
def test_a_bibtex_library_comes_back_as_liked(papers):
    parsed = imported("bibtex", listed=[Listed(paper) for paper in papers])
    assert parsed.format == "bibtex"
    assert [one.arxiv_id for one in parsed.papers] == [one.arxiv_id for one in papers]


@settings(max_examples=40, deadline=None)
@given(some_papers(), st.data())
def test_votes_come_back_with_their_sign_and_day(papers, data):
    votes = [
        Opinion(data.draw(DAYS), paper, data.draw(st.integers(1, 3)), "👍", data.draw(WORTHS), 3, 1) for paper in papers
    ]
    parsed = imported("csv", opinions=tuple(votes))
    assert parsed.format == "csv"
    assert [(one.arxiv_id, one.use, one.listed_on) for one in parsed.papers] == [
        (vote.paper.arxiv_id, ListUse.LIKED if vote.worth > 0 else ListUse.DISLIKED, vote.day) for vote in votes
    ]
    assert not parsed.warnings


@settings(max_examples=40, deadline=None)
@given(some_papers(), st.integers(1, 10), st.integers(1, 10))
def test_a_feed_comes_back_as_posted_with_its_scores(papers, relevance, novelty):
    at = datetime(2025, 5, 8, 9, tzinfo=UTC)
    posts = [PostedPaper(one, at - timedelta(days=n), relevance, novelty, one.title) for n, one in enumerate(papers)]
    parsed = imported("atom", posted=tuple(posts))
    assert parsed.format == "feed"
    assert [(one.arxiv_id, one.use, one.relevance, one.novelty, one.listed_on) for one in parsed.papers] == [
        (post.paper.arxiv_id, ListUse.POSTED, relevance, novelty, post.at.date()) for post in posts
    ]


@settings(max_examples=30, deadline=None)
@given(some_papers(), st.sampled_from(["markdown", "json"]))
def test_digests_come_back_as_posted_with_their_scores(papers, form):
    ranked = tuple(a_ranked(n, title=paper.title) for n, paper in enumerate(papers, 1))
    digest = a_digest(ranked=ranked)
    parsed = imported(form, digests=(digest,))
    assert parsed.format == "digest"
    assert [(one.arxiv_id, one.relevance, one.novelty) for one in parsed.papers] == [
        (one.paper.arxiv_id, one.score.relevance, one.score.novelty) for one in ranked
    ]
    assert Counter(one.use for one in parsed.papers) == {ListUse.POSTED: len(papers)}
    assert parsed.digests[0].days == digest.days
