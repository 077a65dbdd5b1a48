"""What each of Discord's statuses and codes means for the message it refuses."""

import pytest

from bot.platforms._core.calls import Outcome
from bot.platforms.discord._refusals import outcome_of

CLOSED = [
    (403, "50001"), (403, "50013"), (404, "10003"), (404, "10004"), (400, "40058"), (400, "50008"), (400, "50024"),
    (403, "40007"), (401, ""), (401, "40001"), (403, "50009"), (400, "99999"),
]  # fmt: skip
REFUSED = [(400, "50035"), (400, "50006"), (413, "40005"), (413, ""), (400, "200000"), (400, "240000"), (404, "10008")]
LATER = [(429, ""), (429, "20028"), (403, "20016"), (400, "130000"), (404, ""), (403, ""), (400, ""), (408, "")]
UNKNOWN = [(0, ""), (500, ""), (502, ""), (503, ""), (504, "")]


@pytest.mark.parametrize(
    ("refusals", "outcome"),
    [(CLOSED, Outcome.CLOSED), (REFUSED, Outcome.REFUSED), (LATER, Outcome.LATER), (UNKNOWN, Outcome.UNKNOWN)],
)
def test_each_refusal_keeps_drops_or_puts_off(refusals, outcome):
    assert {one: outcome_of(*one) for one in refusals} == dict.fromkeys(refusals, outcome)
