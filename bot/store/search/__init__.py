"""Search the archive: FTS5 for words, a matrix in memory for meanings."""

from bot.store.search.archive import SearchStore

__all__ = ["SearchStore"]
