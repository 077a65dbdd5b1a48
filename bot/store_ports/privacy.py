"""What is asked of the store about people who want to be forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the database holds of one person.

    `votes` stand, on posts or by command; `saved` of them make the person's list. `events` are all rows behind them,
    also of votes taken back. `orders` are follows and mutes. `channels` are the keys of those voted in.
    """

    votes: int = 0
    saved: int = 0
    events: int = 0
    orders: int = 0
    channels: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.events or self.orders)


class PrivacyStore(Protocol):
    """Who is not to be stored, and deleting what is."""

    async def holdings(self, person: str) -> Holdings:
        """What is stored of a person now."""
        ...

    async def forget(self, person: str, at: datetime) -> Holdings:
        """Delete everything about a person and store nothing of them from now on; returns what there was.

        Also goes what was learned in the channels they voted in; it is fitted again from the votes of the others. A
        pause they ordered stays, without their id. Repeating it changes nothing.
        """
        ...

    async def remember(self, person: str) -> bool:
        """Store the person's votes again from now on; False if nothing kept them from it."""
        ...

    async def opted_out(self, people: Iterable[str]) -> frozenset[str]:
        """Those among these people who are not to be stored."""
        ...

    async def forgettings(self) -> int:
        """How many times somebody was forgotten: what was read before one must not be stored after it."""
        ...

    async def expire(self, before: datetime) -> int:
        """Delete votes received before that moment; returns how many rows changed.

        What stands on a reader's list of saved papers stays. Whoever ordered something before that moment is not named
        any more; the order stands.
        """
        ...

    async def rebuild_owed(self) -> bool:
        """Whether something deleted may still be readable in the file."""
        ...

    async def rebuild(self) -> bool:
        """Write the file anew without what was deleted; False if another process was reading all the time.

        Takes seconds for a large archive, and as much free space again; writes wait meanwhile.
        """
        ...
