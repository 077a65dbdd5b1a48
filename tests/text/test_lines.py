"""Text of several lines on its way into a chat."""

from __future__ import annotations

import pytest

from bot.text import clean_lines, split_at_addresses, units


def test_length_is_counted_in_utf_16_units():
    assert units("a€🐦") == 4


def test_lines_and_indents_stay_and_what_cannot_be_seen_goes():
    assert clean_lines("one\x00 \u202etwo\n  three\u200b\n") == "one two\n  three"


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("see https://arxiv.org/abs/2505.03801.", ["https://arxiv.org/abs/2505.03801"]),
        ("(https://a.example/x) and http://b.example", ["https://a.example/x", "http://b.example"]),
        ("no address, just http://", []),
        ("https://a.example/y<x>", ["https://a.example/y"]),
    ],
)
def test_addresses_are_found_without_what_follows_them(text, addresses):
    parts = list(split_at_addresses(text))
    assert [part for part, is_address in parts if is_address] == addresses
    assert "".join(part for part, _ in parts) == text
