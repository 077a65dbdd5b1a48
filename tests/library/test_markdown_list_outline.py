"""Outlines: nested topics with papers as leaves."""

from __future__ import annotations

from bot.library import Fate, read_library
from tests.library.files import OUTLINE


def test_the_tree_has_its_leaves_and_each_paper_once():
    parsed = read_library(OUTLINE.encode())
    assert parsed.format == "outline"
    titles = {index: branch.title for index, branch in enumerate(parsed.branches)}
    seen = [(titles.get(branch.parent), branch.title) for branch in parsed.branches]
    assert seen == [
        (None, "Tuning"),
        ("Tuning", "Adapters"),
        ("Adapters", "LoRA"),
        ("Adapters", "ReFT"),
        ("Adapters", "On a blog"),
        (None, "Serving"),
        ("Serving", "Kangaroo"),
        ("Serving", "overview paper"),
        (None, "Other"),
    ]
    ids = [branch.arxiv_id for branch in parsed.branches if branch.arxiv_id]
    assert sorted(ids) == ["2404.03592", "2404.07503", "2404.18911"]


def test_a_paper_listed_twice_has_both_sections():
    parsed = read_library(OUTLINE.encode())
    (paper,) = [one for one in parsed.papers if one.arxiv_id == "2404.03592"]
    assert paper.sections == (("Tuning", "Adapters"), ("Serving",))


def test_the_same_list_a_second_time_adds_nothing():
    first = OUTLINE.split("\nOther")[0]
    assert read_library(OUTLINE.encode()).importable == read_library(first.encode()).importable


def test_links_that_are_no_papers_of_arxiv_stay_in_the_tree_and_are_told():
    parsed = read_library(OUTLINE.encode())
    assert parsed.count(Fate.NO_ID) == 1
    (blog,) = [branch for branch in parsed.branches if branch.url.startswith("https://blog")]
    assert blog.is_paper
    assert not blog.arxiv_id
