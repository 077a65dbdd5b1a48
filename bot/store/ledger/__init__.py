"""Keep digests, the intents of their messages, and what was shown (docs/design.md)."""

from bot.store.ledger._ledger import LedgerStore
from bot.store.ledger._writing import complete_post, insert_digest

__all__ = ["LedgerStore", "complete_post", "insert_digest"]
