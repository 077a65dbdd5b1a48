"""The Atom feed, read by feedparser."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import feedparser

from bot.library.export.feed import NAMESPACE, atom
from bot.text import readable
from tests.builders import a_paper
from tests.library.export.samples import collected, papers, posted


def feed(some, **changes):
    return atom(collected(posted=some, **changes))


def test_feedparser_reads_every_post_newest_first():
    some = papers()
    parsed = feedparser.parse(feed(posted(some)))
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    assert [entry.link for entry in parsed.entries] == [paper.abs_url for paper in reversed(some)]


def test_titles_stand_as_text_whatever_they_hold():
    some = papers()
    root = ET.fromstring(feed(posted(some)))
    titles = [title.text for title in root.findall(f"{{{NAMESPACE}}}entry/{{{NAMESPACE}}}title")]
    assert titles == [readable(paper.title) for paper in reversed(some)]


def test_an_entry_says_what_the_post_said():
    one = posted([a_paper(title="Low Bits")])[0]
    (entry,) = feedparser.parse(feed([one])).entries
    assert entry.published == entry.updated == "2025-05-08T09:00:00Z"
    assert entry.summary.startswith("relevance 8, novelty 5. about Low Bits")
    assert [author.name for author in entry.authors] == ["Ada Lovelace", "Pietro Liò"]
    assert [tag.term for tag in entry.tags] == ["cs.CL"]
    assert {link.rel: link.href for link in entry.links} == {
        "alternate": "https://arxiv.org/abs/2505.03801",
        "related": "https://arxiv.org/pdf/2505.03801",
    }


def test_ids_stay_the_same_and_differ_by_channel():
    def ids(**changes):
        parsed = feedparser.parse(feed(posted(papers()), **changes))
        return [parsed.feed.id, *(entry.id for entry in parsed.entries)]

    first = ids()
    assert ids() == first
    assert len(set(first)) == len(first)
    assert set(ids(address="slack/C2")).isdisjoint(first)


def test_a_paper_posted_twice_is_one_entry_as_it_was_first():
    early = posted([a_paper()])[0]
    late = replace(early, at=datetime(2025, 5, 9, 9, tzinfo=UTC), relevance=3)
    (entry,) = feedparser.parse(feed([late, early])).entries
    assert entry.summary.startswith("relevance 8")


def test_an_empty_feed_is_valid_and_does_not_change_through_the_day():
    parsed = feedparser.parse(feed(()))
    assert not parsed.bozo
    assert parsed.feed.updated == "2025-06-04T00:00:00Z"
