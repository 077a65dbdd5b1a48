"""Posts as Slack's blocks: pure, within every limit, and without a character that Slack would read as mark-up.

Foreign text goes into rich text and plain text only, which Slack shows as they stand; mrkdwn is used nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.models import DISLIKE, LIKE, Button, PaperCard, Post, PostKey
from bot.platforms.slack._text import escaped, fitted, split_at_channels, without_keys
from bot.text import split_at_addresses, units

Block = dict[str, Any]

UP, DOWN = "vote_up", "vote_down"
ASK = "ask"  # the beginning of the action_id of every button that asks something
VOTES: Mapping[str, str] = {UP: LIKE, DOWN: DISLIKE}
EVENT_TYPE = "paperlark_post"

_MOST_HEADER = 150
_MOST_CONTEXT = 2000
_MOST_TITLE = 600
_MOST_PART = 2000
_MOST_LABEL = 75
_MOST_ARGUMENT = 900  # a button's value holds 2000 characters, and JSON may double some
_MOST_NOTIFICATION = 3000
_MOST_BLOCKS = 50
_MOST_IN_ALL = 12_000  # Slack refuses about 13200 characters, counted over the blocks' JSON
_BUTTONS_A_ROW = 5


def message(post: Post, key: PostKey) -> dict[str, Any]:
    """The arguments of chat.postMessage and chat.update that make this post; the key travels twice."""
    blocks = card_blocks(post.card, key, votable=post.votable) if post.card else note_blocks(post)
    blocks[0]["block_id"] = str(key)
    return {
        "text": notification(post.text),
        "blocks": within_limits(blocks),
        "mrkdwn": False,
        "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": str(key)}},
        "unfurl_links": False,
        "unfurl_media": False,
    }


def notification(text: str) -> str:
    """What pops up on a phone and what a screen reader says; never empty."""
    return fitted(escaped(without_keys(text)), _MOST_NOTIFICATION) or "Paperlark"


def card_blocks(card: PaperCard, key: PostKey | None = None, *, votable: bool = False) -> list[Block]:
    """A paper: title with links, authors, verdict, comment, why, and its buttons if it takes votes."""
    head = [_link(f"{card.position}. {fitted(card.title, _MOST_TITLE)}", card.url, bold=True)]
    if card.pdf_url:
        head += [_text("   "), _link("PDF", card.pdf_url)]
    if byline := " · ".join(part for part in (card.authors, card.categories) if part):
        head.append(_text("\n" + fitted(byline, _MOST_PART)))
    blocks = [rich(head)]
    if verdict := " · ".join(part for part in (card.verdict, *card.marks) if part):
        blocks.append(small(verdict))
    if card.comment:
        blocks.append(rich([_text(fitted(card.comment, _MOST_PART))]))
    if card.why:
        blocks.append(small(f"why: {card.why}"))
    if votable and key is not None:
        blocks.append({"type": "actions", "elements": _vote_buttons(key, card.arxiv_id)})
    return blocks


def note_blocks(post: Post) -> list[Block]:
    """A header, note or notice: its title, then its lines; those that do not fit are left out, and that is said."""
    title = post.title or post.text or "Paperlark"
    return [heading(title), *(small(line) for line in post.lines if line.strip())]


def heading(text: str) -> Block:
    """One large line."""
    return {"type": "header", "text": plain(text, _MOST_HEADER)}


def small(text: str) -> Block:
    """A grey line."""
    return {"type": "context", "elements": [plain(text, _MOST_CONTEXT)]}


def rich(elements: Sequence[Block]) -> Block:
    """A paragraph of rich text."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def paragraph(text: str) -> Block:
    """A paragraph in which addresses and channels can be clicked."""
    elements: list[Block] = []
    for part, is_address in split_at_addresses(text):
        elements += [_link(part, part)] if is_address else _with_channels(part)
    return rich(elements)


def headline(text: str, limit: int) -> Block:
    """A bold line, in which channels can be clicked."""
    return rich([{**element, "style": {"bold": True}} for element in _with_channels(fitted(text, limit) or "…")])


def preformatted(text: str) -> Block:
    """Text in a frame, to be copied."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [_text(text)]}]}


def plain(text: str, limit: int) -> Block:
    """A plain text object; Slack turns no `:name:` in it into a picture."""
    return {"type": "plain_text", "text": fitted(without_keys(text), limit) or "…", "emoji": False}


def button_rows(buttons: Sequence[Button], arxiv_id: str | None = None) -> list[Block]:
    """Buttons in rows; each carries all of its request, so that it works after any restart."""
    elements = [_ask_button(number, button, button.arxiv_id or arxiv_id) for number, button in enumerate(buttons)]
    rows = [elements[start : start + _BUTTONS_A_ROW] for start in range(0, len(elements), _BUTTONS_A_ROW)]
    return [{"type": "actions", "elements": row} for row in rows]


def within_limits(blocks: Sequence[Block], most: int = _MOST_BLOCKS, characters: int = _MOST_IN_ALL) -> list[Block]:
    """As many blocks, in order, as a message holds, with a word about those left out; buttons at the end stay."""
    ends_in_buttons = len(blocks) > 1 and blocks[-1]["type"] == "actions"
    tail = list(blocks[-1:]) if ends_in_buttons else []
    body = list(blocks[:-1] if ends_in_buttons else blocks)
    kept, note = body, list[Block]()
    while len(kept) > 1 and (len(kept) + len(note) + len(tail) > most or _size([*kept, *note, *tail]) > characters):
        kept = kept[:-1]
        note = [small(f"… and {len(body) - len(kept)} more, too long for one message")]
    return [*kept, *note, *tail]


def _size(blocks: Sequence[Block]) -> int:
    return units(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))


def _vote_buttons(key: PostKey, arxiv_id: str) -> list[Block]:
    votes = [_button(emoji, action, str(key)) for action, emoji in VOTES.items()]
    asks = [Button(label, label.lower(), arxiv_id=arxiv_id) for label in ("Abstract", "Why", "Similar")]
    return [*votes, *(_ask_button(number, button, arxiv_id) for number, button in enumerate(asks))]


def _ask_button(number: int, button: Button, arxiv_id: str | None) -> Block:
    argument = fitted(button.argument, _MOST_ARGUMENT)
    wanted = {"name": button.name, "argument": argument, "arxiv_id": arxiv_id, "page": button.page}
    value = json.dumps({name: part for name, part in wanted.items() if part}, ensure_ascii=False)
    return _button(button.label, f"{ASK}:{number}:{button.name[:40]}", value)


def _button(label: str, action: str, value: str) -> Block:
    return {"type": "button", "action_id": action, "text": {**plain(label, _MOST_LABEL), "emoji": True}, "value": value}


def _text(text: str) -> Block:
    return {"type": "text", "text": text or " "}


def _with_channels(text: str) -> list[Block]:
    """The text with the channels that are named in it by their keys as readers know them; they call nobody."""
    return [
        {"type": "channel", "channel_id": part} if is_channel else _text(part)
        for part, is_channel in split_at_channels(text)
    ]


def _link(text: str, url: str, *, bold: bool = False) -> Block:
    link: Block = {"type": "link", "url": url, "text": text or url}
    return {**link, "style": {"bold": True}} if bold else link
