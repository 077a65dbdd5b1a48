"""What an emoji is worth, and what a channel's votes say about each paper.

Three rules. One reader's contradiction on one paper (👍 and 👎): the newer sign counts; of equal times, neither.
Nobody drowns the others: a reader's votes together weigh at most three times as much as the median reader's. Several
readers on one paper: the weighted mean of what each said.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from bot.models import CurrentVote

REWARDS: Mapping[str, float] = MappingProxyType(
    {
        "👍": 1.0,
        "❤": 1.0,
        "🔥": 1.0,
        "⭐": 1.0,
        "🌟": 1.0,
        "🤩": 1.0,
        "😍": 1.0,
        "💯": 1.0,
        "🚀": 1.0,
        "🎉": 0.8,
        "🔖": 0.8,
        "💾": 0.8,
        "📌": 0.8,
        "👏": 0.8,
        "🙌": 0.8,
        "🤯": 0.8,
        "✅": 0.6,
        "💡": 0.6,
        "🧠": 0.6,
        "👀": 0.4,
        "➕": 1.0,
        "👎": -1.0,
        "❌": -1.0,
        "➖": -1.0,
        "💩": -1.0,
        "🗑": -1.0,
        "🚫": -1.0,
        "💔": -0.8,
        "😴": -0.6,
        "🥱": -0.6,
        "😐": -0.3,
        "🙄": -0.6,
    }
)
MOST_OF_MEDIAN = 3.0

_HEARTS = frozenset("🧡💛💚💙💜🖤🤍🤎")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the channel says about one paper: reward in [-1, 1], not 0; `weight` grows with the readers who agree."""

    arxiv_id: str
    reward: float
    weight: float
    at: datetime


def canonical(emoji: str) -> str:
    """One form for an emoji's variants: without skin tone, variation selector and, for hearts, colour."""
    bare = "".join(c for c in emoji if c not in "\ufe0e\ufe0f" and not "\U0001f3fb" <= c <= "\U0001f3ff")
    if bare.startswith(":") and "::" in bare:
        bare = bare.split("::", 1)[0] + ":"
    return "❤" if bare in _HEARTS else bare


def reward_of(emoji: str, overrides: Mapping[str, float] | None = None) -> float:
    """What an emoji is worth; 0.0 for one nobody has given a meaning."""
    name = canonical(emoji)
    own = {canonical(key): value for key, value in (overrides or {}).items()}
    return own.get(name, REWARDS.get(name, 0.0))


def verdicts(votes: Sequence[CurrentVote], overrides: Mapping[str, float] | None = None) -> tuple[Verdict, ...]:
    """What the channel's standing votes say about each paper, oldest first; papers with nothing said are left out."""
    said = _per_reader(votes, overrides)
    counts: dict[str, int] = defaultdict(int)
    for person, _ in said:
        counts[person] += 1
    if not counts:
        return ()
    cap = MOST_OF_MEDIAN * statistics.median(counts.values())
    per_paper: dict[str, list[tuple[float, float, datetime]]] = defaultdict(list)
    for (person, arxiv_id), (reward, at) in said.items():
        per_paper[arxiv_id].append((reward, min(1.0, cap / counts[person]), at))
    found = [_verdict(arxiv_id, opinions) for arxiv_id, opinions in per_paper.items()]
    return tuple(sorted((one for one in found if abs(one.reward) > 1e-9), key=lambda one: (one.at, one.arxiv_id)))


def _per_reader(
    votes: Sequence[CurrentVote], overrides: Mapping[str, float] | None
) -> dict[tuple[str, str], tuple[float, datetime]]:
    grouped: dict[tuple[str, str], list[tuple[float, datetime]]] = defaultdict(list)
    for vote in votes:
        reward = reward_of(vote.emoji, overrides)
        if reward:
            grouped[vote.person, vote.arxiv_id].append((reward, vote.at))
    return {key: settled for key, given in grouped.items() if (settled := _settle(given)) is not None}


def _settle(given: Sequence[tuple[float, datetime]]) -> tuple[float, datetime] | None:
    newest = max(at for _, at in given)
    signs = {reward > 0 for reward, at in given if at == newest}
    if len(signs) == 2:
        return None
    positive = signs.pop()
    strongest = max((reward for reward, _ in given if (reward > 0) == positive), key=abs)
    return strongest, newest


def _verdict(arxiv_id: str, opinions: Sequence[tuple[float, float, datetime]]) -> Verdict:
    total = sum(weight for _, weight, _ in opinions)
    reward = sum(reward * weight for reward, weight, _ in opinions) / total
    return Verdict(arxiv_id, reward, min(2.0, total**0.5) * abs(reward), max(at for _, _, at in opinions))
