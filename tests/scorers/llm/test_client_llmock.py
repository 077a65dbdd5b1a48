"""A second opinion: LLMock breaks the connection its own way and judges how the scorer took it."""

from __future__ import annotations

import pytest

from bot.clock import SystemClock
from tests.scorers.llm.conftest import a_job

pytest.importorskip("llmock", reason="the test extra brings it")


@pytest.fixture
def scorer(llmock, make_scorer):
    """Real pauses, but short ones: LLMock measures them."""

    def make(**settings):
        wanted = {"backoff_s": 0.05, "attempts": 4, "batch_size": 3, **settings}
        return make_scorer(at=llmock.base_url("openai"), using=SystemClock(), key="llmock-test-key", **wanted)

    return make


def answer(llmock, *ids: str) -> None:
    for one in ids:
        llmock.reply('{"papers": [{"id": "%s", "relevance": 7, "novelty": 5, "topics": [], "comment": "ok"}]}' % one)  # noqa: UP031


async def test_a_limit_is_respected(llmock, scorer):
    llmock.rate_limit(times=2, retry_after=0.2)
    answer(llmock, "2505.03001")
    result = await scorer().score(a_job(1))
    assert [score.relevance for score in result.scores] == [7]
    assert not result.scores[0].fallback
    llmock.assert_resilient(strict=True)


@pytest.mark.parametrize("status", [500, 502, 503, 529])
async def test_a_failing_server_is_given_growing_pauses(llmock, scorer, status: int):
    llmock.fail(status, times=3)
    answer(llmock, "2505.03001")
    result = await scorer().score(a_job(1))
    assert not result.scores[0].fallback
    llmock.assert_resilient(strict=True)
    assert len(llmock.requests) == 4


@pytest.mark.parametrize(
    ("status", "code"), [(401, None), (403, None), (404, "model_not_found"), (429, "insufficient_quota")]
)
async def test_what_cannot_be_retried_is_not(llmock, scorer, status: int, code: str | None):
    llmock.fail(status, times=None, code=code)
    result = await scorer().score(a_job(6))
    assert all(score.fallback for score in result.scores)
    # A 403 without a word may be about one paper: half of them are tried, and then a half of these.
    assert len(llmock.requests) <= (4 if status == 403 else 1)
    assert llmock.verdict().passed


async def test_an_outage_ends_after_a_bounded_number_of_attempts(llmock, scorer):
    llmock.outage(status=503)
    result = await scorer(attempts=3).score(a_job(30))
    assert all(score.fallback for score in result.scores)
    llmock.assert_resilient(strict=True)


async def test_a_context_too_small_is_answered_by_smaller_requests(llmock, scorer):
    llmock.context_overflow(times=1)
    answer(llmock, "2505.03001", "2505.03002")
    await scorer(batch_size=2, parallel=1).score(a_job(2))
    assert llmock.verdict().passed
    assert len({request.fingerprint for request in llmock.requests[:3]}) == 3


async def test_answers_that_are_not_scores_cost_a_few_requests_and_no_more(llmock, scorer):
    result = await scorer(batch_size=10).score(a_job(40))
    assert all(score.fallback for score in result.scores)
    assert "failed" in result.remarks[0]
    assert len(llmock.requests) <= 1 + 2 * 8
