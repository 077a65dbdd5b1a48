"""Draw the stats as a picture, legible at the width of a chat."""

from __future__ import annotations

import io

from bot.models import TrackRecord, Week

WIDTH_IN, HEIGHT_IN, DPI = 7.2, 4.6, 120
_INK, _GRID = "#33322e", "#d9d6cc"
_POSTED, _TOPICS, _VOTES = "#1b7f5c", "#b0823a", "#8aa9c9"
_MOST_WEEKS = 26


def stats_chart(channel: str, record: TrackRecord) -> bytes:
    """A PNG: above, precision week by week as posted and by topics alone; below, votes per week."""
    # Imported here: it is slow, and most processes never draw.
    from matplotlib.figure import Figure

    weeks = record.weeks[-_MOST_WEEKS:]
    figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN), dpi=DPI, layout="constrained", facecolor="white")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    indexes = list(range(len(weeks)))
    judged = [index for index in indexes if weeks[index].precision is not None]
    for label, colour, marker, values in (
        ("as posted", _POSTED, "o", [weeks[index].precision for index in judged]),
        ("topics alone", _TOPICS, "s", [weeks[index].topics_precision for index in judged]),
    ):
        upper.plot(judged, values, color=colour, marker=marker, linewidth=2, markersize=5, label=label)
    upper.set_title(f"{channel}: liked share of the first papers", loc="left", color=_INK, fontsize=12)
    upper.set_ylim(0, 1.02)
    upper.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    lower.bar(indexes, [week.votes for week in weeks], color=_VOTES, width=0.7)
    lower.set_title("votes per week", loc="left", color=_INK, fontsize=11)
    lower.set_xticks(indexes[:: _tick_step(weeks)], [f"{week.start:%d %b}" for week in weeks[:: _tick_step(weeks)]])
    lower.yaxis.get_major_locator().set_params(integer=True)
    for axes in (upper, lower):
        axes.grid(axis="y", color=_GRID)
        axes.set_axisbelow(True)
        axes.tick_params(colors=_INK, labelsize=10)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    if judged:
        upper.legend(frameon=False, fontsize=10, loc="upper left", ncols=2)
    else:
        upper.text(0.5, 0.5, "no votes on posted papers yet", transform=upper.transAxes, ha="center", color=_INK)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _tick_step(weeks: tuple[Week, ...]) -> int:
    return max(1, -(-len(weeks) // 8))
