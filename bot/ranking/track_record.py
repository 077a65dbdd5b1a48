"""Sum up how posted papers fared by week, as posted and as topics alone would have ordered them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.models import CurrentVote, Impression, Ranked, TrackRecord, Week
from bot.ranking.rewards import Verdict

_FROM_TOPICS = frozenset({"topic", "scores"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A paper as it was ranked, and where it was shown."""

    impression: Impression
    ranked: Ranked


def track_record(
    shown: Sequence[Shown], verdicts: Sequence[Verdict], votes: Sequence[CurrentVote], n_first: int
) -> TrackRecord:
    """Sum up what was shown and what was said about it; the first `n_first` papers (at least 1) of a digest count."""
    rewards = {one.arxiv_id: one.reward for one in verdicts}
    by_week: dict[date, list[Shown]] = defaultdict(list)
    for one in shown:
        by_week[_monday(one.impression.shown_at.date())].append(one)
    cast: dict[date, list[CurrentVote]] = defaultdict(list)
    for vote in votes:
        cast[_monday(vote.at.date())].append(vote)
    weeks = tuple(
        _week(start, by_week.get(start, []), cast.get(start, []), rewards, max(1, n_first))
        for start in _mondays(by_week.keys() | cast.keys())
    )
    topics = Counter(
        one.ranked.score.topics[0] if one.ranked.score.topics else 0
        for one in shown
        if rewards.get(one.ranked.paper.arxiv_id, 0.0) > 0
    )
    return TrackRecord(
        weeks=weeks,
        liked_topics=tuple(sorted(topics.items(), key=lambda pair: (-pair[1], pair[0]))),
        n_liked=sum(reward > 0 for reward in rewards.values()),
        n_disliked=sum(reward < 0 for reward in rewards.values()),
    )


def topics_share(ranked: Ranked) -> float:
    """What topics and scores alone give a paper, out of its utility."""
    return math.fsum(share.value for share in ranked.contributions if share.kind in _FROM_TOPICS)


def _week(
    start: date, shown: Sequence[Shown], votes: Sequence[CurrentVote], rewards: Mapping[str, float], n_first: int
) -> Week:
    as_posted: list[bool] = []
    by_topics: list[bool] = []
    for digest in _digests(shown):
        if not any(one.ranked.paper.arxiv_id in rewards for one in digest):
            continue  # nobody voted: perhaps nobody read it
        liked = {one.ranked.paper.arxiv_id for one in digest if rewards.get(one.ranked.paper.arxiv_id, 0.0) > 0}
        posted = sorted(digest, key=lambda one: one.impression.position)
        topics = sorted(digest, key=lambda one: (-topics_share(one.ranked), one.ranked.paper.arxiv_id))
        as_posted += [one.ranked.paper.arxiv_id in liked for one in posted[:n_first]]
        by_topics += [one.ranked.paper.arxiv_id in liked for one in topics[:n_first]]
    return Week(
        start=start,
        shown=len(shown),
        votes=len(votes),
        judged=len(as_posted),
        precision=sum(as_posted) / len(as_posted) if as_posted else None,
        topics_precision=sum(by_topics) / len(by_topics) if by_topics else None,
    )


def _digests(shown: Sequence[Shown]) -> list[list[Shown]]:
    by_number: dict[int, list[Shown]] = defaultdict(list)
    for one in shown:
        by_number[one.impression.digest].append(one)
    return [by_number[number] for number in sorted(by_number)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _mondays(known: set[date]) -> list[date]:
    """Every Monday from the first to the last, so that a silent week is seen as one."""
    if not known:
        return []
    weeks = (max(known) - min(known)).days // 7
    return [min(known) + timedelta(weeks=n) for n in range(weeks + 1)]
