"""arXiv: its feed is the witness of the newest listing, its API has the details and the past."""

from __future__ import annotations

from bot.sources.arxiv.source import ArxivSource

__all__ = ["ArxivSource"]
