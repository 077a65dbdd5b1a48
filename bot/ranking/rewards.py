"""Decide what an emoji is worth, and what a channel's votes say about each paper.

Three rules. One reader's contradiction on one paper (👍 and 👎): the newer sign counts; of equal times, neither.
Nobody drowns the others: bot/ranking/readers.py bounds what one reader's votes weigh together. Several readers on one
paper: the weighted mean of what each said.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from bot.emoji import normalise
from bot.models import CurrentVote
from bot.ranking.readers import factors

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
MOST_TOGETHER = 2.0  # what readers weigh who agree on a paper, however many

_HEARTS = frozenset("🧡💛💚💙🩵💜🖤🩶🤍🤎🩷")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the channel says about one paper: reward in [-1, 1], not 0; `weight` grows with the readers who agree.

    `shares` tells what each reader added before any of them was cut down; without it, all is one nameless reader's.
    """

    arxiv_id: str
    reward: float
    weight: float
    at: datetime
    shares: tuple[tuple[str, float], ...] = ()

    @property
    def by_reader(self) -> tuple[tuple[str, float], ...]:
        """Each reader with what they would add if nobody were cut down."""
        return self.shares or (("", self.weight),)


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
        Standing(arxiv_id, math.fsum(one.reward * one.weight for one in given), max(one.at for one in given))
        for arxiv_id, given in _opinions(votes, overrides).items()
    ]
    liked = [one for one in found if one.worth > 1e-9]
    return tuple(sorted(liked, key=lambda one: (-round(one.worth, 9), -one.at.timestamp(), one.arxiv_id)))


class _Opinion(NamedTuple):
    """What one reader, of that weight, said about a paper."""

    person: str
    reward: float
    weight: float
    at: datetime


def _opinions(votes: Sequence[CurrentVote], overrides: Mapping[str, float] | None) -> dict[str, list[_Opinion]]:
    """What each reader says about each paper, in no particular order of readers."""
    said = _per_reader(votes, overrides)
    counts: dict[str, int] = defaultdict(int)
    for person, _ in said:
        counts[person] += 1
    per_paper: dict[str, list[_Opinion]] = defaultdict(list)
    weights = factors(counts, counts)
    for (person, arxiv_id), (reward, at) in said.items():
        per_paper[arxiv_id].append(_Opinion(person, reward, weights[person], at))
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
    total = math.fsum(one.weight for one in opinions)
    reward = math.fsum(one.reward * one.weight for one in opinions) / total
    # Four who agree weigh as much as two; what a reader adds to that is cut down afterwards, or the root undoes it.
    each = min(MOST_TOGETHER, math.sqrt(len(opinions))) / len(opinions) * abs(reward)
    shares = tuple((one.person, each) for one in opinions)
    return Verdict(arxiv_id, reward, each * total, max(one.at for one in opinions), shares)
