"""Whether the bot knows what its LLM charged, spent no more than it may, and asked about no paper without need."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator

from tests.loopback.openai import LoopbackOpenAI

_BOOKED = "SELECT coalesce(sum(CASE state WHEN 'settled' THEN charged_tokens ELSE most_tokens END), 0) FROM llm_calls"


def violations(llm: LoopbackOpenAI, db: sqlite3.Connection, most_tokens: int, n_kills: int) -> Iterator[str]:
    """What is wrong, by the server's own journal; after each kill a paper may have to be asked about once more."""
    charged = sum(seen.usage.get("total_tokens", 0) for seen in llm.journal)
    booked = db.execute(_BOOKED).fetchone()[0]
    if charged > booked:
        yield f"{charged} tokens charged and {booked} booked"
    if charged > most_tokens:
        yield f"{charged} tokens charged of {most_tokens} allowed"
    answered = [seen for seen in llm.journal if seen.usage and "\nPapers to answer from: " not in seen.user]
    asked = Counter(arxiv_id for seen in answered for arxiv_id in seen.papers)
    if twice := sorted(arxiv_id for arxiv_id, count in asked.items() if count > 1 + n_kills):
        yield f"paid again for {twice}"
