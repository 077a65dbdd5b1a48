"""Answers as Slack shows them: a message only the asker sees, or a window. Pure."""

from __future__ import annotations

import json
from typing import Any

from bot.models import Form, Reply
from bot.platforms.slack._blocks import (
    Block,
    button_rows,
    card_blocks,
    headline,
    notification,
    paragraph,
    plain,
    preformatted,
    within_limits,
)
from bot.platforms.slack._text import fitted, pieces

FORM = "form"
_MOST_PIECE = 2900
_MOST_VIEW_BLOCKS = 100
_MOST_VIEW_CHARACTERS = 60_000
_MOST_WINDOW_TITLE = 24
_MOST_WINDOW_LABEL = 2000
_MOST_FORM_TEXT = 3000
_MOST_FORM_ARGUMENT = 900


def answer(reply: Reply) -> dict[str, Any]:
    """The text and blocks of an answer."""
    blocks = [headline(reply.title, _MOST_PIECE), *_body(reply)]
    return {"text": notification("\n".join((reply.title, *reply.lines))), "blocks": within_limits(blocks)}


def short(reply: Reply) -> dict[str, Any]:
    """An answer that follows another one: its title and lines without papers and buttons."""
    return answer(Reply(title=reply.title, lines=reply.lines))


def window(title: str, reply: Reply) -> dict[str, Any]:
    """A modal that shows all of an answer, however long."""
    blocks = within_limits(
        [headline(reply.title, _MOST_PIECE), *_body(reply)], _MOST_VIEW_BLOCKS, _MOST_VIEW_CHARACTERS
    )
    return _modal(title, blocks)


def waiting_window(title: str) -> dict[str, Any]:
    """A modal that stands there until its content is known."""
    return _modal(title, [paragraph("One moment …")])


def form_window(form: Form, channel_id: str) -> dict[str, Any]:
    """A modal with one text to edit; what it is about travels in it."""
    argument = fitted(form.argument, _MOST_FORM_ARGUMENT)
    most = max(1, min(form.most, _MOST_FORM_TEXT))
    element: Block = {"type": "plain_text_input", "action_id": FORM, "multiline": True, "max_length": most}
    if form.text:
        element["initial_value"] = fitted(form.text, most)
    # Optional, since an empty text means something, and Slack sends no other one off empty.
    field = {
        "type": "input",
        "block_id": FORM,
        "label": plain(form.label, _MOST_WINDOW_LABEL),
        "element": element,
        "optional": True,
    }
    about = json.dumps({"name": form.name, "argument": argument, "channel_id": channel_id}, ensure_ascii=False)
    return {
        **_modal(form.title, [field]),
        "callback_id": FORM,
        "submit": plain("Save", _MOST_WINDOW_TITLE),
        "private_metadata": about,
    }


def _body(reply: Reply) -> list[Block]:
    blocks = [paragraph(piece) for piece in pieces("\n".join(line for line in reply.lines if line), _MOST_PIECE)]
    for card in reply.cards:
        blocks += card_blocks(card)
        blocks += button_rows(reply.card_buttons, card.arxiv_id)
    if reply.verbatim:
        blocks += [preformatted(piece) for piece in pieces(reply.verbatim, _MOST_PIECE)]
    return [*blocks, *button_rows(reply.buttons)]


def _modal(title: str, blocks: list[Block]) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": plain(title, _MOST_WINDOW_TITLE),
        "close": plain("Close", _MOST_WINDOW_TITLE),
        "blocks": blocks,
    }
