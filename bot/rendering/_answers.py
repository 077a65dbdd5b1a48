"""Word the answers to a question: lists of papers with what can be done about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.models import Button, PaperCard, Reply
from bot.text import counted, cut, one_line

_LONGEST_QUESTION = 80

CARD_BUTTONS = (
    Button("👍", "like"),
    Button("👎", "dislike"),
    Button("Save", "save"),
    Button("Share", "share"),
)
"""What every paper of a list can be told, beside its abstract."""


@dataclass(frozen=True, slots=True)
class HitList:
    """One page of the papers found for a question.

    `total` counts all of them, `page` is from 1, `notes` are honest lines above the list, `answer` one in words.
    """

    question: str
    cards: tuple[PaperCard, ...]
    total: int
    page: int
    page_size: int
    notes: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()


def found_reply(hits: HitList) -> Reply:
    """The archive's answer: a title, an answer in words if there is one, notes, and a page of papers."""
    lines = (" ".join(hits.answer[:-1]), hits.answer[-1]) if len(hits.answer) > 1 else hits.answer
    return Reply(
        title=_title(hits),
        lines=(*lines, *hits.notes),
        cards=hits.cards,
        buttons=_pages(hits),
        card_buttons=CARD_BUTTONS if hits.cards else (),
    )


def live_reply(question: str, cards: Sequence[PaperCard], problem: str = "") -> Reply:
    """What arXiv's own search found beyond the archive, marked as that, or why it could not be asked."""
    if problem:
        return Reply(title="The archive has little on this.", lines=(problem,))
    if not cards:
        return Reply(title=f"arXiv's own search finds nothing more for {_quoted(question)}.")
    return Reply(
        title=f"arXiv's own search, live: {counted(len(cards), 'paper')} more",
        cards=tuple(cards),
        card_buttons=CARD_BUTTONS,
    )


def _title(hits: HitList) -> str:
    name = _quoted(hits.question)
    if not hits.total:
        return f"The archive has nothing for {name}."
    if not hits.cards:
        return f"That was all: {counted(hits.total, 'paper')} for {name}."
    if hits.total <= hits.page_size:
        return f"{counted(hits.total, 'paper')} for {name}"
    first = (hits.page - 1) * hits.page_size + 1
    return f"{first}-{first + len(hits.cards) - 1} of {counted(hits.total, 'paper')} for {name}"


def _pages(hits: HitList) -> tuple[Button, ...]:
    buttons = []
    if hits.page > 1:
        buttons.append(Button("Back", "ask", hits.question, page=hits.page - 1))
    if hits.page * hits.page_size < hits.total:
        buttons.append(Button("More", "ask", hits.question, page=hits.page + 1))
    return tuple(buttons)


def _quoted(question: str) -> str:
    return f"“{cut(one_line(question), _LONGEST_QUESTION)}”"
