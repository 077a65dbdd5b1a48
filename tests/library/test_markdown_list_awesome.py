"""Curated lists: rows and bullets with all that stands around a title."""

from __future__ import annotations

from datetime import date

from bot.library import Fate, read_library
from tests.library.files import AWESOME


def papers_of(text: str):
    return {paper.title: paper for paper in read_library(text.encode()).papers}


def test_a_row_gives_section_title_authors_badge_link_and_date():
    paper = papers_of(AWESOME)["Pruning | by half"]
    assert paper.arxiv_id == "2406.01032"
    assert paper.authors == ("Ada Lovelace", "Tim Rocktäschel"), "letters broken by a wrong encoding are repaired"
    assert paper.publication == "ICML'24"
    assert paper.link("github") == "https://github.com/ada/prune"
    assert paper.listed_on == date(2024, 6, 12)
    assert paper.sections == (("Pruning",), ("Quantization",)), "it stands twice and is one paper"


def test_a_badge_of_another_kind_is_a_tag():
    assert papers_of(AWESOME)["From theory to practice"].tags == ("w/Quantization",)


def test_a_date_without_year_is_the_first_one_after_the_id():
    assert papers_of(AWESOME)["Without a head"].listed_on == date(2024, 1, 5)


def test_a_table_without_head_and_a_bullet_are_read_too():
    found = papers_of(AWESOME)
    assert found["Without a head"].arxiv_id == "2312.14297"
    assert found["Without a head"].link("model") == "https://huggingface.co/x"
    assert found["As a bullet"].authors == ("Dan Poe", "Eve Loe")
    assert found["As a bullet"].link("code") == "https://github.com/dan/bullet"


def test_a_paper_that_links_elsewhere_is_named_and_not_importable():
    parsed = read_library(AWESOME.encode())
    (line,) = [one for one in parsed.lines if one.fate is Fate.NO_ID]
    assert "On another site" in line.text
    assert len(parsed.importable) == 4


def test_sections_with_papers_are_the_topics():
    parsed = read_library(AWESOME.encode())
    assert (parsed.format, parsed.title) == ("awesome", "Awesome-Efficient-Things")
    assert [branch.title for branch in parsed.branches] == ["Pruning", "Quantization"]


def test_every_line_has_one_note_and_a_reason_where_it_was_skipped():
    parsed = read_library(AWESOME.encode())
    written = [n for n, line in enumerate(AWESOME.split("\n"), start=1) if line.strip()]
    assert [line.number for line in parsed.lines] == written
    assert all(line.text for line in parsed.lines if line.fate is Fate.SKIPPED)
    reasons = {line.number: line.text for line in parsed.lines if line.fate is Fate.SKIPPED}
    assert reasons[5].startswith("a link within the list's own pages")


def test_brackets_left_over_between_links_are_no_note():
    text = "## A\n- **Title** [[Paper](https://arxiv.org/abs/2406.01032)] [[Code](https://github.com/a/b)]\n"
    (paper,) = read_library(text.encode()).papers
    assert (paper.title, paper.note) == ("Title", "")
