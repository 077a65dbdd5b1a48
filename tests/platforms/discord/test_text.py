"""Foreign text shown as it stands, and people's text read as they meant it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.discord._text import as_typed, escaped, fitted, link, linked, pieces, plain, quoted, unescaped
from bot.text import units
from tests.loopback.discord.markdown import markdown


class Everybody:
    """Says what is a mention."""

    def user(self, number: str) -> str:
        return f"⟦{number}⟧"

    role = channel = everyone = user


SIGNS = st.text(alphabet="ab *_~`|<>[]()#-+.:/\\@&!?1\nédiscordgg", max_size=60)


@pytest.mark.parametrize(
    "text",
    [
        "@everyone @here <@1> <@&2> <#3>",
        "*b* **b** _i_ __u__ ~~s~~ `c` ||spoiler||",
        "# heading\n- point\n1. one\n> quote\n-# small",
        "[click](https://evil.example) https://evil.example discord.gg/evil",
        ":smile: <:party:123456789012345678>",
        "```\ncode\n```",
        "a\\*b",
    ],
)
def test_nothing_in_foreign_text_does_anything(text):
    shown = markdown(escaped(text), Everybody())
    assert "⟦" not in shown
    assert "‹" not in shown
    assert shown.replace("\u200b", "").replace("\\", "") == text.replace("\\", "")


@given(SIGNS)
def test_escaping_can_be_undone(text):
    assert unescaped(escaped(text)) == text.replace("\u200b", "")


@given(st.text(max_size=300), st.integers(1, 200))
def test_what_is_fitted_fits(text, limit):
    for fit in (fitted, linked, plain):
        assert units(fit(text, limit)) <= limit


@given(st.text(max_size=400), st.integers(50, 300))
def test_pieces_fit_and_leave_nothing_out(text, limit):
    found = list(pieces(text, limit))
    assert all(units(piece) <= limit for piece in found)


def test_an_address_in_a_line_can_be_clicked():
    assert linked("see https://arxiv.org/abs/2505.03801 (ours)", 200).startswith("see https://arxiv.org/abs/2505.03801")


def test_a_link_has_a_foreign_label_and_a_sound_address():
    assert link("A [B](c)", "https://arxiv.org/abs/1") == "[A \\[B\\](c)](https://arxiv.org/abs/1)"
    assert link("A", "javascript:alert(1)") == "A"


def test_a_frame_cannot_be_left():
    assert quoted("a```b", 100) == "```\na''b\n```"


def test_the_key_of_a_channel_started_in_chat_is_shown_as_its_name():
    assert escaped("Topics of discord-1369977126974914565") == "Topics of <#1369977126974914565>"
    assert plain("Topic 2 of discord-1369977126974914565", 45) == "Topic 2 of this channel"


def test_what_people_say_is_read_without_mentions_and_with_names_of_emoji():
    said = "<@123456789012345678>  kv   cache <:party:123456789012345678> </papers ask:123456789012345678>"
    assert as_typed(said) == "kv cache :party:"


@pytest.mark.parametrize(
    "text", ["a\n" * 50_000, "\n" * 1000 + "# heading\n", ("\n" * 1000 + "# heading\n") * 20, "1" * 50_000]
)
@pytest.mark.timeout(20)
def test_many_short_or_empty_lines_are_broken_into_pieces_quickly(text):
    assert all(units(piece) <= 2000 for piece in pieces(text, 2000))
    escaped("\n" * 50_000)


@pytest.mark.parametrize("text", ["word " * 3000, "wörter_und *Zeichen* " * 800, "🐦" * 4000, "x" * 9000])
@pytest.mark.parametrize("limit", [80, 800, 1900])
def test_what_is_cut_fills_the_room_it_has(text, limit):
    assert limit * 0.8 <= units(fitted(text, limit)) <= limit
