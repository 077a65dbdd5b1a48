"""The guard over what was learned."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Contribution, Impression, Ranked
from bot.ranking.guard import ENOUGH, guard, trust_of
from bot.ranking.metrics import Interval
from bot.ranking.rewards import Verdict
from bot.ranking.track_record import Shown
from tests.builders import a_paper
from tests.ranking.scenes import a_score

NOON = datetime(2025, 5, 8, 12, tzinfo=UTC)


def a_digest(number, learned, propensity=1.0):
    """Ten papers that topics order 0 to 9, and learning by what it adds."""
    shown = []
    for i in range(10):
        paper = a_paper(f"25{number:02d}.{i:05d}")
        shares = (Contribution("topic", "topic 1", 10.0 - i), Contribution("liked", "x", learned(i)))
        ranked = Ranked(paper, a_score(paper), i + 1, 10.0 - i + learned(i), shares)
        shown.append(Shown(Impression("lab", number, i + 1, paper.arxiv_id, NOON, ranked.utility, propensity), ranked))
    return shown


def history(n_digests, learned, liked=(0, 1), disliked=(8, 9)):
    shown, verdicts = [], []
    for number in range(n_digests):
        digest = a_digest(number, learned)
        shown += digest
        verdicts += [Verdict(digest[i].ranked.paper.arxiv_id, 1.0, 1.0, NOON) for i in liked]
        verdicts += [Verdict(digest[i].ranked.paper.arxiv_id, -1.0, 1.0, NOON) for i in disliked]
    return shown, verdicts


def turned_round(i):
    return 3.0 * i


def helpful(i):
    return -3.0 * i


def test_learning_that_puts_likes_below_dislikes_is_switched_off():
    found = guard(*history(15, turned_round))
    assert found.trust == 0.0
    assert found.gain.high < 0
    assert "switched off" in found.state


def test_learning_that_changes_nothing_or_helps_counts_in_full():
    assert guard(*history(15, lambda _: 0.0)).trust == 1.0
    assert guard(*history(15, helpful)).trust == 1.0
    assert guard(*history(15, turned_round, liked=(8, 9), disliked=(0, 1))).trust == 1.0


def test_below_forty_judged_papers_it_says_nothing():
    found = guard(*history(9, turned_round))
    assert (found.trust, found.n_judged, found.gain) == (1.0, 36, None)
    assert f"36 of {ENOUGH}" in found.state


def test_it_recovers_when_later_digests_do_no_harm():
    shown, verdicts = history(40, turned_round)
    harmless, more = history(80, lambda _: 0.0)
    trusts = []
    for n in (0, 20, 25, 30, 40):
        later = [Shown(_later(one.impression), one.ranked) for one in harmless[: 10 * n]]
        trusts.append(guard([*_renamed(shown), *later], [*_renamed_verdicts(verdicts), *more[: 4 * n]]).trust)
    assert trusts[0] == 0.0
    assert trusts == sorted(trusts)
    assert trusts[-1] == 1.0


def _later(impression):
    return Impression("lab", impression.digest + 1000, impression.position, impression.arxiv_id, NOON, 1.0)


def _renamed(shown):
    """The same history under other ids."""
    from dataclasses import replace

    return [replace(one, ranked=replace(one.ranked, paper=a_paper("old" + one.ranked.paper.arxiv_id))) for one in shown]


def _renamed_verdicts(verdicts):
    return [Verdict("old" + one.arxiv_id, one.reward, one.weight, one.at) for one in verdicts]


def test_a_paper_shown_by_chance_counts_by_its_rarity():
    shown, verdicts = history(15, turned_round)
    common = guard(shown, verdicts).gain.mean
    rare = guard([s for n in range(15) for s in a_digest(n, turned_round, propensity=0.5)], verdicts).gain.mean
    assert rare == pytest.approx(2 * common)


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1))
def test_trust_is_a_share_and_never_falls_when_the_gain_rises(low, width, rise):
    before = trust_of(Interval(low + width / 2, low, low + width))
    after = trust_of(Interval(low + rise + width / 2, low + rise, low + rise + width))
    assert 0.0 <= before <= 1.0
    assert after >= before - 1e-9
