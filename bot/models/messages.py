"""Messages: their keys and states, what they show, what is asked and answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

HOW_TO_START = "how-to-start"
"""How the subject of the notice begins that asks a channel for its topics."""


class PostRole(StrEnum):
    """What a message is for."""

    HEADER = "header"  # opens a digest
    PAPER = "paper"  # one paper; takes votes
    NOTE = "note"  # belongs to a digest: late papers, a correction
    NOTICE = "notice"  # belongs to the channel: topics changed, how to start


class PostState(StrEnum):
    """How far an intended message has come (docs/design.md)."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    DROPPED = "dropped"  # given up for a stated reason: refused, too old


@dataclass(frozen=True, slots=True)
class PostKey:
    """The identity of an intended message; the same intent always has the same key.

    `digest` is the channel's digest number (0 for notices), `subject` the arxiv_id of a paper post or a
    short word telling notes and notices apart.
    """

    channel: str
    digest: int
    role: PostRole
    subject: str = ""

    def __str__(self) -> str:
        return f"{self.channel}/{self.digest}/{self.role}/{self.subject}"

    @classmethod
    def parse(cls, text: str) -> PostKey | None:
        """The key whose text this is, or None; a subject may contain slashes (old ids), a channel cannot."""
        channel, *rest = text.split("/", 3)
        if len(rest) != 3 or not rest[0].isdecimal() or rest[1] not in set(PostRole):
            return None
        return cls(channel, int(rest[0]), PostRole(rest[1]), rest[2])


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message on a platform. `channel_id` is the platform's channel id, `message` its message id; both text."""

    platform: str
    channel_id: str
    message: str
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class PaperCard:
    """What a reader sees of one paper; safe, readable Unicode, not yet escaped for any platform."""

    arxiv_id: str
    position: int
    title: str
    url: str
    pdf_url: str | None
    authors: str
    categories: str
    verdict: str  # "relevance 10 · novelty 8 · topic 1 (quantization)"
    comment: str
    why: str
    marks: tuple[str, ...] = ()  # "scored locally", "exploration", "late"


@dataclass(frozen=True, slots=True)
class Post:
    """One message, before a platform gives it its native form.

    `text` is the plain-text whole (notification, terminal, fallback). A header or note has `title` and `lines`; a paper
    post has `card`. `votable` asks for the vote and detail buttons.
    """

    role: PostRole
    text: str
    title: str = ""
    lines: tuple[str, ...] = ()
    card: PaperCard | None = None
    votable: bool = False


@dataclass(frozen=True, slots=True)
class RecentMessage:
    """One of the bot's own messages as the platform shows it now.

    `key` is the text of the PostKey it carries. `reactions` maps an emoji to the ids of the people who have it there
    (bots left out); None where the platform gave counts only and details must be asked for. `title` is the beginning of
    its text, "" where the platform does not tell.
    """

    ref: MessageRef
    key: str
    posted_at: datetime
    reactions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    title: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody pressed a button, typed a command or sent a form.

    `name` is the command's first word ("abstract", "why", "like", "help", …), `argument` the rest; with the name
    "papers" the argument is a whole line, still to be told apart into a command or a question. `arxiv_id` is the paper
    a button belongs to, `page` the wanted page of an answer (from 1), `text` what was written into a form. A form holds
    `form_room` characters where it was asked. Where no channel of ours is at `channel_id`, one of
    `beside` answers: the ids of channels that the same people share; None for any.
    """

    platform: str
    channel_id: str
    person: str
    name: str
    argument: str = ""
    arxiv_id: str | None = None
    page: int = 1
    text: str = ""
    form_room: int = 3000
    beside: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press: it makes a Request of this name, argument and page, about `arxiv_id` if there is one."""

    label: str
    name: str
    argument: str = ""
    arxiv_id: str | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Form:
    """One text to be edited; sending it makes a Request of this name and argument with the new text.

    `most` is the longest text, in characters. A platform without forms leaves it out; the reply's lines say how to do
    without.
    """

    name: str
    argument: str
    title: str
    label: str
    text: str
    most: int = 3000


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to an answer."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer to a Request, for the person who asked: a title, lines of plain text, and perhaps papers.

    `buttons` belong to the whole answer, `card_buttons` to each of its papers (their arxiv_id is the card's). With
    `replaces` it replaces the reply before it, where the platform can do that, and repeats what stays true.
    `verbatim` is a text to be copied as it stands, such as BibTeX.
    """

    title: str
    lines: tuple[str, ...] = ()
    cards: tuple[PaperCard, ...] = ()
    buttons: tuple[Button, ...] = ()
    card_buttons: tuple[Button, ...] = ()
    form: Form | None = None
    attachment: Attachment | None = None
    replaces: bool = False
    verbatim: str = ""


@dataclass(frozen=True, slots=True)
class TopicsOffer:
    """Somebody pasted or uploaded a topics text in a channel where the bot asked for one.

    `timezone` is the person's own IANA zone, "" where unknown. With `on_purpose` the channel was not asked: the person
    gave a command that starts it.
    """

    platform: str
    channel_id: str
    person: str
    text: str | bytes
    timezone: str = ""
    on_purpose: bool = False


@dataclass(frozen=True, slots=True)
class Intent:
    """A message that is to be sent exactly once, and how far it has come."""

    key: PostKey
    sequence: int
    state: PostState
    platform: str
    channel_id: str
    post: Post
    in_thread: bool
    attempts: int = 0
    attempted_at: datetime | None = None
    ref: MessageRef | None = None
    note: str = ""
