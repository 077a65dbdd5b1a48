"""BibTeX libraries: an id in whichever field it stands, names, groups, broken entries."""

from __future__ import annotations

import logging

from bot.library import Fate, read_library
from tests.library.files import BIBTEX


def entries():
    return {paper.title: paper for paper in read_library(BIBTEX.encode()).papers}


def test_the_id_is_found_wherever_it_stands():
    found = {title: paper.arxiv_id for title, paper in entries().items()}
    assert found == {
        "Attention Is All You Need": "1706.03762",
        "LoRA": "2106.09685",
        "Old": "astro-ph/0601001",
        "By DOI": "2404.02575",
        "By address": "2403.13372",
        "Elsewhere": "",
    }


def test_names_groups_and_venue():
    found = entries()
    assert found["Attention Is All You Need"].authors == ("Ashish Vaswani", "Noam Shazeer")
    assert found["LoRA"].authors == ("Pietro Liò",)
    assert found["LoRA"].sections == (("Tuning",), ("Adapters",))
    assert found["LoRA"].publication == "ICLR 2022"
    assert [branch.title for branch in read_library(BIBTEX.encode()).branches] == ["Tuning", "Adapters"]


def test_a_broken_entry_is_told_and_costs_no_other(caplog):
    with caplog.at_level(logging.WARNING):
        parsed = read_library(BIBTEX.encode())
    assert "broken entry" in parsed.lines[-1].text
    assert not caplog.records
    assert parsed.count(Fate.NO_ID) == 1
    (again,) = [line for line in parsed.lines if line.fate is Fate.AGAIN]
    assert again.text.startswith("2106.09685")


def test_a_number_in_a_note_is_no_id():
    (paper,) = read_library(b"@misc{a, title={T}, note={2406.01032 citations}, year={2020}}").papers
    assert paper.arxiv_id == ""
