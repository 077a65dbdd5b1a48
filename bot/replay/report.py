"""Sum up a replay: figures for each arm and reader, with intervals, and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from statistics import mean
from typing import Any

from bot.models import Ranked
from bot.ranking.imported import ListCheck
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
from bot.replay.data import Reader
from bot.replay.options import COUNTED, FIRST_MORNINGS, Arm, Feedback

METRICS = ("ndcg", "precision", "recall", "auc")
SENT = (10, 15, 20, 25, 30, 40, 50)  # per cent of a morning's papers that might be sent to an LLM


@dataclass(frozen=True, slots=True)
class MorningResult:
    """One reader's morning under one arm; `figures` is None where the reader liked nothing of the day.

    `inside` tells for each x of `SENT` how many likes are among the x % of the papers first in line for an LLM.
    """

    reader: str
    arm: Arm
    day: date
    figures: Mapping[str, float] | None
    likes: int
    spent_s: float
    inside: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Morning:
    """One ranked morning: the whole order, and the order shown (different where positions were explored).

    `sent` are the arxiv_ids in the order in which an LLM would be asked about them, if that is to be counted.
    """

    arm: Arm
    day: date
    ranked: Sequence[Ranked]
    shown: Sequence[Ranked]
    spent_s: float
    sent: Sequence[str] = ()


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
    in_line = [one in reader.liked for one in morning.sent]
    inside = tuple(sum(in_line[: math.ceil(len(in_line) * percent / 100)]) for percent in SENT) if in_line else ()
    return MorningResult(reader.name, morning.arm, morning.day, figures, likes, morning.spent_s, inside)


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """All mornings of a replay. Means are over days with at least one like, then over readers.

    With `import_first` they are the first ones after each reader's first so many likes were imported as a list; `lists`
    says by reader what that was found to be.
    """

    results: tuple[MorningResult, ...]
    readers: tuple[str, ...]
    papers: int
    days: int
    k: int
    seed: int
    feedback: Feedback
    rater: str = ""
    import_first: int = 0
    lists: Mapping[str, ListCheck] = field(default_factory=dict)

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

    def mean_gain(self, arm: Arm) -> Interval:
        """The same for the mean over readers, days resampled within each."""
        pairs = [(self.values(arm, name, "ndcg"), self.values(Arm.TOPICS, name, "ndcg")) for name in self.readers]
        differences = [[a - b for a, b in zip(*pair, strict=True)] for pair in pairs]
        return bootstrap_mean_of_groups(differences, self.seed)

    def sent(self, arm: Arm, reader: str) -> tuple[float, ...]:
        """For each x of `SENT`, the share of all the reader's likes inside the x % that an LLM would be asked about.

        Empty where that was not counted, or nothing liked.
        """
        mornings = [one for one in self.results if one.arm is arm and one.reader == reader and one.inside]
        likes = sum(one.likes for one in mornings)
        if not likes:
            return ()
        return tuple(sum(found) / likes for found in zip(*(one.inside for one in mornings), strict=True))

    def mean_sent(self, arm: Arm) -> tuple[float, ...]:
        """The mean of `sent` over the readers."""
        shares = [share for name in self.readers if (share := self.sent(arm, name))]
        return tuple(mean(column) for column in zip(*shares, strict=True))

    def to_json(self) -> dict[str, Any]:
        """The report as plain values; keys as documented for `paperlark replay --json`."""
        report = {
            "arms": {str(arm): self._arm(arm) for arm in self.arms},
            "papers": self.papers,
            "days": self.days,
            "k": self.k,
            "seed": self.seed,
            "feedback": str(self.feedback),
        }
        if self.import_first:
            lists = {name: asdict(check) for name, check in self.lists.items()}
            report["import_first"] = {"likes": self.import_first, "mornings": FIRST_MORNINGS, "lists": lists}
        if self.rater:
            report["rater"] = self.rater
        if cascade := {str(arm): self._cascade(arm) for arm in COUNTED if self.mean_sent(arm)}:
            report["cascade"] = cascade
        return report

    def to_json_text(self) -> str:
        """The same as JSON text."""
        return json.dumps(self.to_json(), indent=2)

    def _arm(self, arm: Arm) -> dict[str, Any]:
        means = {metric: self.mean(arm, metric) for metric in METRICS}
        found: dict[str, Any] = {
            "mean": {metric: interval.mean for metric, interval in means.items()},
            "interval": {metric: [interval.low, interval.high] for metric, interval in means.items()},
            "readers": {name: self._reader(arm, name) for name in self.readers},
            "ms_per_morning": self.ms_per_morning(arm),
        }
        if arm.learns and Arm.TOPICS in self.arms:
            gain = self.mean_gain(arm)
            found["gain_over_topics"] = {"mean": gain.mean, "interval": [gain.low, gain.high]}
        return found

    def _cascade(self, arm: Arm) -> dict[str, Any]:
        """Shares of likes by per cent of papers sent, as JSON wants its keys."""

        def by_percent(shares: Sequence[float]) -> dict[str, float]:
            return {str(percent): share for percent, share in zip(SENT, shares, strict=True)}

        readers = {name: by_percent(share) for name in self.readers if (share := self.sent(arm, name))}
        return {"mean": by_percent(self.mean_sent(arm)), "readers": readers}

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
