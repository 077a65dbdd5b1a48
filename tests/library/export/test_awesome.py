"""The living list of what a channel likes most."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from markdown_it import MarkdownIt

from bot.library import read_library
from bot.library.export import EXPORTS, Listed, Wants
from bot.library.export.awesome import ELSEWHERE, awesome
from bot.text import readable
from tests.builders import a_paper
from tests.library.export.samples import HOSTILE, SECTIONS, TODAY, collected, in_sections, papers

ORDINARY = (
    Listed(
        a_paper(
            "2505.10001",
            title="Low-Bit $\\ell_1$ Weights",
            listing_day=date(2025, 5, 20),
            comment="Accepted at ICML 2025. Code: https://github.com/ann/low_bit",
        ),
        SECTIONS[0],
    ),
    Listed(a_paper("2505.10002", title="Thinking Longer", listing_day=date(2025, 5, 21)), "Reasoning"),
    Listed(a_paper("2505.10003", title="Thinking Shorter", listing_day=date(2025, 5, 21), withdrawn=True), "Reasoning"),
    Listed(a_paper("2504.10004", title="An Old One", listing_day=date(2025, 4, 1)), SECTIONS[0]),
    Listed(a_paper("cs/0112017", title="A Very Old One", listing_day=date(2001, 12, 3))),
)
TITLES = (SECTIONS[0], "Reasoning")


def the_list(listed=ORDINARY, **changes):
    return awesome(collected(listed, **{"sections": TITLES, **changes}))


def read(text):
    return read_library(text.encode("utf-8", "replace"))


def test_the_list_reads_as_expected(golden):
    golden("library/awesome.md", the_list())


def test_the_past_30_days_come_first():
    text = the_list()
    assert text.index("## Past 30 days") < text.index("2505.10001") < text.index(f"\n## {SECTIONS[0]}")
    assert text.index(f"\n## {SECTIONS[0]}") < text.index("2504.10004")


def test_the_day_a_month_ago_is_still_among_them():
    def recent(day):
        return "Past 30 days" in the_list([Listed(a_paper(listing_day=day))])

    assert recent(TODAY - timedelta(days=30))
    assert not recent(TODAY - timedelta(days=31))


def test_the_order_of_votes_changes_nothing():
    shuffled = list(ORDINARY)
    random.Random(1).shuffle(shuffled)
    assert the_list(shuffled) == the_list()


def test_a_new_paper_adds_one_line():
    before, after = the_list(ORDINARY[1:]).splitlines(), the_list().splitlines()
    assert [line for line in before if line not in after] == []
    head = [f"### {SECTIONS[0]}", "| Title & Authors | Date | Links |", "|:--|:---:|:---:|"]
    added = [line for line in after if line not in before and line not in head]
    assert len(added) == 1
    assert "2505.10001" in added[0]


def test_it_is_read_back_as_a_curated_list():
    parsed = read(the_list())
    assert (parsed.format, parsed.title, parsed.warnings) == ("awesome", "Awesome papers of team", ())


def test_ids_titles_authors_sections_dates_and_notes_come_back():
    found = {one.arxiv_id: one for one in read(the_list()).papers}
    assert list(found) == ["2505.10001", "2505.10002", "2505.10003", "2504.10004", "cs/0112017"]
    for one in ORDINARY:
        paper, back = one.paper, found[one.paper.arxiv_id]
        assert back.title == readable(paper.title)
        assert back.authors == paper.authors
        assert back.sections == ((one.section or ELSEWHERE,),)
        assert back.listed_on == paper.listing_day
    assert [one.publication for one in found.values()] == ["ICML 2025", "", "", "", ""]


def test_links_come_back():
    found = {one.arxiv_id: one for one in read(the_list()).papers}
    first = found["2505.10001"]
    assert [(link.label, link.url) for link in first.links] == [
        ("Github", "https://github.com/ann/low_bit"),
        ("Paper", "https://arxiv.org/abs/2505.10001"),
        ("PDF", "https://arxiv.org/pdf/2505.10001"),
    ]
    assert [link.label for link in found["2505.10003"].links] == ["Paper"]  # withdrawn: there is no PDF


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_stands_as_it_is_and_comes_back(title):
    (one,) = read(the_list([Listed(a_paper(title=title))])).papers
    assert (one.arxiv_id, one.title) == ("2505.03801", readable(title))
    assert [link.label for link in one.links] == ["Paper", "PDF"]


def test_hostile_titles_keep_every_paper_in_its_section():
    listed = in_sections(papers())
    found = {one.arxiv_id: one for one in read(the_list(listed, sections=SECTIONS)).papers}
    assert {key: one.section for key, one in found.items()} == {
        one.paper.arxiv_id: (readable(one.section) or ELSEWHERE,) for one in listed
    }


def test_hostile_authors_do_not_break_the_row():
    paper = a_paper(authors=("Ann | Lee", "X, Jr.", "<script>", "Pietro Li\\`o", ""))
    (one,) = read(the_list([Listed(paper)])).papers
    assert one.authors == ("Ann | Lee", "X Jr.", "<script>", "Pietro Liò")


def test_a_paper_without_a_title_or_authors_is_listed_by_its_id():
    text = the_list([Listed(a_paper(title="", authors=()))])
    assert "[arXiv 2505.03801](https://arxiv.org/abs/2505.03801)|" in text
    assert [one.arxiv_id for one in read(text).papers] == ["2505.03801"]


def test_a_section_that_is_no_topic_any_more_comes_after_the_others():
    text = the_list([Listed(a_paper("2501.00001"), "Gone"), *ORDINARY])
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["## Past 30 days", f"## {SECTIONS[0]}", f"## {ELSEWHERE}"]
    assert "### Gone" in text


def test_nothing_liked_is_said():
    assert "Nothing is liked yet." in the_list([])


def test_every_format_says_what_it_is_made_of():
    assert {name: make().wants for name, make in EXPORTS.items()} == {
        "awesome": Wants.SECTIONS,
        "markdown": Wants.DIGESTS,
        "json": Wants.DIGESTS,
        "bibtex": Wants.PAPERS,
        "csv": Wants.OPINIONS,
        "atom": Wants.POSTED,
    }


def test_a_viewer_of_markdown_shows_hostile_titles_and_obeys_none():
    """What a real parser makes of the page: our own links and line breaks, and the titles letter for letter."""
    listed = in_sections(
        papers(authors=("<i>Ann</i> | [x](http://evil.example)",), comment="see https://a.example/<b>")
    )
    viewer = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    inline = [child for token in viewer.parse(the_list(listed)) for child in token.children or ()]
    assert {child.content for child in inline if child.type == "html_inline"} == {"<br>"}
    links = {child.attrGet("href") for child in inline if child.type == "link_open"}
    ours = {address for one in listed for address in (one.paper.abs_url, one.paper.pdf_url)}
    assert links == {*ours, "https://a.example/"}
    assert not {child.type for child in inline} & {"em_open", "strong_open", "s_open", "code_inline", "image"}
    told = [child.content for child in inline if child.type == "text"]
    assert {readable(one.paper.title) for one in listed} <= set(told)
