"""What buttons carry, within 100 characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Button, PostKey, PostRole
from bot.platforms.discord._custom_ids import (
    OF,
    START,
    UP,
    TooLong,
    asked,
    asking,
    carrying,
    compact,
    expanded,
    key_in,
    key_of,
    needs_footer,
    picked,
    picking,
)

NAMES = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789_-", min_size=1, max_size=40)
KEYS = st.builds(
    PostKey, NAMES, st.integers(0, 10**6), st.sampled_from(PostRole), st.sampled_from(["", "2505.03801", "cs/0112017"])
)


@given(KEYS)
def test_a_key_comes_back_as_it_was(key):
    assert expanded(compact(key)) == key
    assert key_in(carrying(UP, key)) == key
    assert key_in(carrying(OF, key, "topics")) == key
    assert key_in(carrying(START, key)) == key


@pytest.mark.parametrize(
    "text", ["", "up", "up|", "up|a/b/c/d", "ask|why|2505.03801|1|", "start", "up|a/1/x/y", "|", "of|x"]
)
def test_what_is_no_key_is_none(text):
    assert key_in(text) is None


def test_every_paper_of_a_channel_with_the_longest_name_fits():
    key = PostKey("c" * 40, 99999, PostRole.PAPER, "astro-ph/0601001")
    assert len(carrying("down", key)) <= 100


def test_a_key_that_does_not_fit_is_said():
    with pytest.raises(TooLong, match="100 characters"):
        carrying(UP, PostKey("c" * 60, 1, PostRole.PAPER, "s" * 60))


@given(
    st.builds(
        Button,
        label=st.just("x"),
        name=st.sampled_from(["ask", "topic form", "why"]),
        argument=st.text(max_size=150),
        arxiv_id=st.sampled_from([None, "2505.03801"]),
        page=st.integers(1, 50),
    )
)
def test_a_request_comes_back_unless_its_argument_is_too_long(button):
    custom_id = asking(button)
    assert len(custom_id) <= 100
    found = asked(custom_id)
    assert (found.name, found.arxiv_id, found.page) == (button.name, button.arxiv_id, button.page)
    assert found.in_footer is needs_footer(button)
    assert found.in_footer or found.argument == button.argument


def test_a_menu_offers_what_it_was_made_of():
    buttons = (Button("👍", "like"), Button("Save", "save"), Button("Share", "share"))
    assert picked(picking(buttons)) == buttons
    assert len(picking([Button("x" * 40, "y" * 40)] * 5)) <= 100


def test_a_message_of_somebody_else_has_no_key():
    assert key_of({}) is None
    assert key_of({"components": [{"type": 1, "components": [{"type": 2, "url": "https://x"}]}]}) is None


def test_an_argument_of_several_lines_stands_in_the_footer_and_in_no_button():
    button = Button("More", "ask", "first\nsecond")
    assert needs_footer(button)
    assert "\n" not in asking(button)
