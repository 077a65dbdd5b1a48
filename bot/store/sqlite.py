"""The store: one database, split by subject."""

from __future__ import annotations

from pathlib import Path

from bot.store.alarms import SqliteAlarms
from bot.store.catching_up import SqliteCopies
from bot.store.channels import SqliteChannels
from bot.store.costs import SqliteCosts
from bot.store.database import BUSY_TIMEOUT_S, Database, Tap, no_tap
from bot.store.feedback import SqliteFeedback
from bot.store.ledger import SqliteLedger
from bot.store.library import SqliteLibrary
from bot.store.listings import SqliteListings
from bot.store.locks import SqliteLocks
from bot.store.operation import SqliteOperation
from bot.store.orders import SqliteOrders
from bot.store.papers import SqlitePapers
from bot.store.privacy import SqlitePrivacy
from bot.store.scores import SqliteScores, SqliteTopics
from bot.store.search import SqliteSearch
from bot.store.weights import SqliteWeights


class SqliteStore:
    """`Store` on one SQLite file, opened and migrated by its construction; `backups` is the folder of its copies.

    Raises:
        StoreError: the file cannot be opened.
    """

    def __init__(
        self, path: Path, *, tap: Tap = no_tap, busy_timeout_s: float = BUSY_TIMEOUT_S, backups: Path | None = None
    ) -> None:
        self._database = Database(path, tap=tap, busy_timeout_s=busy_timeout_s, backups=backups)
        self.papers = SqlitePapers(self._database)
        self.listings = SqliteListings(self._database)
        self.scores = SqliteScores(self._database)
        self.topics = SqliteTopics(self._database)
        self.ledger = SqliteLedger(self._database)
        self.feedback = SqliteFeedback(self._database)
        self.weights = SqliteWeights(self._database)
        self.costs = SqliteCosts(self._database)
        self.channels = SqliteChannels(self._database)
        self.search = SqliteSearch(self._database)
        self.orders = SqliteOrders(self._database)
        self.privacy = SqlitePrivacy(self._database)
        self.alarms = SqliteAlarms(self._database)
        self.copies = SqliteCopies(self._database)
        self.operation = SqliteOperation(self._database)
        self.library = SqliteLibrary(self._database)
        self.locks = SqliteLocks(self._database)

    def examine(self) -> None:
        """Refuse a damaged file; blocks, for seconds where it is large.

        Raises:
            StoreCorrupt: with the way out.
        """
        self._database.examine()

    def close(self) -> None:
        """Finish what is being written and close the file."""
        self._database.close()
