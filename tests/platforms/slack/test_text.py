"""Foreign text made to fit Slack."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.slack._text import fitted, split_at_channels, without_keys
from bot.text import units


@given(st.text(max_size=300), st.integers(1, 200))
def test_what_is_fitted_fits(text, limit):
    assert units(fitted(text, limit)) <= limit


@pytest.mark.parametrize("text", ["word " * 3000, "mixed 🐦 words " * 800, "🐦" * 4000, "x" * 9000])
@pytest.mark.parametrize("limit", [75, 600, 2000])
def test_what_is_cut_fills_the_room_it_has(text, limit):
    assert limit * 0.8 <= units(fitted(text, limit)) <= limit


def test_a_cut_falls_between_words():
    assert fitted("one two three", 9) == "one two…"


def test_only_whole_keys_are_channels():
    text = "slack-C0123456789: slack-c0123456789, myslack-C0123456789x and slack-G0123456789."
    assert [part for part, is_channel in split_at_channels(text) if is_channel] == ["C0123456789", "G0123456789"]
    assert without_keys("Topics of slack-C0123456789") == "Topics of this channel"
