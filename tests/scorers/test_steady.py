"""Whatever a scorer or an embedder raises, at whichever moment, the morning is posted and says why."""

from __future__ import annotations

from datetime import date

import pytest

from bot.errors import PromptError, SettingsError, StoreFull
from bot.scorers.local import LocalScorer
from bot.scorers.steady import SteadyScorer
from tests.builders import CHANNEL
from tests.fakes import FakeScorer
from tests.handlers.conftest import World
from tests.prove.exceptions import EXCEPTIONS, MOMENTS, BreakingEmbedder, BreakingScorer

MONDAY = date(2025, 5, 5)
NAMES = [type(error).__name__ for error in EXCEPTIONS]


def broken(error: Exception, moment: str) -> SteadyScorer:
    def make():
        if moment == "made":
            raise error
        scorer = BreakingScorer()
        scorer.error, scorer.is_late = error, moment == "used twice"
        return scorer

    return SteadyScorer(make, FakeScorer())


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("error", EXCEPTIONS, ids=NAMES)
async def test_whatever_a_scorer_raises_the_morning_is_posted_and_says_why(world: World, error, moment, caplog):
    world.scorer = broken(error, moment)
    world.want()
    world.announce(MONDAY, 15)
    await world.morning(MONDAY)
    assert len(world.papers(1)) > 0
    assert "the LLM failed (" in world.header(1)
    assert "15 papers scored locally" in world.header(1)
    assert any(record.exc_info for record in caplog.records), "its traceback is in the log"


@pytest.mark.parametrize("error", [SettingsError(["x = 1: no"]), PromptError("no $topics")])
def test_what_a_person_wrote_wrong_is_said_at_start(error):
    with pytest.raises(type(error)):
        broken(error, "made")


async def test_a_full_disk_is_no_failure_of_the_scorer(world: World):
    world.scorer = broken(StoreFull("full"), "used")
    world.want()
    world.announce(MONDAY, 3)
    with pytest.raises(StoreFull):
        await world.morning(MONDAY)


@pytest.mark.parametrize("since", ["the first day", "a while"])
@pytest.mark.parametrize("error", EXCEPTIONS[:8], ids=NAMES[:8])
async def test_an_embedder_that_fails_leaves_the_words_alone_to_rank_with(world: World, error, since):
    world.embedder = BreakingEmbedder()
    world.scorer = LocalScorer(world.embedder)
    world.want()
    if since == "a while":
        world.announce(MONDAY, 15)
        await world.morning(MONDAY)
    world.embedder.error = error
    day = date(2025, 5, 6)
    world.announce(day, 15)
    await world.morning(day)
    record, *_ = await world.store.ledger.digests(CHANNEL)
    assert day in record.days
    assert any("ranked by words alone" in remark for remark in record.remarks)
    vectors = await world.store.papers.vectors([f"2505.060{n:02d}" for n in range(1, 16)], world.embedder.name)
    assert vectors == {}, "what was not made is not stored"
    world.embedder.error = None
    later = date(2025, 5, 7)
    world.announce(later, 15)
    await world.morning(later)
    record, *_ = await world.store.ledger.digests(CHANNEL)
    assert later in record.days
    assert not any("ranked by words alone" in remark for remark in record.remarks)
