"""How posted papers fared, week by week."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.models import Contribution, CurrentVote, Impression, Ranked, Score
from bot.ranking.rewards import verdicts
from bot.ranking.track_record import Shown, topics_share, track_record
from tests.builders import a_paper

MONDAY = datetime(2025, 5, 5, 9, tzinfo=UTC)


def shown(arxiv_id, position, *, topic=0.0, learned=0.0, digest=1, at=MONDAY, topics=(1,)):
    ranked = Ranked(
        paper=a_paper(arxiv_id),
        score=Score(arxiv_id, 1, 7, 5, "", topics=topics),
        position=position,
        utility=topic + learned,
        contributions=(Contribution("topic", "topic 1", topic), Contribution("liked", "x", learned)),
    )
    return Shown(Impression("lab", digest, position, arxiv_id, at, ranked.utility), ranked)


def vote(arxiv_id, emoji="👍", person="ada", at=MONDAY):
    return CurrentVote("lab", arxiv_id, person, emoji, at)


def record(papers, votes, places=1):
    return track_record(papers, verdicts(votes), votes, places)


def test_precision_compares_the_posted_order_with_that_of_topics_alone():
    """The liked paper stands first as posted; topics alone would have put another one there."""
    papers = [shown("2505.00001", 1, topic=1.0, learned=3.0), shown("2505.00002", 2, topic=2.0)]
    week = record(papers, [vote("2505.00001")]).weeks[0]
    assert (week.precision, week.topics_precision, week.judged) == (1.0, 0.0, 1)


def test_a_digest_nobody_voted_on_is_not_judged():
    """Silence is no verdict: perhaps nobody read it."""
    papers = [shown("2505.00001", 1), shown("2505.00002", 1, digest=2)]
    week = record(papers, [vote("2505.00002")]).weeks[0]
    assert (week.shown, week.judged) == (2, 1)


def test_a_silent_week_between_two_lively_ones_is_listed():
    """The chart must show the gap."""
    later = MONDAY + timedelta(weeks=2)
    votes = [vote("2505.00001"), vote("2505.00002", at=later)]
    weeks = record([shown("2505.00001", 1), shown("2505.00002", 1, digest=2, at=later)], votes).weeks
    assert [week.start for week in weeks] == [date(2025, 5, 5), date(2025, 5, 12), date(2025, 5, 19)]
    assert (weeks[1].shown, weeks[1].votes, weeks[1].precision) == (0, 0, None)


def test_likes_are_counted_by_the_topic_a_paper_came_under():
    """Most liked first; a paper without a topic counts under 0."""
    papers = [
        shown("2505.00001", 1, topics=(2, 1)),
        shown("2505.00002", 2, topics=(2,)),
        shown("2505.00003", 3, topics=()),
        shown("2505.00004", 4, topics=(5,)),
    ]
    votes = [vote(f"2505.0000{n}") for n in (1, 2, 3)] + [vote("2505.00004", "👎")]
    found = record(papers, votes)
    assert found.liked_topics == ((2, 2), (0, 1))
    assert (found.n_liked, found.n_disliked) == (3, 1)


def test_two_emoji_of_one_reader_are_two_votes():
    """A week counts votes, not people."""
    week = record([shown("2505.00001", 1)], [vote("2505.00001"), vote("2505.00001", "🔥")]).weeks[0]
    assert week.votes == 2


def test_nothing_shown_and_nothing_said_is_an_empty_record():
    """A new channel has no weeks."""
    assert record([], []).weeks == ()


def test_topics_share_leaves_out_what_was_learned():
    """Only topic and score shares count."""
    assert topics_share(shown("2505.00001", 1, topic=1.5, learned=9.0).ranked) == pytest.approx(1.5)
