"""The doctor's look at the LLM: one tiny call, booked and within the budget, and prompts that can be used."""

from __future__ import annotations

import pytest

from bot.models import Severity
from bot.scorers.llm.checkup import check_up


@pytest.fixture
def look(make_endpoint):
    async def look(**settings):
        return await check_up(make_endpoint(**settings))

    return look


async def test_an_answer_of_any_kind_is_well_and_its_cost_is_told(look, server, store, clock):
    server.says = "I would rather not say."
    finding, *_ = await look(model="gpt-4o")
    (seen,) = server.answered()
    assert finding.severity is Severity.OK
    assert f"{seen.usage['prompt_tokens']} + {seen.usage['completion_tokens']} tokens, $" in finding.message
    assert seen.usage["total_tokens"] < 150, "tiny"
    spent = await store.costs.spending(clock.now().date())
    assert spent.tokens == seen.usage["total_tokens"]


async def test_an_unknown_price_is_said_and_never_taken_for_nothing(look):
    finding, *_ = await look(model="llama")
    assert "price unknown" in finding.message
    assert "$" not in finding.message


async def test_a_server_that_refuses_the_wording_is_asked_in_another(look, server):
    server.formats, server.limits, server.temperature = (), ("max_completion_tokens",), False
    finding, *_ = await look()
    assert finding.severity is Severity.OK


async def test_a_passing_failure_is_told_and_not_waited_for(look, server, clock):
    server.fault("rate_limit", times=None)
    finding, *_ = await look()
    assert finding.severity is Severity.PROBLEM
    assert "try again later" in finding.remedy
    assert len(server.journal) == 1
    assert clock.sleeps == []


async def test_prompts_that_cannot_be_used_are_findings_beside_the_call(look, tmp_path):
    (tmp_path / "score.md").write_text("Cheap at $5.")
    (tmp_path / "sift_titles.md").write_text("Choose.")
    first, second, call, *_ = await look(prompts_dir=tmp_path)
    assert {first.severity, second.severity} == {Severity.PROBLEM}
    assert "'score', line 1" in first.message
    assert "'sift_titles' does not use $topics" in second.message
    assert call.severity is Severity.OK


async def test_counts_that_cannot_be_are_no_counts(look, server, monkeypatch):
    usage = {"prompt_tokens": 10**400, "completion_tokens": -5, "total_tokens": 0}
    monkeypatch.setattr(server, "_usage", lambda *_: usage)
    finding, *_ = await look(model="gpt-4o")
    assert finding.severity is Severity.OK, finding
