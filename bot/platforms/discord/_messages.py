"""Posts as Discord's messages: pure, within every limit, and without a character that Discord would read as mark-up.

The title is the message's content, since that is what a notification shows; what else there is stands in an embed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import discord

from bot.models import HOW_TO_START, Attachment, Button, PaperCard, Post, PostKey, PostRole
from bot.platforms.discord._custom_ids import DOWN, OF, START, UP, VOTES, asking, carrying
from bot.platforms.discord._text import fitted, is_address, linked, plain
from bot.text import units

COLOUR = discord.Colour(0x1B7F5C)
MOST_CONTENT = 1900
MOST_TEXT = 4000  # an embed's description holds 4096
MOST_IN_ALL = 5800  # all embeds of a message hold 6000
MOST_LABEL = 80
_MOST_LINE = 1000
_BYLINE, _PDF, _VERDICT, _COMMENT, _WHY = 0.2, 0.15, 0.15, 0.3, 0.15  # shares of a card's room
_CARD_ROOM = 3000
_BUTTONS_A_ROW = 5
_MOST_ROWS = 5

Item = discord.ui.Button[discord.ui.View] | discord.ui.Select[discord.ui.View]

_HEADER_ASKS = (Button("Topics", "topics"), Button("Stats", "stats"), Button("Saved", "saved"), Button("Help", "help"))
_PAPER_ASKS = (Button("Abstract", "abstract"), Button("Why", "why"), Button("Similar", "similar"))
_HOW = "Keep the reply's @ on, since I see only what is meant for me; or press the button below, or use /papers start."


@dataclass(frozen=True, slots=True)
class Content:
    """One message of Discord."""

    text: str = ""
    embeds: tuple[discord.Embed, ...] = ()
    rows: tuple[tuple[Item, ...], ...] = ()
    attachment: Attachment | None = None

    def view(self) -> discord.ui.View:
        """The buttons, as discord.py sends them. It need not remember them: what they carry says what they do."""
        view = discord.ui.View(timeout=None)
        for number, row in enumerate(self.rows):
            for item in row:
                item.row = number
                view.add_item(item)
        view.stop()
        return view


def of_post(post: Post, key: PostKey) -> Content:
    """The message of this post; its key travels in a button.

    Raises:
        TooLong: no button can carry the key.
    """
    if post.card is not None:
        asks = [_ask(button, post.card.arxiv_id) for button in _PAPER_ASKS]
        votes = [_button(VOTES[kind], carrying(kind, key)) for kind in (UP, DOWN)]
        row = [*votes, *asks] if post.votable else _carriers(key)
        return Content(card_title(post.card), (card_embed(post.card),), (tuple(row),))
    lines = (*post.lines, _HOW) if _asks_for_topics(key) else post.lines
    title = fitted(post.title or post.text, MOST_CONTENT) or "Paperlark"
    embeds = [text_embed(lines)] if any(line.strip() for line in lines) else []
    return Content(title, tuple(embeds), (tuple(_carriers(key)),))


def card_title(card: PaperCard) -> str:
    """A paper's place and title."""
    return f"{card.position} · {fitted(card.title, MOST_CONTENT // 2)}"


def card_embed(card: PaperCard, *, titled: bool = False, room: int = _CARD_ROOM) -> discord.Embed:
    """A paper: link, authors, verdict, comment and why, in at most `room` characters; its title too if `titled`."""
    name = f"{card.position}. {card.title}" if titled else f"arXiv {card.arxiv_id}"
    title = fitted(name, min(250, room // 3))
    room -= units(title) + 20
    byline = fitted(" · ".join(part for part in (card.authors, card.categories) if part), int(room * _BYLINE))
    pdf = f"[PDF]({card.pdf_url})" if card.pdf_url and is_address(card.pdf_url) else ""
    lines = (
        " · ".join(part for part in (byline, pdf if len(pdf) < room * _PDF else "") if part),
        fitted(" · ".join(part for part in (card.verdict, *card.marks) if part), int(room * _VERDICT)),
        fitted(card.comment, int(room * _COMMENT)),
        fitted(f"why: {card.why}" if card.why else "", int(room * _WHY)),
    )
    url = card.url if is_address(card.url) else None
    return discord.Embed(title=title, url=url, description="\n".join(filter(None, lines)) or None, colour=COLOUR)


def text_embed(lines: Iterable[str]) -> discord.Embed:
    """Lines of text; those that do not fit are left out, and that is said."""
    shown: list[str] = []
    wanted = [line for line in lines if line.strip()]
    room = MOST_TEXT - 60
    for line in wanted:
        text = linked(line, _MOST_LINE)
        room -= units(text) + 1
        if room < 0:
            shown.append(f"… and {len(wanted) - len(shown)} more lines, too long for one message")
            break
        shown.append(text)
    return discord.Embed(description="\n".join(shown), colour=COLOUR)


def button_rows(
    buttons: Sequence[Button], arxiv_id: str | None = None, most: int = _MOST_ROWS
) -> list[tuple[Item, ...]]:
    """Buttons in rows, each once; every one carries its request, so that it works after any restart."""
    items = {asking(button, arxiv_id): button for button in reversed(buttons)}
    row = iter([_button(button.label, custom_id) for custom_id, button in reversed(items.items())])
    rows = iter(lambda: tuple(islice(row, _BUTTONS_A_ROW)), ())
    return list(islice(rows, most))


def _carriers(key: PostKey) -> list[Item]:
    """Buttons worth pressing, the first of which carries the key."""
    if _asks_for_topics(key):
        return [_button("Write your topics", carrying(START, key)), _ask(Button("Help", "help"))]
    first, *others = _HEADER_ASKS if key.role is PostRole.HEADER else (Button("Help", "help"),)
    return [_button(first.label, carrying(OF, key, first.name)), *(_ask(button) for button in others)]


def _asks_for_topics(key: PostKey) -> bool:
    return key.role is PostRole.NOTICE and key.subject.startswith(HOW_TO_START)


def _ask(button: Button, arxiv_id: str | None = None) -> Item:
    return _button(button.label, asking(button, arxiv_id))


def _button(label: str, custom_id: str) -> Item:
    return discord.ui.Button(label=plain(label, MOST_LABEL) or "…", custom_id=custom_id)
