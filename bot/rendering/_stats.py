"""Word a channel's stats."""

from __future__ import annotations

from collections.abc import Sequence

from bot.models import Reply, Topics, TrackRecord, Week
from bot.rendering._words import topic_name
from bot.text import counted

_WEEKS_SHOWN = 8
_MOST_TOPICS = 6


def stats_reply(  # each argument is a line or two of the answer
    channel: str,
    topics: Topics,
    record: TrackRecord,
    *,
    more: Sequence[str],
    less: Sequence[str],
    learned_weight: float,
    guard: str,
    lists: Sequence[str] = (),
) -> Reply:
    """What the bot believes, what readers said, week by week, and whether learning helped."""
    lines = [_beliefs(more, less), *lists, _weight(learned_weight, record, lists)]
    if guard:
        lines.append(guard)
    lines.append(f"votes: {counted(record.n_liked, 'paper')} liked, {record.n_disliked} disliked")
    if record.liked_topics:
        lines.append("liked by topic: " + " · ".join(_topics(record, topics)))
    lines += [_week(week) for week in record.weeks[-_WEEKS_SHOWN:]]
    if any(week.precision is not None for week in record.weeks):
        lines.append("precision is the liked share of the first papers; topics alone: the same papers in that order,")
        lines.append("an indication only, since papers never shown could not be liked")
    return Reply(title=f"What {channel} taught me", lines=tuple(lines))


def _beliefs(more: Sequence[str], less: Sequence[str]) -> str:
    if not more and not less:
        return "nothing learned yet: your topics alone decide"
    parts = []
    if more:
        parts.append(f"more: {', '.join(more)}")
    if less:
        parts.append(f"less: {', '.join(less)}")
    return " · ".join(parts)


def _weight(learned_weight: float, record: TrackRecord, lists: Sequence[str]) -> str:
    if not record.n_liked and not record.n_disliked:
        return f"no votes yet; lists decide {learned_weight:.0%} of the order" if learned_weight else "no votes yet"
    who = "votes and lists" if lists else "votes"
    return f"{who} decide {learned_weight:.0%} of the order, topics the rest"


def _topics(record: TrackRecord, topics: Topics) -> list[str]:
    return [
        f"{topic_name(number, topics) if number else 'no topic'} {count}"
        for number, count in record.liked_topics[:_MOST_TOPICS]
    ]


def _week(week: Week) -> str:
    line = f"week of {week.start:%d %b}: {week.shown} shown, {counted(week.votes, 'vote')}"
    if week.precision is None or week.topics_precision is None:
        return line
    return f"{line} · precision {week.precision:.0%}, topics alone {week.topics_precision:.0%}"
