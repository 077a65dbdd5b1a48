"""Put a paper's contributions into words."""

from __future__ import annotations

from bot.models import Contribution, Ranked
from bot.text import cut

SMALLEST = 0.05  # shares that would be written as 0.0 say nothing
_LONGEST_ORIGIN = 32


def why(ranked: Ranked, limit: int = 3) -> str:
    """The heaviest shares in one line: "topic 1 +2.1 · like 2505.03802 you 👍 +0.8"."""
    named = [share for share in ranked.contributions if share.kind != "rest" and abs(share.value) >= SMALLEST]
    heaviest = sorted(named, key=lambda share: -abs(share.value))[:limit]
    return " · ".join(_phrase(share) for share in heaviest)


def why_in_full(ranked: Ranked) -> tuple[str, ...]:
    """Every share on its own line, heaviest first, and the sum at the end."""
    ordered = sorted(ranked.contributions, key=lambda share: -abs(share.value))
    return (*(_phrase(share) for share in ordered), f"together {ranked.utility:+.2f}")


def _phrase(share: Contribution) -> str:
    return f"{_name(share)} {share.value:+.1f}"


def _name(share: Contribution) -> str:
    if share.kind == "liked" and share.arxiv_id:
        return f"like {share.arxiv_id} you 👍"
    if share.kind == "disliked" and share.arxiv_id:
        return f"like {share.arxiv_id} you 👎"
    if share.kind == "imported" and share.arxiv_id:
        return f"like {share.arxiv_id} of your list {cut(share.label, _LONGEST_ORIGIN)}"
    return share.label
