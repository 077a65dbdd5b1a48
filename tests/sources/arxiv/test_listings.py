"""The lines a paper has in the listings of several categories."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.errors import QueryRejected
from bot.models import AnnounceType, Paper
from bot.sources.arxiv.listings import announced_listing, checked, entries_of, newer

DAY = date(2025, 5, 8)
AT = datetime(2025, 5, 7, tzinfo=UTC)


def paper(*categories: str, withdrawn: bool = False) -> Paper:
    return Paper("2505.00001", "T", "A", (), categories, categories[0], AT, AT, withdrawn=withdrawn)


def types(subject: Paper, categories: str, announced: str) -> dict[str, str]:
    entries = entries_of(subject, categories.split(), AnnounceType(announced), DAY)
    return {entry.category: entry.announce_type.value for entry in entries}


def test_a_new_paper_is_new_in_its_primary_category_and_cross_listed_in_the_others() -> None:
    subject = paper("cs.CL", "cs.LG", "cs.AI")
    assert types(subject, "cs.LG cs.CL", "new") == {"cs.CL": "new", "cs.LG": "cross"}


def test_a_paper_whose_primary_category_was_not_asked_for_is_cross_listed() -> None:
    assert types(paper("cs.CV", "cs.LG"), "cs.CL cs.LG", "cross") == {"cs.LG": "cross"}


def test_a_late_cross_list_is_not_announced_again_in_its_primary_category() -> None:
    assert types(paper("cs.CL", "cs.LG"), "cs.CL cs.LG", "cross") == {"cs.LG": "cross"}


def test_a_replacement_is_one_in_every_category() -> None:
    subject = paper("cs.CL", "cs.LG")
    assert types(subject, "cs.CL cs.LG", "replace") == {"cs.CL": "replace", "cs.LG": "replace-cross"}
    assert types(subject, "cs.LG", "replace-cross") == {"cs.LG": "replace-cross"}


def test_what_the_feed_says_stands_where_the_categories_say_otherwise() -> None:
    assert types(paper("cs.CL"), "cs.CL", "cross") == {"cs.CL": "cross"}
    assert types(paper("cs.CV", "cs.CL"), "cs.CL", "new") == {"cs.CL": "new"}


def test_a_paper_outside_the_categories_does_not_vanish() -> None:
    assert types(paper("math.MP"), "math-ph cs.CL", "new") == {"math-ph": "new"}


def test_withdrawn_papers_are_left_out_of_a_listing() -> None:
    members = [(paper("cs.CL"), AnnounceType.NEW), (paper("cs.LG", withdrawn=True), AnnounceType.REPLACE)]
    listing = announced_listing(DAY, ["cs.CL", "cs.LG"], members, witness="rss")
    assert [entry.category for entry in listing.entries] == ["cs.CL"]
    assert len(listing.papers) == 1


@pytest.mark.parametrize("category", ["cs.CL OR all:x", "cs CL", "cs.CL+cs.LG", "", "../etc", "cs.CL)", "CS.CL"])
def test_what_is_no_category_never_reaches_a_query(category: str) -> None:
    with pytest.raises(QueryRejected, match="is no arXiv category"):
        checked([category])


def test_categories_are_asked_for_once_and_at_least_one() -> None:
    names = ["cs.CL", "quant-ph", "cond-mat.mtrl-sci", "cs.CL"]
    assert checked(names) == ("cs.CL", "quant-ph", "cond-mat.mtrl-sci")
    with pytest.raises(QueryRejected, match="no categories"):
        checked([])


@pytest.mark.parametrize(("announced", "indexed", "version"), [(1, 1, 1), (1, 2, 2), (2, 1, 2), (2, 2, 2)])
def test_a_paper_is_the_newest_version_that_feed_or_index_knows(announced: int, indexed: int, version: int) -> None:
    """The feed names no comment and no submission time: both are the index's, whoever has the newer version."""
    from_feed = replace(paper("cs.CL"), version=announced, title=f"version {announced}")
    submitted = datetime(2025, 5, 6, 12, tzinfo=UTC)
    details = replace(
        from_feed, version=indexed, title=f"version {indexed}", published_at=submitted, comment="12 pages"
    )
    found = newer(from_feed, details)
    assert (found.version, found.title) == (version, f"version {version}")
    assert (found.published_at, found.comment) == (submitted, "12 pages")


def test_a_paper_that_the_index_does_not_know_is_the_feeds() -> None:
    assert newer(paper("cs.CL"), None) == paper("cs.CL")
