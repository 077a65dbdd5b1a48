"""What a replay found: figures for each arm and reader, with intervals, as JSON and as a table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import mean
from typing import Any

from bot.models import Ranked
from bot.ranking.metrics import (
    Interval,
    auc,
    bootstrap_mean,
    bootstrap_mean_of_groups,
    ndcg,
    paired_bootstrap,
    precision,
    recall,
)
from bot.ranking.replay_data import Reader

METRICS = ("ndcg", "precision", "recall", "auc")


class Arm(StrEnum):
    """A way to order the mornings' papers."""

    RANDOM = "random"
    TOPICS = "topics"
    LEARNED = "learned"
    EXPLORING = "learned, one place of k explored"

    @property
    def learns(self) -> bool:
        """Whether readers' reactions change it."""
        return self in {Arm.LEARNED, Arm.EXPLORING}


class Feedback(StrEnum):
    """Which likes are revealed: those among the posted papers, or every one."""

    SHOWN = "shown"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class MorningResult:
    """One reader's morning under one arm; `figures` is None where the reader liked nothing of the day."""

    reader: str
    arm: Arm
    day: date
    figures: Mapping[str, float] | None
    likes: int
    spent_s: float


@dataclass(frozen=True, slots=True)
class Morning:
    """One ranked morning: the whole order, and the order shown (different where places were explored)."""

    arm: Arm
    day: date
    ranked: Sequence[Ranked]
    shown: Sequence[Ranked]
    spent_s: float


def measured(reader: Reader, morning: Morning, k: int) -> MorningResult:
    """The figures of a morning: nDCG, precision and recall of what was shown, AUC of the whole order."""
    hits = [one.paper.arxiv_id in reader.liked for one in morning.shown[:k]]
    labels = [one.paper.arxiv_id in reader.liked for one in morning.ranked]
    likes = sum(labels)
    figures = None
    if likes:
        figures = {
            "ndcg": ndcg(hits, k, likes),
            "precision": precision(hits, k),
            "recall": recall(hits, k, likes),
            "auc": auc([one.utility for one in morning.ranked], labels),
        }
    return MorningResult(reader.name, morning.arm, morning.day, figures, likes, morning.spent_s)


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """All mornings of a replay. Means are over days with at least one like, then over readers."""

    results: tuple[MorningResult, ...]
    readers: tuple[str, ...]
    papers: int
    days: int
    k: int
    seed: int
    feedback: Feedback

    @property
    def arms(self) -> tuple[Arm, ...]:
        """The arms replayed, in order."""
        return tuple(dict.fromkeys(result.arm for result in self.results))

    def values(self, arm: Arm, reader: str, metric: str) -> list[float]:
        """One figure for each counted day of a reader, in the order of days."""
        return [
            result.figures[metric]
            for result in self.results
            if result.arm is arm and result.reader == reader and result.figures is not None
        ]

    def mean(self, arm: Arm, metric: str) -> Interval:
        """The mean over readers with its 95 % interval, days resampled."""
        return bootstrap_mean_of_groups([self.values(arm, name, metric) for name in self.readers], self.seed)

    def gain(self, arm: Arm, reader: str) -> Interval:
        """How much nDCG the arm has over topics alone for one reader, paired by day, 95 %."""
        return paired_bootstrap(
            self.values(arm, reader, "ndcg"), self.values(Arm.TOPICS, reader, "ndcg"), seed=self.seed
        )

    def to_json(self) -> dict[str, Any]:
        """The report as plain values; keys as documented for `paperlark replay --json`."""
        return {
            "arms": {str(arm): self._arm(arm) for arm in self.arms},
            "papers": self.papers,
            "days": self.days,
            "k": self.k,
            "seed": self.seed,
            "feedback": str(self.feedback),
        }

    def to_json_text(self) -> str:
        """The same as JSON text."""
        return json.dumps(self.to_json(), indent=2)

    def _arm(self, arm: Arm) -> dict[str, Any]:
        means = {metric: self.mean(arm, metric) for metric in METRICS}
        return {
            "mean": {metric: interval.mean for metric, interval in means.items()},
            "interval": {metric: [interval.low, interval.high] for metric, interval in means.items()},
            "readers": {name: self._reader(arm, name) for name in self.readers},
            "ms_per_morning": self.ms_per_morning(arm),
        }

    def _reader(self, arm: Arm, name: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for metric in METRICS:
            interval = bootstrap_mean(self.values(arm, name, metric), self.seed)
            found[metric] = interval.mean
            found[f"{metric}_interval"] = [interval.low, interval.high]
        found["days"] = len(self.values(arm, name, "ndcg"))
        if arm.learns and Arm.TOPICS in self.arms:
            gain = self.gain(arm, name)
            found["gain_over_topics"] = {"mean": gain.mean, "interval": [gain.low, gain.high]}
        return found

    def ms_per_morning(self, arm: Arm) -> float:
        """Milliseconds from stored papers and vectors to the ranked list, refit included, on average."""
        spent = [result.spent_s for result in self.results if result.arm is arm]
        return 1000 * mean(spent) if spent else 0.0

    def to_text(self) -> str:
        """A table of the arms, then nDCG of every reader, with 95 % intervals."""
        lines = [
            (
                f"{self.papers} papers of {self.days} days, {len(self.readers)} readers, k = {self.k}, "
                f"feedback {self.feedback}, seed {self.seed}"
            ),
            "",
            f"{'arm':<34}{'nDCG':<22}{'precision':>10}{'recall':>8}{'AUC':>7}{'ms':>7}",
        ]
        for arm in self.arms:
            figures = {metric: self.mean(arm, metric) for metric in METRICS}
            lines.append(
                f"{arm:<34}{_shown(figures['ndcg']):<22}{figures['precision'].mean:>10.3f}"
                f"{figures['recall'].mean:>8.3f}{figures['auc'].mean:>7.3f}{self.ms_per_morning(arm):>7.0f}"
            )
        lines += ["", "nDCG by reader"]
        for name in self.readers:
            parts = [f"{arm} {_shown(bootstrap_mean(self.values(arm, name, 'ndcg'), self.seed))}" for arm in self.arms]
            days = len(self.values(self.arms[0], name, "ndcg")) if self.arms else 0
            lines.append(f"{name} ({days} days): " + " · ".join(parts))
        return "\n".join(lines)


def _shown(interval: Interval) -> str:
    return f"{interval.mean:.3f} [{interval.low:.3f}, {interval.high:.3f}]"
