"""Whatever a scorer or an embedder raises, at whichever moment, the morning is posted and says why."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import date

import openai
import pytest

from bot.errors import AnswerError, EmbedderError, PromptError, ScorerError, SettingsError, StoreFull
from bot.scorers.local import LocalScorer
from bot.scorers.steady import SteadyScorer
from tests.builders import CHANNEL
from tests.fakes import FakeEmbedder, FakeScorer
from tests.handlers.conftest import World

MONDAY = date(2025, 5, 5)
EXCEPTIONS = [
    ImportError("Using SOCKS proxy, but the 'socksio' package is not installed"), FileNotFoundError(2, "no such", "/x.pem"),
    ValueError("Unknown scheme for proxy URL"), RecursionError("maximum recursion depth exceeded"), MemoryError(),
    AttributeError("'str' object has no attribute 'data'"), TypeError("NoneType"), KeyError("choices"), IndexError("0"),
    OSError(24, "Too many open files"), TimeoutError(), ConnectionResetError(104, "reset"), UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"),
    ssl.SSLError("certificate"), RuntimeError("event loop"), AssertionError(), ZeroDivisionError("division by zero"),
    openai.OpenAIError("no"), ScorerError("no scores"), EmbedderError("no vectors"), AnswerError("no words"), ExceptionGroup("two", [ValueError("a")]),
]  # fmt: skip
NAMES = [type(error).__name__ for error in EXCEPTIONS]


class Breaking(FakeScorer):
    """A scorer that raises before it has scored anything, or after it kept the first score."""

    name = fingerprint = "breaking"

    def __init__(self, error: Exception, *, late: bool) -> None:
        super().__init__()
        self.error = error
        self.late = late

    async def score(self, job, progress=None):
        if self.late:
            await job.keep([replace((await super().score(job)).scores[0], relevance=9)])
        raise self.error


def broken(error: Exception, moment: str) -> SteadyScorer:
    def make():
        if moment == "made":
            raise error
        return Breaking(error, late=moment == "used twice")

    return SteadyScorer(make, FakeScorer())


@pytest.mark.parametrize("moment", ["made", "used", "used twice"])
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


class BrokenEmbedder(FakeEmbedder):
    """An embedder that works until it is `broken`."""

    broken: Exception | None = None

    def embed(self, texts):
        if self.broken is not None:
            raise self.broken
        return super().embed(texts)


@pytest.mark.parametrize("since", ["the first day", "a while"])
@pytest.mark.parametrize("error", EXCEPTIONS[:8], ids=NAMES[:8])
async def test_an_embedder_that_fails_leaves_the_words_alone_to_rank_with(world: World, error, since):
    world.embedder = BrokenEmbedder()
    world.scorer = LocalScorer(world.embedder)
    world.want()
    if since == "a while":
        world.announce(MONDAY, 15)
        await world.morning(MONDAY)
    world.embedder.broken = error
    day = date(2025, 5, 6)
    world.announce(day, 15)
    await world.morning(day)
    record, *_ = await world.store.ledger.digests(CHANNEL)
    assert day in record.days
    assert any("ranked by words alone" in remark for remark in record.remarks)
    vectors = await world.store.papers.vectors([f"2505.060{n:02d}" for n in range(1, 16)], world.embedder.name)
    assert vectors == {}, "what was not made is not stored"
    world.embedder.broken = None
    later = date(2025, 5, 7)
    world.announce(later, 15)
    await world.morning(later)
    record, *_ = await world.store.ledger.digests(CHANNEL)
    assert later in record.days
    assert not any("ranked by words alone" in remark for remark in record.remarks)
