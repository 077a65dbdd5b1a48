"""What one reader's votes may weigh beside the others'."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import CurrentVote
from bot.ranking.learn import MOST_LIKED, Evidence, lessons
from bot.ranking.readers import LARGEST_SHARE, LARGEST_SHARE_OF_FEW, MOST_OF_MEDIAN, REGULAR_FROM, factors, in_turn
from bot.ranking.rewards import verdicts
from tests.builders import a_paper

NOON = datetime(2025, 5, 8, 12, tzinfo=UTC)


def likes(person: str, n: int, first: int = 0, emoji: str = "👍") -> list[CurrentVote]:
    return [
        CurrentVote("lab", f"{person} {i}", person, emoji, NOON + timedelta(minutes=i)) for i in range(first, first + n)
    ]


def weights(votes: list[CurrentVote]) -> dict[str, float]:
    """What each person's votes weigh in the lessons of a channel."""
    papers = {vote.arxiv_id: a_paper(arxiv_id=vote.arxiv_id) for vote in votes}
    said = verdicts(votes)
    taught = lessons(Evidence(said, (), papers, (), NOON + timedelta(days=1)))
    found: dict[str, float] = {}
    for one in taught:
        person = one.paper.arxiv_id.rpartition(" ")[0]
        found[person] = found.get(person, 0.0) + one.weight
    return found


THREE = [*likes("ada", 25), *likes("bob", 25), *likes("cleo", 25)]


@pytest.mark.parametrize("n", [75, 300, 800, 3000])
def test_no_number_of_votes_gives_one_of_four_more_than_a_third(n):
    found = weights([*THREE, *likes("mal", n)])
    assert [found[person] for person in ("ada", "bob", "cleo")] == [pytest.approx(25)] * 3
    assert found["mal"] <= sum(found.values()) / 3 + 1e-6


def test_of_two_nobody_has_more_than_half():
    found = weights([*likes("ada", 60), *likes("mal", 3000)])
    assert found["ada"] == pytest.approx(60)
    assert found["mal"] == pytest.approx(60)


def test_agreeing_with_everybody_does_not_undo_the_bound():
    """The root over readers who agree once gave back what the cap had taken."""
    votes = THREE + [
        CurrentVote("lab", f"{p} {i}", "mal", "👍", NOON) for p in ("ada", "bob", "cleo") for i in range(25)
    ]
    agreed = sum(weights(votes).values())
    flooded = sum(weights([*votes, *likes("mal", 3000)]).values())
    assert flooded <= 1.5 * sum(weights(THREE).values())
    assert agreed == pytest.approx(flooded)


def test_passers_by_do_not_silence_the_regulars():
    alone = weights(THREE)
    beside = weights(THREE + [vote for n in range(20) for vote in likes(f"guest{n}", 1)])
    assert all(beside[person] >= 0.8 * alone[person] for person in alone)


def test_the_newest_votes_of_one_reader_do_not_push_the_others_out():
    found = weights([*THREE, *likes("mal", MOST_LIKED, first=1000)])
    assert all(found[person] == pytest.approx(25) for person in ("ada", "bob", "cleo"))


def test_somebody_alone_is_bound_by_nothing():
    assert weights(likes("ada", 200)) == {"ada": pytest.approx(200)}
    assert weights([*likes("ada", 200), *likes("guest", 2)])["ada"] == pytest.approx(200)


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.floats(0.01, 5000), min_size=1, max_size=9))
def test_no_share_and_no_multiple_of_the_median_is_exceeded(sums):
    found = factors(sums, dict.fromkeys(sums, REGULAR_FROM))
    held = sorted(sums[reader] * found[reader] for reader in sums)
    assert all(0 < factor <= 1 for factor in found.values())
    if len(held) > 1:
        share = LARGEST_SHARE_OF_FEW if len(held) <= 3 else LARGEST_SHARE
        assert held[-1] <= share * sum(held) * (1 + 1e-9)
        middle = sorted(sums.values())
        assert held[-1] <= MOST_OF_MEDIAN * (middle[len(middle) // 2] + middle[(len(middle) - 1) // 2]) / 2 * (1 + 1e-9)


@given(
    st.dictionaries(st.sampled_from("abc"), st.lists(st.integers(0, 30), unique=True).map(sorted)), st.integers(0, 40)
)
def test_what_is_drawn_in_turn_is_the_newest_of_everybody(said, most):
    drawn = in_turn(said, most)
    everything = {place for places in said.values() for place in places}
    assert len(drawn) == min(most, len(everything))
    assert list(drawn) == sorted(set(drawn))
    if drawn and most >= 3:
        assert all(places[-1] in drawn for places in said.values() if places)
