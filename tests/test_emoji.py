"""bot.emoji: one spelling for every emoji."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.emoji import EVERYDAY, normalise, slack_names, typed


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ("👍", "👍"),
        ("👍🏽", "👍"),
        ("+1", "👍"),
        ("+1::skin-tone-2", "👍"),
        (":+1::skin-tone-6:", "👍"),
        ("thumbsup", "👍"),
        (":thumbsdown:", "👎"),
        ("-1", "👎"),
        ("❤", "❤️"),
        ("❤️", "❤️"),
        ("❤\ufe0e", "❤️"),
        ("heart", "❤️"),
        ("HEART", "❤️"),
        ("⭐\ufe0f", "⭐"),
        ("ℹ", "ℹ️"),
        ("1️⃣", "1️⃣"),
        ("🇩🇪", "🇩🇪"),
        ("👩🏽‍💻", "👩‍💻"),
        ("🏳️‍🌈", "🏳️‍🌈"),
        ("people_holding_hands::skin-tone-2-3", "🧑‍🤝‍🧑"),
        ("partyparrot", ":partyparrot:"),
        (":partyparrot:", ":partyparrot:"),
        ("raised_hand_custom::skin-tone-3", ":raised_hand_custom:"),
        ("<:party:1234>", ":party:"),
        ("<a:party:1234>", ":party:"),
        ("<:fire:1234>", "🔥"),
        ("了解", ":了解:"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_what_platforms_report_has_one_spelling(reported, expected):
    assert normalise(reported) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+1", "👍"),
        ("👎🏿", "👎"),
        ("❤", "❤️"),
        ("fire", "🔥"),
        (":fire:", "🔥"),
        (":my_emoji:", ":my_emoji:"),
        ("my_emoji", None),
        ("3", None),
        ("100", None),
        (":100:", "💯"),
        ("why", None),
        ("robot", None),
        (":robot_face:", "🤖"),
        ("t-rex", None),
        ("next", None),
        ("::", None),
        (":a b:", None),
        ("", None),
        ("👍3", None),
    ],
)
def test_a_typed_word_is_an_emoji_only_if_it_surely_is_one(text, expected):
    assert typed(text) == expected


def test_every_name_of_slack_and_its_picture_are_one_emoji():
    """Slack sends the name, with or without a skin tone, Discord the picture, with or without its selector."""
    assert len(slack_names()) > 1900
    for name, picture in slack_names().items():
        reported = {name, f":{name}:", f"{name}::skin-tone-3", picture, picture.replace("\ufe0f", "")}
        assert {normalise(one) for one in reported} == {picture}, name


def test_every_everyday_word_is_an_emoji():
    assert [word for word in EVERYDAY if typed(word) is None] == []


@given(st.text(max_size=300))
@example("[[[## 👍🏽")
@example("thumbs 🏽up")
def test_normalising_twice_changes_nothing(text):
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(max_size=300))
def test_a_normalised_emoji_is_one_short_word(text):
    emoji = normalise(text)
    assert len(emoji) <= 102
    assert len(emoji.split()) <= 1
    assert not any(ord(char) < 32 for char in emoji)


@given(st.text(max_size=50))
def test_what_was_typed_and_what_is_reported_agree(text):
    if (emoji := typed(text)) is not None:
        assert emoji == normalise(text)
