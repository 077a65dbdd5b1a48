"""Lists of ids and addresses, one a line or many."""

from __future__ import annotations

import time

from bot.library import Fate, read_library
from tests.library.files import IDS


def test_ids_in_every_form_are_read_once():
    parsed = read_library(IDS.encode())
    assert parsed.format == "ids"
    assert [paper.arxiv_id for paper in parsed.importable] == [
        "2406.01032",
        "2406.02959",
        "hep-th/9901001",
        "2406.07017",
    ]
    assert parsed.importable[1].title == "with a title"
    assert parsed.importable[3].section == ("Pruning",)


def test_what_is_skipped_has_its_reason():
    fates = {line.number: (line.fate, line.text) for line in read_library(IDS.encode()).lines}
    assert fates[4] == (Fate.SKIPPED, "no arXiv id: nothing here")
    assert fates[5][0] is Fate.NO_ID
    assert fates[8] == (Fate.SKIPPED, "no arXiv id: 2024.12345"), "no month has the number 24"
    assert fates[9] == (Fate.AGAIN, "2406.01032: line 1 has it")


def test_a_list_inside_bullets_without_words_is_one_of_ids():
    parsed = read_library(b"- 2406.01032\n- https://arxiv.org/abs/2406.02959\n")
    assert [paper.arxiv_id for paper in parsed.importable] == ["2406.01032", "2406.02959"]


def test_many_headings_take_no_longer_than_many_lines():
    text = "\n".join(f"# t{n}" for n in range(20_000)).encode()
    since = time.perf_counter()
    assert read_library(text).importable == ()
    assert time.perf_counter() - since < 3.0
