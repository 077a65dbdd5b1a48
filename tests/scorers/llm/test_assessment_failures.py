"""Whatever goes wrong, every paper has a score, the reader is told, and nothing is sent that cannot help."""

from __future__ import annotations

import asyncio
import logging
import socket

import pytest

from bot.clock import SystemClock
from bot.endpoints.failures import Failure
from tests.loopback.openai import KEY
from tests.scorers.llm.conftest import Kept, a_job


def unscored(result) -> list[str]:
    return [score.arxiv_id for score in result.scores if score.fallback]


@pytest.mark.parametrize(
    "kind", ["rate_limit", "server_error", "overloaded", "drop", "html", "html_200", "bad_json", "empty", "no_choices"]
)
async def test_a_passing_failure_is_tried_again_and_leaves_no_trace(make_scorer, server, clock, kind: str):
    server.fault(kind)
    result = await make_scorer().score(a_job(6))
    assert unscored(result) == []
    assert result.remarks == ()
    assert [seen.fault for seen in server.journal] == [kind, ""]
    assert len(clock.sleeps) == 1


async def test_a_server_that_never_answers_is_given_up_after_the_time_out(make_scorer, server):
    server.fault("hang", times=1)
    result = await make_scorer(timeout_s=1.0).score(a_job(6))
    assert unscored(result) == []
    assert len(server.journal) == 2


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("rate_limit", "it is too busy"),
        ("server_error", "its server has a fault"),
        ("overloaded", "it is too busy"),
        ("drop", "the connection broke"),
        ("html", "its server has a fault"),
        ("html_200", Failure.WEB_PAGE.words),
        ("bad_json", "its answers cannot be understood"),
        ("no_choices", "its answers cannot be understood"),
    ],
)
async def test_a_failure_that_stays_ends_in_local_scores_and_a_word_to_the_reader(
    make_scorer, server, kind: str, reason: str
):
    server.fault(kind, times=None)
    result = await make_scorer(attempts=3, batch_size=2).score(a_job(20))
    assert len(unscored(result)) == 20
    assert result.remarks == (f"the LLM failed ({reason}): 20 papers scored locally",)
    assert result.scored_by == "local scorer"
    # One batch alone, then at most as many as are in flight, each three times: never all of them.
    assert len(server.journal) <= 3 * (1 + 8)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("unauthorized", "its key was refused"),
        ("quota", Failure.QUOTA.words),
        ("unknown_model", Failure.MODEL_UNKNOWN.words),
    ],
)
async def test_what_only_a_person_can_mend_is_asked_once(make_scorer, server, clock, kind: str, reason: str):
    server.fault(kind, times=None)
    result = await make_scorer(batch_size=2).score(a_job(20))
    assert result.remarks == (f"the LLM failed ({reason}): 20 papers scored locally",)
    assert len(server.journal) == 1
    assert clock.sleeps == []


async def test_a_quota_used_up_in_the_middle_keeps_what_was_scored(make_scorer, server):
    server.fault("quota", times=None, skip=2)
    kept = Kept()
    result = await make_scorer(batch_size=4, parallel=1).score(a_job(16, keep=kept))
    assert len(kept.scores) == 8
    assert len(unscored(result)) == 8
    assert result.scored_by == "gpt-4o-mini"
    assert result.remarks == (f"the LLM failed ({Failure.QUOTA.words}): 8 papers scored locally",)
    assert len(server.journal) == 3


async def test_a_wrong_key_never_stands_in_a_log_or_in_the_database(make_scorer, server, store, caplog):
    caplog.set_level(logging.DEBUG, logger="bot")
    server.key = "another"
    await make_scorer().score(a_job(3))
    assert KEY not in caplog.text
    (call,) = await store.costs.calls()
    assert call.result.outcome == "key refused"
    assert KEY not in call.result.note


async def test_nobody_at_the_address_is_a_failure_said_in_words(make_scorer):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    result = await make_scorer(at=address, attempts=2).score(a_job(6))
    assert result.remarks == ("the LLM failed (it could not be reached): 6 papers scored locally",)


async def test_an_empty_key_is_enough_for_a_server_without_keys(make_scorer, server):
    server.key = None
    assert unscored(await make_scorer(key="").score(a_job(3))) == []


async def test_the_wait_a_server_asks_for_is_kept(make_scorer, server, clock):
    server.fault("rate_limit", headers={"Retry-After": "7"})
    server.fault("overloaded", headers={"retry-after-ms": "2500"})
    await make_scorer().score(a_job(3))
    assert 7 <= clock.sleeps[0] < 7.2
    assert 2.5 <= clock.sleeps[1] < 2.7


async def test_a_wait_given_as_a_date_is_counted_on_the_servers_clock(make_scorer, server, clock):
    headers = {"Date": "Thu, 08 May 2025 07:00:00 GMT", "Retry-After": "Thu, 08 May 2025 07:00:09 GMT"}
    server.fault("rate_limit", headers=headers)
    await make_scorer().score(a_job(3))
    assert 9 <= clock.sleeps[0] < 9.2


