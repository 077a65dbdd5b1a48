"""What is asked of the store about operation: alarms, mornings gone wrong, copies, and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from bot.models import MessageRef, PostKey
from bot.store_ports.ledger import CandidateRecord, DigestRecord


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that needs a person. `told_at` is None until somebody was told."""

    name: str
    since: datetime
    text: str
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MorningReport:
    """How the morning due at `due` went; `trouble` is one clause, "" for a good morning."""

    channel: str
    due: datetime
    trouble: str


class AlarmStore(Protocol):
    """Alarms that are up, and how mornings went: what a restart must neither repeat nor forget."""

    async def up(self) -> Mapping[str, Alarm]:
        """The alarms that are up, by name."""
        ...

    async def raise_(self, name: str, text: str, at: datetime) -> Alarm:
        """Put an alarm up, or give the one that is up its newest text; since when and whether told stay."""
        ...

    async def told(self, name: str, at: datetime) -> None:
        """Somebody was told."""
        ...

    async def clear(self, name: str) -> Alarm | None:
        """Take an alarm down; what it was, None if it was not up."""
        ...

    async def report(self, report: MorningReport, at: datetime) -> None:
        """Write down how a morning went, instead of what was written down before; very old ones are dropped."""
        ...

    async def reports(self, channel: str, limit: int) -> tuple[MorningReport, ...]:
        """How the newest mornings went, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class FoundPost:
    """A message of ours that a chat shows."""

    key: PostKey
    ref: MessageRef
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class FoundDigest:
    """A digest that a chat shows and the ledger does not know."""

    record: DigestRecord
    candidates: tuple[CandidateRecord, ...]


class CopyStore(Protocol):
    """Whether this database was once a copy, so that the chats know more than it does."""

    async def behind_since(self, channel: str) -> datetime | None:
        """Since when the chat may hold messages of this channel that are unknown here; None if that was put right."""
        ...

    async def mark(self, since: datetime) -> None:
        """This database may lack what was written after `since`: to be put right like a copy made then."""
        ...

    async def catch_up(
        self, channel: str, posts: Sequence[FoundPost], digests: Sequence[FoundDigest], at: datetime
    ) -> int:
        """Take up what the chat shows, and call the channel caught up; how many messages were unknown.

        A message that is planned or in doubt here becomes sent; one that is unknown is written down as sent.
        """
        ...


@dataclass(frozen=True, slots=True)
class Figures:
    """What the database counts. Amounts of LLM calls are by model; `usd` counts priced calls only.

    `last_morning` is when a channel's newest morning was posted to its end.
    """

    posts: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (channel, state)
    digests: Mapping[str, int] = field(default_factory=dict)
    votes: Mapping[str, int] = field(default_factory=dict)
    papers: int = 0
    scores: int = 0
    llm_calls: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (model, outcome)
    llm_tokens: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (model, prompt or completion)
    llm_usd: Mapping[str, float] = field(default_factory=dict)
    newest_listing: date | None = None
    last_morning: Mapping[str, datetime] = field(default_factory=dict)


class OperationStore(Protocol):
    """How the database itself is doing."""

    async def figures(self) -> Figures:
        """What there is to count."""
        ...

    async def probe(self) -> None:
        """Write something and commit it: raises what a real write would raise."""
        ...

    @property
    def trouble(self) -> str:
        """What is wrong with the file since the last write that worked, or what damage was found; "" for nothing."""
        ...
