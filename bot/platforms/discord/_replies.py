"""Answers as Discord shows them: messages that only the asker sees, and windows to write in. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import discord

from bot.models import Button, Form, Reply
from bot.platforms.discord._custom_ids import FORM, MOST, START, needs_footer, picked, picking
from bot.platforms.discord._messages import (
    COLOUR,
    MOST_CONTENT,
    MOST_IN_ALL,
    MOST_TEXT,
    Content,
    Item,
    button_rows,
    card_embed,
)
from bot.platforms.discord._text import fitted, link, linked, pieces, plain, quoted
from bot.text import units

TEXT = "text"
MOST_FORM = 4000
_MOST_WINDOW_TITLE = 45
_MOST_OPTION = 100
_MOST_CARDS = 10
_CARD_ROOM = 1200
_MOST_FOOTER = 2000
_FOOTER = "Asked: "


def contents(reply: Reply) -> list[Content]:
    """An answer in as many messages as it needs; buttons and file are on the last one."""
    messages = [_with_cards(reply)] if reply.cards else list(_in_pieces(reply))
    last = replace(messages[-1], rows=tuple(_rows(reply)), attachment=reply.attachment)
    return [*messages[:-1], _with_footer(last, reply)]


def argument_in(message: discord.Message) -> str:
    """The argument that stands in the footer of an answer, for its buttons."""
    texts = [embed.footer.text or "" for embed in message.embeds]
    return next((text.removeprefix(_FOOTER) for text in texts if text.startswith(_FOOTER)), "")


def about_paper(arxiv_id: str, label: str, custom_id: str) -> Content:
    """What can be done about a paper that was picked from a menu."""
    text = link(label, f"https://arxiv.org/abs/{arxiv_id}")
    buttons = (Button("Abstract", "abstract"), *picked(custom_id))
    return Content(text, rows=tuple(button_rows(buttons, arxiv_id)))


def form_window(form: Form) -> discord.ui.Modal:
    """A window with one text to edit; what it is about travels in it."""
    return _window(f"{FORM}|{form.name}|{form.argument}"[:MOST], form.title, form.label, form.text, form.most)


def topics_window() -> discord.ui.Modal:
    """A window for the topics a channel starts with."""
    return _window(START, "Start here", "Your topics, one a line", "", MOST_FORM, "1. Quantization of language models")


def _window(
    custom_id: str, title: str, label: str, text: str, most: int, example: str | None = None
) -> discord.ui.Modal:
    most = max(1, min(most, MOST_FORM))
    modal = discord.ui.Modal(title=plain(title, _MOST_WINDOW_TITLE) or "…", custom_id=custom_id, timeout=None)
    modal.add_item(
        discord.ui.TextInput(
            label=plain(label, _MOST_WINDOW_TITLE) or "…",
            custom_id=TEXT,
            style=discord.TextStyle.paragraph,
            default=text[:most] or None,
            placeholder=example,
            max_length=most,
            required=bool(example),
        )
    )
    modal.stop()  # discord.py need not remember it: what is sent says what it is about, also after a restart
    return modal


def _with_cards(reply: Reply) -> Content:
    cards = reply.cards[:_MOST_CARDS]
    left_out = len(reply.cards) - len(cards)
    lines = (*reply.lines, f"… and {left_out} more" if left_out else "")
    title = _title(reply.title)
    text = linked("\n".join(filter(None, lines)), MOST_CONTENT - units(title))
    room = min(_CARD_ROOM, (MOST_IN_ALL - _footer_room(reply)) // len(cards))
    embeds = tuple(card_embed(card, titled=True, room=room) for card in cards)
    return Content("\n".join(filter(None, (title, text))), embeds)


def _in_pieces(reply: Reply) -> Iterator[Content]:
    title = _title(reply.title)
    frames = [quoted(reply.verbatim, MOST_TEXT - 100)] if reply.verbatim else []
    texts = list(pieces("\n".join(line for line in reply.lines if line), MOST_TEXT - 100))
    if texts and frames and units(texts[-1]) + units(frames[0]) < MOST_IN_ALL - _footer_room(reply):
        *before, last = texts
        yield from (Content(title if not number else "", (_embed(text),)) for number, text in enumerate(before))
        yield Content("" if before else title, (_embed(last), _embed(frames[0])))
        return
    for number, text in enumerate([*texts, *frames]):
        yield Content("" if number else title, (_embed(text),))
    if not texts and not frames:
        yield Content(title)


def _rows(reply: Reply) -> list[tuple[Item, ...]]:
    cards = reply.cards[:_MOST_CARDS]
    rows: list[tuple[Item, ...]] = []
    if len(cards) == 1:
        rows += button_rows(reply.card_buttons, cards[0].arxiv_id, 2)
    elif cards and reply.card_buttons:
        titles = {card.arxiv_id: f"{card.position}. {card.title}" for card in cards}
        options = [
            discord.SelectOption(label=plain(title, _MOST_OPTION) or "…", value=arxiv_id)
            for arxiv_id, title in titles.items()
        ]
        menu: Item = discord.ui.Select(
            custom_id=picking(reply.card_buttons), placeholder="Read, vote, save or share one of them", options=options
        )
        rows.append((menu,))
    return rows + button_rows(reply.buttons, most=5 - len(rows))


def _footer_room(reply: Reply) -> int:
    """What the last message of an answer needs for its footer, which counts among all its embeds."""
    return _MOST_FOOTER if any(map(needs_footer, reply.buttons)) else 0


def _with_footer(content: Content, reply: Reply) -> Content:
    """Where a button's argument is too long for it, the message says it, and the button looks there."""
    argument = next((button.argument for button in reply.buttons if needs_footer(button)), "")
    if not argument:
        return content
    embeds = content.embeds or (discord.Embed(colour=COLOUR),)
    embeds[-1].set_footer(text=plain(f"{_FOOTER}{argument}", _MOST_FOOTER))
    return replace(content, embeds=embeds)


def _title(title: str) -> str:
    return f"**{fitted(title, MOST_CONTENT // 2) or '…'}**"


def _embed(text: str) -> discord.Embed:
    return discord.Embed(description=text, colour=COLOUR)
