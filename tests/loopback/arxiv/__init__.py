"""A loopback arXiv: API and feeds over real papers, with a simulated now and every fault arXiv is known for.

By hand: `python -m tests.loopback.arxiv PAPERS --port 8000 --now 2025-05-08T06:00Z`.
"""

from __future__ import annotations

from tests.loopback.arxiv.server import Journal, LoopbackArxiv, Seen

__all__ = ["Journal", "LoopbackArxiv", "Seen"]