async def test_a_wait_longer_than_a_morning_has_is_not_waited_for(make_scorer, server, clock):
    server.fault("rate_limit", times=None, headers={"Retry-After": "3600"})
    result = await make_scorer(longest_wait_s=60).score(a_job(3))
    assert clock.sleeps == []
    assert result.remarks == ("the LLM failed (it is too busy): 3 papers scored locally",)


async def test_without_a_word_from_the_server_the_pauses_grow(make_scorer, server, clock):
    server.fault("server_error", times=3)
    await make_scorer(attempts=4, backoff_s=2.0).score(a_job(3))
    first, second, third = clock.sleeps
    assert first < second < third
    assert 1.5 <= first <= 2.5


async def test_a_batch_too_long_is_split_until_it_fits(make_scorer, server):
    server.context_tokens = 1_150
    result = await make_scorer(batch_size=16, parallel=1).score(a_job(64))
    assert unscored(result) == []
    assert max(len(seen.papers) for seen in server.answered()) < 16
    # What one batch found out the others heed.
    assert sum(seen.status == 400 for seen in server.journal) <= 3


async def test_a_lone_paper_too_long_keeps_its_local_score(make_scorer, server):
    server.context_tokens = 10
    result = await make_scorer().score(a_job(4))
    assert len(unscored(result)) == 4
    assert result.remarks == ("the LLM failed (the texts are too long for it): 4 papers scored locally",)


@pytest.mark.parametrize("times", [1, 2])
async def test_a_paper_left_out_is_asked_about_again_in_a_smaller_batch(make_scorer, server, times: int):
    server.forget = {"2505.03002": times, "2505.03005": times}
    result = await make_scorer().score(a_job(8))
    assert unscored(result) == []
    sizes = [len(seen.papers) for seen in server.journal]
    assert sizes[0] == 8
    assert all(size < 8 for size in sizes[1:])
    asked = [one for seen in server.journal for one in seen.papers]
    assert asked.count("2505.03001") == 1
    assert asked.count("2505.03002") == 1 + times


async def test_a_paper_left_out_three_times_keeps_its_local_score_marked(make_scorer, server):
    server.forget = {"2505.03002": 99}
    result = await make_scorer().score(a_job(8))
    assert unscored(result) == ["2505.03002"]
    assert sum("2505.03002" in seen.papers for seen in server.journal) == 3
    assert result.remarks == ("the LLM left 1 paper out: scored locally",)


@pytest.mark.parametrize(("left_out", "failed"), [(2, False), (3, True)])
async def test_more_than_a_fifth_unscored_is_a_failure(make_scorer, server, left_out: int, failed: bool):
    server.forget = {f"2505.030{n:02d}": 99 for n in range(1, left_out + 1)}
    result = await make_scorer().score(a_job(10))
    assert len(unscored(result)) == left_out
    assert ("failed" in result.remarks[0]) is failed


async def test_a_refused_paper_does_not_take_its_batch_with_it(make_scorer, server):
    server.fault("refusal", times=None, about="2505.03004")
    result = await make_scorer(batch_size=4).score(a_job(8))
    assert unscored(result) == ["2505.03004"]


async def test_a_paper_the_providers_filter_refuses_does_not_take_its_batch_with_it(make_scorer, server):
    server.fault("content_filter", times=None, about="2505.03004")
    result = await make_scorer(batch_size=8).score(a_job(8))
    assert unscored(result) == ["2505.03004"]


async def test_nonsense_from_every_request_is_given_up_early(make_scorer, server):
    server.fault("silence", times=None)
    result = await make_scorer(batch_size=2).score(a_job(40))
    assert len(unscored(result)) == 40
    assert result.remarks == ("the LLM failed (its answers cannot be understood): 40 papers scored locally",)
    assert len(server.journal) <= 1 + 2 * 8


@pytest.mark.parametrize("parallel", [1, 4])
async def test_a_server_that_dies_after_a_success_costs_one_round_and_no_more(make_scorer, server, parallel: int):
    server.fault("server_error", times=None, skip=2)
    result = await make_scorer(batch_size=2, parallel=parallel, attempts=2).score(a_job(100))
    assert len(unscored(result)) == 96
    # What is in flight when it dies, and as many more as it takes to believe it, each at both attempts.
    assert len(server.journal) <= 2 + 2 * (parallel + 4)


async def test_no_papers_ask_nobody(make_scorer, server):
    result = await make_scorer().score(a_job(0))
    assert result.scores == ()
    assert result.remarks == ()
    assert server.journal == []


async def test_being_stopped_in_the_middle_leaves_no_task_behind(make_scorer, server, store):
    server.latency_s = 30.0
    running = asyncio.ensure_future(make_scorer(using=SystemClock()).score(a_job(20)))
    await server.first_request.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [task for task in asyncio.all_tasks() if "Assessment" in repr(task)] == []
    (call,) = await store.costs.calls()
    assert call.result is None  # reserved until it expires: nobody knows what the provider charges
