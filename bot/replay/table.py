"""Print a replay's figures as a table."""

from __future__ import annotations

from bot.ranking.metrics import Interval, bootstrap_mean
from bot.replay.options import COUNTED, FIRST_MORNINGS, Arm
from bot.replay.report import METRICS, SENT, ReplayReport


def as_text(report: ReplayReport) -> str:
    """Make a table of the arms, then nDCG of every reader, with 95 % intervals."""
    lines = [
        (
            f"{report.papers} papers of {report.days} days, {len(report.readers)} readers, k = {report.k}, "
            f"feedback {report.feedback}, seed {report.seed}{report.rater and f', a {report.rater} rater'}"
        ),
        "",
        f"{'arm':<34}{'nDCG':<22}{'precision':>10}{'recall':>8}{'AUC':>7}{'ms':>7}",
    ]
    for arm in report.arms:
        figures = {metric: report.mean(arm, metric) for metric in METRICS}
        lines.append(
            f"{arm:<34}{_shown(figures['ndcg']):<22}{figures['precision'].mean:>10.3f}"
            f"{figures['recall'].mean:>8.3f}{figures['auc'].mean:>7.3f}{report.ms_per_morning(arm):>7.0f}"
        )
    lines += ["", "nDCG by reader"]
    for name in report.readers:
        means = {arm: bootstrap_mean(report.values(arm, name, "ndcg"), report.seed) for arm in report.arms}
        days = len(report.values(report.arms[0], name, "ndcg")) if report.arms else 0
        lines.append(f"{name} ({days} days): " + " · ".join(f"{arm} {_shown(one)}" for arm, one in means.items()))
    return "\n".join([*lines, *_newcomer_lines(report), *_cascade_lines(report)])


def _newcomer_lines(report: ReplayReport) -> list[str]:
    if not report.import_first:
        return []
    lines = ["", f"nDCG over topics alone on the first {FIRST_MORNINGS} judged mornings, paired by day"]
    arms = [arm for arm in report.arms if arm.learns]
    for name in report.readers:
        gains = " · ".join(f"{arm} {_difference(report.gain(arm, name))}" for arm in arms)
        days = len(report.values(Arm.TOPICS, name, "ndcg"))
        lines.append(f"{name} ({days} days): {gains}" if days else f"{name}: no judged morning after the list")
    lines.append("mean: " + " · ".join(f"{arm} {_difference(report.mean_gain(arm))}" for arm in arms))
    lines += ["", f"what the list of the first {report.import_first} likes was found to be"]
    return [*lines, *(f"{name}: {check.state}" for name, check in report.lists.items())]


def _cascade_lines(report: ReplayReport) -> list[str]:
    counted = [arm for arm in COUNTED if report.mean_sent(arm)]
    if not counted:
        return []
    lines = ["", "share of all likes inside the best x % that would be sent to an LLM"]
    for arm in counted:
        lines += ["", f"{arm:<26}" + "".join(f"{f'{percent} %':>7}" for percent in SENT)]
        rows = {name: report.sent(arm, name) for name in report.readers} | {"mean": report.mean_sent(arm)}
        lines += [f"{name:<26}" + "".join(f"{share:>7.3f}" for share in row) for name, row in rows.items() if row]
    return lines


def _difference(interval: Interval) -> str:
    return f"{interval.mean:+.3f} [{interval.low:+.3f}, {interval.high:+.3f}]"


def _shown(interval: Interval) -> str:
    return f"{interval.mean:.3f} [{interval.low:.3f}, {interval.high:.3f}]"
