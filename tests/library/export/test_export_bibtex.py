"""Papers as BibTeX, read by a library of its own."""

from __future__ import annotations

import logging
import re

import pytest
from bibtexparser import parse_string

from bot.library import read_library
from bot.library.export import EXPORTS, Listed
from tests.builders import a_paper
from tests.library.export.samples import HOSTILE, collected, papers


def written(some):
    return EXPORTS["bibtex"]().write(collected([Listed(paper) for paper in some]))


def entries(text):
    logging.getLogger("bibtexparser").setLevel(logging.ERROR)
    library = parse_string(text)
    assert library.failed_blocks == []
    return library.entries


def test_every_entry_is_valid_and_keyed_by_its_id():
    some = papers()
    found = entries(written(some))
    assert [entry.key for entry in found] == [f"arXiv:{paper.arxiv_id}" for paper in some]
    assert {entry.entry_type for entry in found} == {"misc"}


def test_the_fields_say_what_arxiv_says():
    (entry,) = entries(written([a_paper(title="On Li\\`o and 5% of a_b", authors=("Pietro Liò", "Barnes and Noble"))]))
    assert {field.key: field.value for field in entry.fields} == {
        "title": "{On Li\\`o and 5\\% of a\\_b}",
        "author": "Pietro Li{\\`o} and {Barnes and Noble}",
        "year": "2025",
        "eprint": "2505.03801",
        "archivePrefix": "arXiv",
        "primaryClass": "cs.CL",
        "url": "https://arxiv.org/abs/2505.03801",
    }


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_leaves_its_field_or_means_something_to_latex(title):
    (entry,) = entries(written([a_paper(title=title)]))
    value = entry["title"]
    depth = 0
    for char in re.sub(r"\\[{}]", "", value):
        depth += (char == "{") - (char == "}")
        assert depth >= 0
    assert depth == 0
    outside = re.sub(r"\$[^$]*\$", "", value)
    assert not re.search(r"(?<!\\)[#%&_]", outside)


def test_the_same_papers_give_the_same_file():
    assert written(papers()) == written(papers())
    assert written([*papers(), *papers()]) == written(papers())


def test_the_importer_finds_every_paper_again():
    some = papers()
    found = read_library(written(some).encode("utf-8", "replace"))
    assert (found.format, [one.arxiv_id for one in found.papers]) == ("bibtex", [paper.arxiv_id for paper in some])


def test_no_papers_make_an_empty_file():
    assert written([]) == ""


@pytest.mark.parametrize(
    "title", ["ends in a break \\\\", "\\\\", "a \\\\{b}", "a \\\\\\{b\\}", "{a \\\\} b", "$x \\\\{y}$"]
)
def test_a_line_break_beside_a_brace_swallows_no_entry(title):
    some = [a_paper("2505.03801", title=title), a_paper("2505.03802")]
    assert [entry.key for entry in entries(written(some))] == ["arXiv:2505.03801", "arXiv:2505.03802"]


@pytest.mark.parametrize(
    ("title", "latex"),
    [
        (r"a \backslash and \alpha outside", r"a \ensuremath{\backslash} and \ensuremath{\alpha} outside"),
        (r"\mathcal{O}(n) of $\mathcal{O}(n)$", r"\ensuremath{\mathcal{O}}(n) of $\mathcal{O}(n)$"),
        (r"about ~100 and x^2", r"about \textasciitilde{}100 and x\textasciicircum{}2"),
        (r"an \unheardof macro", r"an \textbackslash{}unheardof macro"),
        (r"\emph{as it is} and \L{}ukasz", r"\emph{as it is} and \L{}ukasz"),
    ],
)
def test_a_macro_of_formulas_or_of_nobody_stops_no_latex(title, latex):
    (entry,) = entries(written([a_paper(title=title)]))
    assert entry["title"] == f"{{{latex}}}"
