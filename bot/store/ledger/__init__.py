"""Digests, the intents of their messages, and what was shown (DESIGN §4)."""

from bot.store.ledger._ledger import SqliteLedger
from bot.store.ledger._writing import complete_post, insert_digest

__all__ = ["SqliteLedger", "complete_post", "insert_digest"]
