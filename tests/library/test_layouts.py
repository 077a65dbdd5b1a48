"""Lists in forty layouts: every id, and all but a few titles and sections."""

from __future__ import annotations

import pytest

from bot.library import read_library
from tests.library.layouts import LAYOUTS, PAPERS


def test_there_are_forty_layouts():
    assert len(LAYOUTS) >= 40


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_id_of_a_layout_is_read_and_no_other(layout):
    parsed = read_library(LAYOUTS[layout].encode())
    assert [one.arxiv_id for one in parsed.importable] == [one.id for one in PAPERS]


def test_titles_and_sections_are_read_in_nearly_all():
    wrong: list[str] = []
    n_titles = n_sections = 0
    for name, text in LAYOUTS.items():
        found = {one.arxiv_id: one for one in read_library(text.encode()).importable}
        for paper in PAPERS:
            one = found[paper.id]
            n_titles += one.title == paper.title
            n_sections += one.section == (paper.section,)
            if one.title != paper.title or one.section != (paper.section,):
                wrong.append(f"{name}: {one.title!r} in {one.section}")
    total = len(LAYOUTS) * len(PAPERS)
    assert n_titles >= 0.98 * total, "\n".join(wrong)
    assert n_sections >= 0.95 * total, "\n".join(wrong)
