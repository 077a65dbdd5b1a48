"""Calls, reservations and prompts in the database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.models import Budget, CallIntent, CallResult, Spending, TokenCost
from bot.store import Store

NOON = datetime(2025, 5, 8, 12, 0, tzinfo=UTC)
TODAY = date(2025, 5, 8)

INTENT = CallIntent(
    started_at=NOON,
    expires_at=NOON + timedelta(minutes=3),
    purpose="score",
    channel="terminal",
    endpoint="http://127.0.0.1/v1",
    model="gpt-4o",
    dialect="json_schema max_tokens",
    papers={"2505.03002": 1, "2505.03001": 2},
    prompt_hash="abc",
    message_hash="def",
    nonce="n1",
    asked_for=2,
    most_tokens=1_000,
    most_usd=0.10,
)
RESULT = CallResult(
    outcome="ok",
    latency_s=1.5,
    answered=True,
    prompt_tokens=600,
    cached_tokens=100,
    completion_tokens=80,
    reasoning_tokens=20,
    prompt_usd=0.03,
    completion_usd=0.01,
    charged_tokens=680,
    charged_usd=0.04,
)


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "paperlark.db")
    yield opened
    opened.close()


async def test_a_call_can_be_read_back_as_it_was_written(store):
    number = await store.costs.reserve(INTENT, Budget())
    (under_way,) = await store.costs.calls()
    assert (under_way.number, under_way.intent, under_way.result) == (number, INTENT, None)
    assert list(under_way.intent.papers) == ["2505.03002", "2505.03001"]
    await store.costs.settle(number, RESULT)
    (settled,) = await store.costs.calls()
    assert (settled.intent, settled.result, settled.abandoned) == (INTENT, RESULT, False)


async def test_a_reservation_counts_until_it_is_settled_for_what_it_was(store):
    number = await store.costs.reserve(INTENT, Budget())
    assert await store.costs.spending(TODAY) == Spending(1, 1_000, 0.10)
    await store.costs.settle(number, RESULT)
    assert await store.costs.spending(TODAY) == Spending(1, 680, 0.04)


@pytest.mark.parametrize(
    ("budget", "fits"),
    [
        (Budget(tokens=1_680), True),
        (Budget(tokens=1_679), False),
        (Budget(usd=0.14), True),
        (Budget(usd=0.139), False),
        (Budget(tokens=10_000, usd=0.1), False),
        (Budget(tokens=0), False),
        (Budget(), True),
    ],
)
async def test_a_call_is_refused_when_the_days_budget_does_not_hold_it(store, budget: Budget, fits: bool):
    await store.costs.settle(await store.costs.reserve(INTENT, Budget()), RESULT)
    assert (await store.costs.reserve(INTENT, budget) is not None) is fits
    assert len(await store.costs.calls()) == 1 + fits


async def test_an_unpriced_call_never_passes_a_cap_in_usd(store):
    assert await store.costs.reserve(replace(INTENT, most_usd=None), Budget(usd=100.0)) is None
    assert await store.costs.reserve(replace(INTENT, most_usd=None), Budget(tokens=1_000)) is not None


async def test_the_budgets_day_is_the_utc_day(store):
    late = replace(INTENT, started_at=datetime.fromisoformat("2025-05-09T08:30:00+09:00"), expires_at=NOON)
    budget = Budget(tokens=1_000)
    assert await store.costs.reserve(late, budget) is not None  # 23:30 UTC on the 8th
    assert await store.costs.reserve(INTENT, budget) is None
    tomorrow = replace(INTENT, started_at=NOON + timedelta(days=1), expires_at=NOON + timedelta(days=1, minutes=1))
    assert await store.costs.reserve(tomorrow, budget) is not None


async def test_a_budget_holds_however_many_ask_at_once(store, tmp_path):
    """Two processes' worth of stores on one file, forty calls each, never more than the cap at any moment."""
    other = Store(tmp_path / "paperlark.db")
    budget = Budget(tokens=10_500)

    async def spend(costs) -> bool:
        number = await costs.reserve(INTENT, budget)
        assert (await costs.spending(TODAY)).tokens <= 10_500
        if number is not None:
            await costs.settle(number, replace(RESULT, charged_tokens=900))
        return number is not None

    done = await asyncio.gather(*(spend(one.costs) for one in (store, other) for _ in range(40)))
    other.close()
    spent = await store.costs.spending(TODAY)
    assert spent.tokens == 900 * sum(done) <= 10_500
    assert sum(done) >= 10


