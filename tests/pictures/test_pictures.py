"""The documentation's pictures: drawn from what was really posted, complete, and fetching nothing."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.pictures.draw import LIGHT, chat_svg
from tests.pictures.scenes import ROOT, on_terminal

PICTURES = sorted((ROOT / "docs" / "pictures").glob("*.svg"))
TRANSCRIPT = """#reading
09:00:01 paperlark APP
  ══ 🐦 Papers of Tue 6 May 2025: 1 of 1 relevant ══
    ↳ 09:00:02 paperlark APP
        2. Less & <less> ‹https://arxiv.org/abs/2505.00002›   PDF ‹https://arxiv.org/pdf/2505.00002›
        why: topic 5 +1.7
09:00:02 paperlark APP
  1. A title that goes on and on ‹https://arxiv.org/abs/2505.00001›
  [ 👍 ] [ Abstract ]
  👍 2 (ada, ben)
"""


def words(svg: str) -> str:
    return " ".join(text.strip() for text in ET.fromstring(svg).itertext() if text.strip())


def test_a_chat_is_drawn_with_everything_but_addresses_and_names():
    shown = words(chat_svg(TRANSCRIPT, "drawn by a test", LIGHT))
    for expected in (
        "#reading",
        "1 of 1 relevant",
        "2. Less & <less>",
        "why: topic 5 +1.7",
        "Abstract",
        "👍 2",
        "drawn by a test",
    ):
        assert expected in shown
    assert "arxiv.org" not in shown
    assert "ada" not in shown


def test_what_stands_in_a_thread_is_drawn_further_in():
    found = dict(re.findall(r'<text x="(\d+)"[^>]*>(\d\. )', chat_svg(TRANSCRIPT, "", LIGHT)))
    by_number = {number: int(x) for x, number in found.items()}
    assert by_number["2. "] > by_number["1. "]


async def test_the_terminals_picture_shows_the_second_morning_with_what_was_learned(tmp_path: Path):
    shown = words(await on_terminal(tmp_path)).replace("\xa0", " ")
    assert "Papers of Wed 7 May 2025" in shown
    assert "Papers of Tue 6 May 2025" not in shown
    assert "why: topic" in shown


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_whole_is_used_and_fetches_nothing(path: Path):
    svg = path.read_text(encoding="utf-8")
    assert "Papers of" in words(svg).replace("\xa0", " ")
    assert not re.search(r"url\(['\"]?http|href=", svg)
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    assert any(path.name in document.read_text(encoding="utf-8") for document in documents)
