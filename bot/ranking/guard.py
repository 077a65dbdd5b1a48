"""Shrink the weight of what was learned while the readers' own votes say that it does not help.

Two orders of the papers shown together are compared: the one posted, and the one that topics and scores alone would
have given. A voted paper earns its reward times the discount of its position (that of nDCG: Järvelin & Kekäläinen
2002): likes should stand high and dislikes low. Papers shown by chance count by 1 / propensity. Since only shown
papers can be compared, and they were chosen by one of the two orders, this is an indication and no proof.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.ranking.metrics import Interval, bootstrap_mean
from bot.ranking.rewards import Verdict
from bot.ranking.track_record import Shown, topics_share

ENOUGH = 40  # judged papers before the guard says anything
LATEST = 120  # judged papers it looks back on at most
LEVEL = 0.90


@dataclass(frozen=True, slots=True)
class Guard:
    """What the guard allows: `trust` in [0, 1] multiplies the learned weight.

    `gain` is the mean of (learned - topics) per judged paper with its 90 % interval, None while fewer than 40 of
    `n_judged` papers were judged.
    """

    trust: float
    n_judged: int
    gain: Interval | None = None

    @property
    def state(self) -> str:
        """The guard's view in a reader's words."""
        if self.gain is None:
            return f"too early to tell whether learning helps ({self.n_judged} of {ENOUGH} judged papers)"
        if self.trust <= 0:
            return "learning is switched off: it did harm on the papers judged last"
        return "learning counts in full" if self.trust >= 1 else f"learning counts at {self.trust:.0%}"


def guard(shown: Sequence[Shown], verdicts: Sequence[Verdict], seed: int = 0) -> Guard:
    """Compare the two orders on the papers judged last; the more votes speak against learning, the less it counts."""
    rewards = {one.arxiv_id: one.reward for one in verdicts}
    by_digest: dict[int, list[Shown]] = defaultdict(list)
    for one in shown:
        by_digest[one.impression.digest].append(one)
    gains: list[float] = []
    for digest in sorted(by_digest):
        gains += _gains(by_digest[digest], rewards)
    gains = gains[-LATEST:]
    if len(gains) < ENOUGH:
        return Guard(1.0, len(gains))
    gain = bootstrap_mean(gains, seed=seed, level=LEVEL)
    return Guard(trust_of(gain), len(gains), gain)


def trust_of(gain: Interval) -> float:
    """1 while at least half of the interval lies above zero, from there straight down to 0 when none of it does."""
    width = gain.high - gain.low
    if width <= 0:
        return 1.0 if gain.mean >= 0 else 0.0
    return min(1.0, max(0.0, 2.0 * gain.high / width))


def _gains(digest: Sequence[Shown], rewards: Mapping[str, float]) -> list[float]:
    learned = _positions(digest, [one.ranked.utility for one in digest])
    topics = _positions(digest, [topics_share(one.ranked) for one in digest])
    return [
        rewards[one.ranked.paper.arxiv_id]
        * (1 / math.log2(learned[i] + 1) - 1 / math.log2(topics[i] + 1))
        / max(one.impression.propensity, 1e-3)
        for i, one in enumerate(digest)
        if one.ranked.paper.arxiv_id in rewards
    ]


def _positions(digest: Sequence[Shown], utilities: Sequence[float]) -> list[int]:
    order = sorted(range(len(digest)), key=lambda i: (-utilities[i], digest[i].ranked.paper.arxiv_id))
    positions = [0] * len(digest)
    for position, i in enumerate(order, start=1):
        positions[i] = position
    return positions