async def test_a_call_whose_process_died_is_closed_as_abandoned_and_goes_on_counting_that_day(store):
    await store.costs.reserve(INTENT, Budget())
    later = replace(INTENT, started_at=NOON + timedelta(minutes=10), expires_at=NOON + timedelta(minutes=13))
    assert await store.costs.reserve(later, Budget(tokens=1_999)) is None
    await store.costs.reserve(later, Budget(tokens=2_000))
    newest, oldest = await store.costs.calls()
    assert (oldest.abandoned, oldest.result) == (True, None)
    assert not newest.abandoned
    assert (await store.costs.spending(TODAY + timedelta(days=1))).tokens == 0


async def test_a_call_thought_abandoned_that_ends_after_all_is_settled(store):
    number = await store.costs.reserve(INTENT, Budget())
    later = replace(INTENT, started_at=NOON + timedelta(minutes=10))
    await store.costs.reserve(later, Budget())
    await store.costs.settle(number, RESULT)
    assert (await store.costs.calls())[-1].result == RESULT


async def test_what_was_spent_on_papers_is_the_sum_of_the_channels_answered_calls_about_them(store):
    for changes in ({}, {"papers": {"2505.03009": 1}}, {"channel": "other"}, {"model": "gpt-4o-mini"}):
        await store.costs.settle(await store.costs.reserve(replace(INTENT, **changes), Budget()), RESULT)
    failed = CallResult("time-out", 60.0, charged_tokens=1_000, charged_usd=0.1)
    await store.costs.settle(await store.costs.reserve(INTENT, Budget()), failed)
    spent = await store.costs.spent_on("terminal", ["2505.03001", "2505.03777"], "gpt-4o")
    assert spent == TokenCost("gpt-4o", 600, 80, 0.03, 0.01, 100, 20)
    both = await store.costs.spent_on("terminal", ["2505.03001", "2505.03009"], "gpt-4o")
    assert both is not None
    assert both.prompt_tokens == 1_200
    assert await store.costs.spent_on("terminal", ["2505.03777"], "gpt-4o") is None


async def test_one_call_at_an_unknown_price_makes_the_sum_unknown(store):
    await store.costs.settle(await store.costs.reserve(INTENT, Budget()), RESULT)
    unpriced = replace(RESULT, prompt_usd=None, completion_usd=None)
    await store.costs.settle(await store.costs.reserve(INTENT, Budget()), unpriced)
    spent = await store.costs.spent_on("terminal", ["2505.03001"], "gpt-4o")
    assert spent is not None
    assert (spent.prompt_usd, spent.completion_usd, spent.prompt_tokens) == (None, None, 1_200)


async def test_a_prompt_is_kept_once_under_its_hash(store):
    await store.costs.save_prompt("abc", "You help …")
    await store.costs.save_prompt("abc", "something else")
    assert await store.costs.prompt("abc") == "You help …"
    assert await store.costs.prompt("xyz") is None


async def test_what_was_learned_of_an_endpoint_is_kept_until_it_is_old(store):
    await store.costs.learn(INTENT.endpoint, "gpt-4o", "old", NOON)
    await store.costs.learn(INTENT.endpoint, "gpt-4o", "new", NOON)
    assert await store.costs.learned(INTENT.endpoint, "gpt-4o", NOON) == "new"
    assert await store.costs.learned(INTENT.endpoint, "gpt-4o", NOON + timedelta(seconds=1)) is None
    assert await store.costs.learned(INTENT.endpoint, "another", NOON) is None
    assert await store.costs.learned("http://elsewhere", "gpt-4o", NOON) is None


async def test_one_channel_leaves_the_others_their_part(store):
    budget = Budget(tokens_each=2_000)
    first = [await store.costs.reserve(INTENT, budget) for _ in range(4)]
    assert [number is not None for number in first] == [True, True, False, False]
    assert await store.costs.reserve(replace(INTENT, channel="other"), budget) is not None


@pytest.mark.parametrize("budget", [Budget(tokens=10_000), Budget(tokens_each=10_000)])
async def test_questions_leave_the_mornings_theirs(store, budget):
    budget = replace(budget, other_share=0.2)
    question = replace(INTENT, purpose="answer")
    asked = [await store.costs.reserve(question, budget) for _ in range(4)]
    assert [number is not None for number in asked] == [True, True, False, False]
    scored = [await store.costs.reserve(INTENT, budget) for _ in range(12)]
    assert sum(number is not None for number in scored) == 8


async def test_a_share_of_nothing_is_no_question_at_all(store):
    budget = Budget(tokens=20_000, other_share=0.0)
    assert await store.costs.reserve(replace(INTENT, purpose="answer"), budget) is None
    assert await store.costs.reserve(INTENT, budget) is not None
