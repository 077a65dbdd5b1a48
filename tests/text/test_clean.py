"""bot.text.clean: one line, cut to a length."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import cut, one_line, whole

ANY = st.text(st.characters(), max_size=60)
NASTY = st.lists(
    st.sampled_from(
        [
            *"ab \n\t\x00é",
            "e\u0301",
            "\u202e",
            "\u2066",
            "\u200b",
            "\u200d",
            "\u200c",
            "\ud800",
            "\udc00",
            "\U0001f468",
            "\U0001f1e9",
            "\u0316",
            "\ufeff",
            "字",
            "\u2028",
            "\U000e0041",
            "\u212a",
            "م",
        ]
    ),
    max_size=40,
).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two\nlines\tand\r\n\x0bmore", "two lines and more"),
        ("a\u00a0b\u3000c\u2028d\x85e", "a b c d e"),
        ("nul\x00and\x1b[31mred", "nul and [31mred"),
        ("\u202egnp.exe\u202c \u2066x\u2069 \u200fy", "gnp.exe x y"),
        ("zero\u200bwidth\ufeff so\u00adft \u2060", "zerowidth soft"),
        ("hidden\U000e0049\U000e0067 tags", "hidden tags"),
        ("e\u0301\u0301", "é\u0301"),
        ("\ud83d\ude00 pair, \ud800 lone", "😀 pair, \ufffd lone"),
        ("na\u200dive", "naive"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("  \n ", ""),
        ("", ""),
    ],
)
def test_one_line_keeps_what_readers_see_and_nothing_else(text, expected):
    assert one_line(text) == expected


def test_stacked_marks_are_limited():
    """Vandalised letters stay letters, and normalising them stays fast."""
    assert len(one_line("z" + "\u0301\u0316" * 500_000)) < 12


@given(st.one_of(ANY, NASTY))
def test_one_line_of_anything_is_clean_and_stays_as_it_is(text):
    line = one_line(text)
    assert line == one_line(line)
    assert unicodedata.is_normalized("NFC", line)
    assert line.encode("utf-8").decode("utf-8") == line
    assert "  " not in line
    assert not any(unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"} for char in line)
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff")


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 5, "short"),
        ("one two three", 9, "one two…"),
        ("one two three", 8, "one two…"),
        ("one, two three", 6, "one…"),
        ("a verylongwordthatneverends", 12, "a verylongw…"),
        ("abcdef", 3, "ab…"),
        ("abcdef", 1, "…"),
        ("abcdef", 0, ""),
        ("abcdef", -4, ""),
        ("漢字漢字漢字", 4, "漢字漢…"),
        ("nai\u0308ve", 4, "na…"),
        ("👨\u200d👩\u200d👧 family", 4, "…"),
        ("👨\u200d👩\u200d👧 family", 8, "👨\u200d👩\u200d👧…"),
        ("🇩🇪🇫🇷🇮🇹", 4, "🇩🇪…"),
        ("👍🏽👍🏽👍🏽", 4, "👍🏽…"),
    ],
)
def test_cut_ends_between_words_and_never_inside_a_character(text, limit, expected):
    assert cut(text, limit) == expected


def test_cut_takes_another_ellipsis():
    assert cut("one two three", 9, " (more)") == "on (more)"


@given(st.one_of(ANY, NASTY), st.integers(-2, 50), st.sampled_from(["…", "", "...", " [more]"]))
def test_cut_never_exceeds_its_limit_and_keeps_the_beginning(text, limit, ellipsis):
    result = cut(text, limit, ellipsis)
    assert len(result) <= max(0, limit)
    if len(text) <= limit:
        assert result == text
    elif limit > len(ellipsis):
        assert result.endswith(ellipsis)
        assert text.startswith(result[: len(result) - len(ellipsis)])


@pytest.mark.parametrize("unit", ["word ", "e\u0301", "\u200d", "🇩", "\n", "x", "\u0301\u0316"])
def test_five_million_characters_are_read_in_one_pass(unit):
    text = unit * (5_000_000 // len(unit))
    assert len(cut(one_line(text), 1000)) <= 1000
    assert len(cut(text, 1000)) <= 1000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain ü", "plain ü"),
        ("a\ud800b", "a\ufffdb"),
        ("\ud83d\ude00", "😀"),
        ("\udc00\ud800", "\ufffd\ufffd"),
        ("", ""),
    ],
)
def test_halves_of_characters_are_joined_or_replaced(text, expected):
    assert whole(text) == expected
    whole(text).encode()
