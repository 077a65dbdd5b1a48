"""Contributions in words."""

from __future__ import annotations

from dataclasses import replace

from bot.models import Contribution
from bot.ranking.explain import why, why_in_full
from tests.builders import a_paper, a_ranked

SHARES = (
    Contribution("topic", "topic 1", 2.1),
    Contribution("liked", "2505.03802", 0.84, "2505.03802"),
    Contribution("disliked", "2505.00001", -1.2, "2505.00001"),
    Contribution("rest", "the day's average", 9.0),
    Contribution("author", "authors", 0.01),
)
RANKED = replace(a_ranked(a_paper()), contributions=SHARES, utility=10.75)


def test_the_heaviest_shares_are_named_first():
    assert why(RANKED) == "topic 1 +2.1 · like 2505.00001 you 👎 -1.2 · like 2505.03802 you 👍 +0.8"


def test_what_has_no_name_and_what_is_tiny_is_left_out_of_the_line():
    assert "average" not in why(RANKED, limit=9)
    assert "authors" not in why(RANKED, limit=9)


def test_in_full_every_share_and_the_sum_are_told():
    lines = why_in_full(RANKED)
    assert len(lines) == len(SHARES) + 1
    assert lines[-1] == "together +10.75"


def test_nothing_to_tell_is_an_empty_line():
    assert why(replace(RANKED, contributions=())) == ""
