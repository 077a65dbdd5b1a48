"""Decide what an emoji is worth, and what a channel's votes say about each paper.

Three rules. One reader's contradiction on one paper (👍 and 👎): the newer sign counts; of equal times, neither.
Nobody drowns the others: a reader's votes together weigh at most three times as much as the median reader's. Several
readers on one paper: the weighted mean of what each said.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from bot.emoji import normalise
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

_HEARTS = frozenset("🧡💛💚💙🩵💜🖤🩶🤍🤎🩷")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the channel says about one paper: reward in [-1, 1], not 0; `weight` grows with the readers who agree."""

    arxiv_id: str
    reward: float
    weight: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How much the readers like one paper: `worth` > 0 is a sum over them; `at` is the newest vote on it."""

    arxiv_id: str
    worth: float
    at: datetime


@lru_cache(maxsize=4096)
def canonical(emoji: str) -> str:
    """One form for an emoji's variants: as a picture, without skin tone, variation selector and, for hearts, colour."""
    bare = "".join(char for char in normalise(emoji) if char not in "\ufe0e\ufe0f")
    return "❤" if bare in _HEARTS else bare


def reward_of(emoji: str, overrides: Mapping[str, float] | None = None) -> float:
    """What an emoji is worth; 0.0 for one nobody has given a meaning."""
    name = canonical(emoji)
    own = {canonical(key): value for key, value in (overrides or {}).items()}
    return own.get(name, REWARDS.get(name, 0.0))


def verdicts(votes: Sequence[CurrentVote], overrides: Mapping[str, float] | None = None) -> tuple[Verdict, ...]:
    """What the channel's standing votes say about each paper, oldest first; papers with nothing said are left out."""
    found = [_verdict(arxiv_id, opinions) for arxiv_id, opinions in _opinions(votes, overrides).items()]
    return tuple(sorted((one for one in found if abs(one.reward) > 1e-9), key=lambda one: (one.at, one.arxiv_id)))


def standings(votes: Sequence[CurrentVote], overrides: Mapping[str, float] | None = None) -> tuple[Standing, ...]:
    """How much readers like each paper all told, best first; of equal worth the newer one, then by id.

    The worth is the sum of what each reader's votes on the paper are worth, weighed as for `verdicts`; a dislike takes
    away what a like gives. Papers that come out at nothing or below are left out.
    """
    found = [
        Standing(arxiv_id, math.fsum(reward * weight for reward, weight, _ in given), max(at for _, _, at in given))
        for arxiv_id, given in _opinions(votes, overrides).items()
    ]
    liked = [one for one in found if one.worth > 1e-9]
    return tuple(sorted(liked, key=lambda one: (-round(one.worth, 9), -one.at.timestamp(), one.arxiv_id)))


_Opinion = tuple[float, float, datetime]  # reward, weight of the reader, when


def _opinions(votes: Sequence[CurrentVote], overrides: Mapping[str, float] | None) -> dict[str, list[_Opinion]]:
    """What each reader says about each paper, in no particular order of readers."""
    said = _per_reader(votes, overrides)
    counts: dict[str, int] = defaultdict(int)
    for person, _ in said:
        counts[person] += 1
    per_paper: dict[str, list[_Opinion]] = defaultdict(list)
    cap = MOST_OF_MEDIAN * statistics.median(counts.values()) if counts else 0.0
    for (person, arxiv_id), (reward, at) in said.items():
        per_paper[arxiv_id].append((reward, min(1.0, cap / counts[person]), at))
    return per_paper


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


def _verdict(arxiv_id: str, opinions: Sequence[_Opinion]) -> Verdict:
    total = sum(weight for _, weight, _ in opinions)
    reward = sum(reward * weight for reward, weight, _ in opinions) / total
    return Verdict(arxiv_id, reward, min(2.0, total**0.5) * abs(reward), max(at for _, _, at in opinions))
