"""A day's budget holds at every moment, whatever is in flight, and what it leaves out is said."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.models import Budget, CallIntent
from tests.builders import some_papers
from tests.scorers.llm.conftest import a_job

ABSTRACT = "A sentence of a usual length about caches and what they hold. " * 20


async def spent(store, clock):
    return await store.costs.spending(clock.now().date())


@pytest.mark.parametrize("cap", [0, 1_000, 5_000, 12_000, 20_000])
@pytest.mark.parametrize("parallel", [1, 8])
async def test_tokens_never_exceed_the_cap(make_scorer, server, store, clock, cap: int, parallel: int):
    server.latency_s = 0.01
    papers = some_papers(60, abstract=ABSTRACT)
    scorer = make_scorer(daily_budget_tokens=cap, parallel=parallel, batch_size=5)
    result = await scorer.score(a_job(papers))
    used = (await spent(store, clock)).tokens
    assert used == sum(seen.usage["total_tokens"] for seen in server.answered()) <= cap
    left = sum(score.fallback for score in result.scores)
    assert result.remarks == (f"the day's budget is reached: {left} papers scored locally",)


async def test_most_of_a_budget_is_used(make_scorer, store, clock):
    papers = some_papers(60, abstract=ABSTRACT)
    await make_scorer(daily_budget_tokens=20_000, batch_size=5).score(a_job(papers))
    assert (await spent(store, clock)).tokens > 13_000


async def test_the_best_papers_are_scored_before_the_money_runs_out(make_scorer):
    papers = some_papers(60, abstract=ABSTRACT)
    result = await make_scorer(daily_budget_tokens=20_000, batch_size=5).score(a_job(papers))
    places = [place for place, score in enumerate(result.scores) if not score.fallback]
    assert len(places) > 20
    assert max(places) < len(places) + 5  # a last, small batch may still fit where a whole one does not


async def test_usd_never_exceed_the_cap(make_scorer, server, store, clock):
    papers = some_papers(60, abstract=ABSTRACT)
    await make_scorer(model="gpt-4o", daily_budget_usd=0.05, batch_size=5).score(a_job(papers))
    assert 0.03 < (await spent(store, clock)).usd <= 0.05


async def test_the_cap_holds_for_two_channels_at_once(make_scorer, server, store, clock):
    server.latency_s = 0.01
    one, other = some_papers(40, abstract=ABSTRACT), some_papers(40, day=4, abstract=ABSTRACT)
    scorer = make_scorer(daily_budget_tokens=15_000, batch_size=5)
    await asyncio.gather(scorer.score(a_job(one)), scorer.score(a_job(other, channel="b")))
    assert (await spent(store, clock)).tokens <= 15_000


async def test_a_server_that_counts_many_more_tokens_is_learned_from(make_scorer, server, store, clock):
    """Where the estimates are far too low only the first request can be dearer than what was reserved for it."""
    server.token_chars = 1.5
    papers = some_papers(60, abstract=ABSTRACT)
    await make_scorer(daily_budget_tokens=40_000, batch_size=5).score(a_job(papers))
    over = [call for call in await store.costs.calls() if call.result.charged_tokens > call.intent.most_tokens]
    assert len(over) <= 1
    assert (await spent(store, clock)).tokens <= 40_000


async def test_the_next_utc_day_has_its_own_budget(make_scorer, clock):
    papers = some_papers(30, abstract=ABSTRACT)
    scorer = make_scorer(daily_budget_tokens=8_000, batch_size=5)
    first = await scorer.score(a_job(papers))
    clock.advance(timedelta(days=1).total_seconds())
    second = await scorer.score(a_job(papers, known={s.arxiv_id: s for s in first.scores if not s.fallback}))
    assert sum(s.fallback for s in second.scores) < sum(s.fallback for s in first.scores) < 30


async def test_a_request_whose_answer_was_lost_counts_with_all_it_can_have_cost(make_scorer, server, store, clock):
    server.fault("drop", times=None)
    await make_scorer(attempts=2).score(a_job(3))
    calls = await store.costs.calls()
    assert len(calls) == 2
    assert all(call.result.charged_tokens == call.intent.most_tokens for call in calls)
    assert not any(call.result.answered for call in calls)
    assert (await spent(store, clock)).tokens == sum(call.intent.most_tokens for call in calls)


async def test_a_refused_request_costs_nothing(make_scorer, server, store, clock):
    server.fault("rate_limit", times=None)
    await make_scorer(attempts=2).score(a_job(3))
    assert (await spent(store, clock)).tokens == 0


async def test_what_a_killed_process_reserved_stays_taken_today(make_scorer, store, clock):
    now = clock.now()
    intent = CallIntent(now, now + timedelta(seconds=5), "score", "c", "e", "m", "d", {}, "h", "h", "n", 1, 9_000)
    await store.costs.reserve(intent, Budget())
    clock.advance(600)
    result = await make_scorer(daily_budget_tokens=10_000).score(a_job(some_papers(20, abstract=ABSTRACT)))
    assert "budget" in result.remarks[0]
    assert (await spent(store, clock)).tokens <= 10_000
    assert (await store.costs.calls())[-1].abandoned


async def test_every_request_is_a_row(make_scorer, server, store):
    server.fault("rate_limit")
    server.formats = ("json_object",)
    await make_scorer(model="gpt-4o", batch_size=5, parallel=1).score(a_job(10, channel="compression"))
    rows = list(reversed(await store.costs.calls()))
    assert [row.result.outcome for row in rows] == ["rate limited", "parameter not supported", "ok", "ok"]
    assert len(rows) == len(server.journal)
    for row, seen in zip(rows[2:], server.journal[2:], strict=True):
        usage = seen.usage
        assert (row.result.prompt_tokens, row.result.completion_tokens) == (
            usage["prompt_tokens"],
            usage["completion_tokens"],
        )
        assert row.result.prompt_usd == pytest.approx(usage["prompt_tokens"] * 2.5e-6)
        assert row.result.completion_usd == pytest.approx(usage["completion_tokens"] * 10e-6)
        assert (row.intent.model, row.intent.channel, row.intent.purpose) == ("gpt-4o", "compression", "score")
        assert list(row.intent.papers) == seen.papers


async def test_a_server_that_does_not_count_is_estimated_and_the_row_says_so(make_scorer, server, store):
    server.counts = False
    await make_scorer().score(a_job(10))
    (row,) = await store.costs.calls()
    assert row.result.prompt_tokens > 500
    assert "estimates" in row.result.note


async def test_what_a_server_counted_is_booked_though_it_said_nothing(make_scorer, server, store, clock):
    """A completion without a choice is charged like any other."""
    server.fault("no_choices", times=1)
    await make_scorer().score(a_job(some_papers(3)))
    charged = sum(seen.usage.get("total_tokens", 0) for seen in server.journal)
    assert (await spent(store, clock)).tokens == charged
    assert len(server.journal) == 2
