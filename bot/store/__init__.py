"""The one SQLite store, by subject. All SQL of Paperlark lives here."""

from bot.store.costs import CostStore
from bot.store.locks import LockStore
from bot.store.store import Store

__all__ = ["CostStore", "LockStore", "Store"]
