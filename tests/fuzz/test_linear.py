"""A sample of what `python -m tests.prove linear` measures, and that it can tell."""

from __future__ import annotations

import re

import pytest

from tests.fuzz.linear import TAKERS, measure
from tests.fuzz.parsers import PARSERS, Parser


@pytest.mark.parametrize("name", ["a model's words", "ids", "typed lines", "LLM scores"])
@pytest.mark.parametrize("unit", [" ", "> ", "[1 ", "a_"])
def test_twice_the_text_takes_about_twice_the_time(name, unit):
    measured = measure(name, unit)
    assert measured.is_linear, measured


def test_a_quadratic_pattern_is_noticed(monkeypatch):
    pattern = re.compile(r"a*b")

    def take(text: str) -> None:
        pattern.search(text)

    slow = Parser(take, PARSERS["people"].given)
    monkeypatch.setitem(TAKERS, "slow", slow)
    assert not measure("slow", "a").is_linear
