"""The whole store, and the turns all processes share."""

from __future__ import annotations

from typing import Protocol

from bot.store_ports.costs import CostStore
from bot.store_ports.feedback import FeedbackStore, WeightStore
from bot.store_ports.ledger import LedgerStore
from bot.store_ports.library import LibraryStore
from bot.store_ports.operation import AlarmStore, CopyStore, OperationStore
from bot.store_ports.papers import ListingStore, PaperStore, ScoreStore
from bot.store_ports.privacy import PrivacyStore
from bot.store_ports.search import SearchStore
from bot.store_ports.topics import ChannelStore, OrderStore, TopicStore


class LockStore(Protocol):
    """Turns that all processes on one database share."""

    async def reserve_turn(self, name: str, interval_s: float) -> float:
        """Reserve the next turn and return how many seconds (real time) to wait for it."""
        ...


class Store(Protocol):
    """The database, split by subject."""

    @property
    def papers(self) -> PaperStore:
        """Papers and vectors."""
        ...

    @property
    def listings(self) -> ListingStore:
        """Listings."""
        ...

    @property
    def scores(self) -> ScoreStore:
        """Scores."""
        ...

    @property
    def topics(self) -> TopicStore:
        """Topics versions."""
        ...

    @property
    def ledger(self) -> LedgerStore:
        """Digests and intents."""
        ...

    @property
    def feedback(self) -> FeedbackStore:
        """Votes and impressions."""
        ...

    @property
    def weights(self) -> WeightStore:
        """What was learned."""
        ...

    @property
    def costs(self) -> CostStore:
        """What LLM calls cost."""
        ...

    @property
    def channels(self) -> ChannelStore:
        """Channels started or left in chat."""
        ...

    @property
    def search(self) -> SearchStore:
        """Search."""
        ...

    @property
    def orders(self) -> OrderStore:
        """Rules and pauses."""
        ...

    @property
    def privacy(self) -> PrivacyStore:
        """Who is not to be stored."""
        ...

    @property
    def alarms(self) -> AlarmStore:
        """Alarms, and how mornings went."""
        ...

    @property
    def copies(self) -> CopyStore:
        """What a database put back from a copy does not know."""
        ...

    @property
    def operation(self) -> OperationStore:
        """How the database itself is doing."""
        ...

    @property
    def library(self) -> LibraryStore:
        """Imported lists."""
        ...

    @property
    def locks(self) -> LockStore:
        """Shared turns."""
        ...
