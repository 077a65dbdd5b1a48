"""What the buttons carry: the key of their post, or all of their request, in the 100 characters of a custom_id.

up|KEY  down|KEY            a vote on the paper of the post with this key
ask|NAME|ID|PAGE|ARGUMENT   a request; with page 0 the argument is too long and stands in the message's footer
of|NAME|KEY                 a request without argument, on a header, note or notice with this key
start|KEY                   opens the window into which a channel's topics are written
pick|BUTTONS                a menu of papers; what is offered for the one that is picked
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.models import DISLIKE, LIKE, Button, PostKey, PostRole

MOST = 100
UP, DOWN, ASK, OF, START, PICK, FORM = "up", "down", "ask", "of", "start", "pick", "form"
VOTES: Mapping[str, str] = {UP: LIKE, DOWN: DISLIKE}
IN_FOOTER = "0"

_ROLES: Mapping[PostRole, str] = {
    PostRole.HEADER: "h",
    PostRole.PAPER: "p",
    PostRole.NOTE: "n",
    PostRole.NOTICE: "c",
}
_LETTERS: Mapping[str, PostRole] = {letter: role for role, letter in _ROLES.items()}
_BAR = re.compile(r"[|\n]")


class TooLong(ValueError):
    """A key that no button can carry."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a button carries it. `in_footer`: its argument stands in the footer of the button's message."""

    name: str
    argument: str = ""
    arxiv_id: str | None = None
    page: int = 1
    in_footer: bool = False


def compact(key: PostKey) -> str:
    """The key in few characters: its role is one letter."""
    return f"{key.channel}/{key.digest}/{_ROLES[key.role]}/{key.subject}"


def expanded(text: str) -> PostKey | None:
    """The key that `compact` made this text of; None if it is none."""
    channel, *rest = text.split("/", 3)
    if len(rest) != 3 or not rest[0].isdecimal() or rest[1] not in _LETTERS:
        return None
    return PostKey(channel, int(rest[0]), _LETTERS[rest[1]], rest[2])


def carrying(kind: str, key: PostKey, name: str = "") -> str:
    """The custom_id of a button that carries the key of its post.

    Raises:
        TooLong: it does not fit.
    """
    custom_id = "|".join(part for part in (kind, name, compact(key)) if part)
    if len(custom_id) > MOST:
        raise TooLong(f"{key}: a button of Discord holds {MOST} characters and this key needs {len(custom_id)}")
    return custom_id


def asking(button: Button, arxiv_id: str | None = None) -> str:
    """The custom_id of a button that makes a request; one whose argument is too long says so by page 0."""
    name, about = _BAR.sub(" ", button.name), button.arxiv_id or arxiv_id or ""
    custom_id = f"{ASK}|{name}|{about}|{button.page}|{button.argument}"
    if len(custom_id) <= MOST and "\n" not in button.argument:
        return custom_id
    return f"{ASK}|{name}|{about}|{IN_FOOTER}|{button.page}"[:MOST]


def needs_footer(button: Button) -> bool:
    """Whether the argument of this button has to stand in the message's footer."""
    return asking(button).split("|", 4)[3] == IN_FOOTER


def asked(custom_id: str) -> Asked | None:
    """The request that a button carries; None for other buttons."""
    kind, *parts = custom_id.split("|", 4)
    if kind == OF and len(parts) >= 2:
        return Asked(parts[0])
    if kind != ASK or len(parts) != 4:
        return None
    name, arxiv_id, page, argument = parts
    if page == IN_FOOTER:
        return Asked(name, "", arxiv_id or None, _number(argument), in_footer=True)
    return Asked(name, argument, arxiv_id or None, _number(page))


def picking(buttons: Sequence[Button]) -> str:
    """The custom_id of a menu of papers; `picked` gives the buttons back, as far as they fit."""
    custom_id = PICK
    for button in buttons:
        longer = f"{custom_id}|{_BAR.sub(' ', button.label)}={_BAR.sub(' ', button.name)}"
        if len(longer) <= MOST:
            custom_id = longer
    return custom_id


def picked(custom_id: str) -> tuple[Button, ...]:
    """The buttons that a menu offers for each of its papers."""
    pairs = [part.partition("=") for part in custom_id.split("|")[1:]]
    return tuple(Button(label, name) for label, _, name in pairs if name)


def key_in(custom_id: str) -> PostKey | None:
    """The key that a button carries; None if it carries none."""
    kind, _, rest = custom_id.partition("|")
    if kind in {UP, DOWN, START}:
        return expanded(rest)
    return expanded(rest.partition("|")[2]) if kind == OF else None


def key_of(message: Mapping[str, Any]) -> PostKey | None:
    """The key that a message of ours carries in one of its buttons; None if it carries none."""
    found = (key_in(custom_id) for custom_id in _custom_ids(message.get("components") or ()))
    return next((key for key in found if key), None)


def _custom_ids(components: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for component in components:
        if custom_id := component.get("custom_id"):
            yield str(custom_id)
        yield from _custom_ids(component.get("components") or ())


def _number(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() else 1
