"""Posts and answers within Discord's limits, whatever the paper says."""

import discord
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.models import Attachment, Button, Form, Post, PostRole, Reply
from bot.platforms.discord._messages import Content, of_post
from bot.platforms.discord._replies import contents, form_window, topics_window
from bot.text import units
from tests.platforms.posts import a_card, a_key

TEXT = st.builds(
    str.__mul__,
    st.one_of(st.text(max_size=8), st.text("<@*_`~|[]\n", max_size=6), st.just("word ")),
    st.sampled_from([0, 1, 40, 300, 2000]),
)
CARDS = st.builds(
    a_card, title=TEXT, authors=TEXT, comment=TEXT, why=TEXT, verdict=TEXT, marks=st.tuples(TEXT), categories=TEXT
)
BUTTONS = st.lists(
    st.builds(Button, label=st.text(max_size=100), name=st.just("ask"), argument=TEXT, page=st.integers(1, 9)),
    max_size=30,
).map(tuple)


def check(content: Content) -> None:
    """What Discord would refuse of a message."""
    assert content.text or content.embeds or content.attachment
    assert units(content.text) <= 2000
    assert len(content.embeds) <= 10
    assert sum(map(size, content.embeds)) <= 6000
    for embed in content.embeds:
        assert units(embed.title or "") <= 256
        assert units(embed.description or "") <= 4096
        assert units(embed.footer.text or "") <= 2048
    assert len(content.rows) <= 5
    custom_ids = []
    for row in content.rows:
        assert 1 <= len(row) <= 5
        for item in row:
            custom_ids.append(item.custom_id)
            assert 1 <= len(item.custom_id) <= 100
            if isinstance(item, discord.ui.Button):
                assert 1 <= units(item.label) <= 80
            else:
                assert len(row) == 1
                assert 1 <= len(item.options) <= 25
                assert all(1 <= units(option.label) <= 100 for option in item.options)
    assert len(set(custom_ids)) == len(custom_ids)
    assert not content.rows or content.view().to_components()


def size(embed: discord.Embed) -> int:
    return sum(units(part or "") for part in (embed.title, embed.description, embed.footer.text, embed.author.name))


@settings(max_examples=60)
@given(CARDS)
def test_every_paper_fits_a_message(card):
    check(of_post(Post(PostRole.PAPER, card.title, card.title, card=card, votable=True), a_key()))


@settings(max_examples=40)
@given(TEXT, st.lists(TEXT, max_size=60).map(tuple), st.sampled_from([PostRole.HEADER, PostRole.NOTE, PostRole.NOTICE]))
def test_every_header_and_note_fits_a_message(title, lines, role):
    check(of_post(Post(role, title, title, lines), a_key("how-to-start-1", 0, role)))


@settings(max_examples=60)
@example(
    Reply(
        title="",
        lines=("word " * 2000,),
        buttons=(Button(label="", name="ask", argument="0" * 2000, page=1),),
        verbatim="x" * 3000,
    )
)
@example(Reply(title="t" * 5000, lines=("@" * 9000,), buttons=(Button("b", "ask", "_" * 3000),), verbatim="`" * 9000))
@given(
    st.builds(
        Reply,
        title=TEXT,
        lines=st.lists(TEXT, max_size=40).map(tuple),
        cards=st.lists(CARDS, max_size=12).map(tuple),
        buttons=BUTTONS,
        card_buttons=BUTTONS,
        attachment=st.sampled_from([None, Attachment("a.bib", b"x")]),
        verbatim=TEXT,
    )
)
def test_every_answer_fits_its_messages(reply):
    for content in contents(reply):
        check(content)


@given(st.builds(Form, name=TEXT, argument=TEXT, title=TEXT, label=TEXT, text=TEXT, most=st.integers(1, 9000)))
@settings(max_examples=30)
def test_every_window_is_one_that_discord_opens(form):
    for window in (form_window(form), topics_window()):
        shown = window.to_dict()
        assert 1 <= units(shown["title"]) <= 45
        assert 1 <= len(shown["custom_id"]) <= 100
        (field,) = shown["components"][0]["components"]
        assert 1 <= units(field["label"]) <= 45
        assert 1 <= field["max_length"] <= 4000
        assert len(field.get("value") or "") <= field["max_length"]


def test_a_card_without_extras_shows_no_empty_lines():
    card = a_card(comment="", why="", pdf_url=None, marks=())
    (embed,) = of_post(Post(PostRole.PAPER, "x", card=card, votable=True), a_key()).embeds
    assert embed.description == "C. Zhou · cs.LG\nrelevance 10 · novelty 8"


@pytest.mark.parametrize("long", ["🐦" * 3000, "word " * 3000, "_*" * 3000, "👩‍👩‍👧‍👦 " * 900])
@pytest.mark.parametrize("count", [1, 5, 10])
def test_ten_endless_papers_fit_a_message_and_each_is_still_told_of(long, count):
    card = a_card(title=long, authors=long, categories=long, verdict=long, comment=long, why=long)
    for buttons in ((), (Button("More", "ask", "q" * 900, page=2),)):
        (content,) = contents(Reply(long, (long,), cards=(card,) * count, buttons=buttons))
        check(content)
        assert all(units(embed.description or "") > 100 for embed in content.embeds)
