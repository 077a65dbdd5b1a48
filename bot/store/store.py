"""Open the store: one database, split by subject."""

from __future__ import annotations

from pathlib import Path

from bot.store.alarms import AlarmStore
from bot.store.channels import ChannelStore
from bot.store.costs import CostStore
from bot.store.database import BUSY_TIMEOUT_S, Database, Tap, no_tap
from bot.store.feedback import FeedbackStore
from bot.store.ledger import LedgerStore
from bot.store.library import LibraryStore
from bot.store.listings import ListingStore
from bot.store.locks import LockStore
from bot.store.operation import OperationStore
from bot.store.papers import PaperStore
from bot.store.privacy import PrivacyStore
from bot.store.restored import RestoredStore
from bot.store.rules import RuleStore
from bot.store.scores import ScoreStore, TopicStore
from bot.store.search import SearchStore
from bot.store.weights import WeightStore


class Store:
    """One SQLite file, split by subject, opened and migrated by its construction; `backups` is its folder of backups.

    Every method is one transaction: it happens wholly or not at all, and is on disk when it returns. Every one raises
    StoreError.

    Raises:
        StoreError: the file cannot be opened.
    """

    def __init__(
        self, path: Path, *, tap: Tap = no_tap, busy_timeout_s: float = BUSY_TIMEOUT_S, backups: Path | None = None
    ) -> None:
        self._database = Database(path, tap=tap, busy_timeout_s=busy_timeout_s, backups=backups)
        self.papers = PaperStore(self._database)
        self.listings = ListingStore(self._database)
        self.scores = ScoreStore(self._database)
        self.topics = TopicStore(self._database)
        self.ledger = LedgerStore(self._database)
        self.feedback = FeedbackStore(self._database)
        self.weights = WeightStore(self._database)
        self.costs = CostStore(self._database)
        self.channels = ChannelStore(self._database)
        self.search = SearchStore(self._database)
        self.rules = RuleStore(self._database)
        self.privacy = PrivacyStore(self._database)
        self.alarms = AlarmStore(self._database)
        self.restored = RestoredStore(self._database)
        self.operation = OperationStore(self._database)
        self.library = LibraryStore(self._database)
        self.locks = LockStore(self._database)

    def examine(self) -> None:
        """Refuse a damaged file; blocks, for seconds where it is large.

        Raises:
            StoreCorrupt: with the way out.
        """
        self._database.examine()

    def close(self) -> None:
        """Finish what is being written and close the file."""
        self._database.close()
