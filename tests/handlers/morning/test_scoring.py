"""Mornings scored by an LLM: paid for once, honest when it fails, repaired later. Real SDK, store and scorer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import SecretStr

from bot.models import PostRole
from bot.scorers import LlmOptions
from bot.scorers.llm.endpoint import LlmEndpoint
from bot.scorers.llm.scorer import LlmScorer
from bot.settings import ChannelSettings, LlmSettings
from handlers.listing import ingest_due
from handlers.morning import post_by_hand
from handlers.morning.edition import score_ahead
from tests.builders import CHANNEL, a_paper
from tests.handlers.conftest import World, at
from tests.loopback.openai import KEY, LoopbackOpenAI

MONDAY, TUESDAY = date(2025, 5, 5), date(2025, 5, 6)


@pytest.fixture
async def server() -> AsyncIterator[LoopbackOpenAI]:
    def verdict(paper: dict[str, str]) -> dict[str, Any]:
        number = int(paper["id"][-2:])
        return {
            "id": paper["id"],
            "relevance": 9 if number > 10 else 4,
            "novelty": 5,
            "topics": [1],
            "comment": "By the model.",
        }

    async with LoopbackOpenAI(verdict=verdict) as running:
        yield running


@pytest.fixture
def with_llm(world: World, server: LoopbackOpenAI) -> Callable[..., World]:
    """The world with an LLM for a scorer; the local one before it finds papers as relevant as they are old."""

    def make(**settings: Any) -> World:
        wanted = {"model": "gpt-4o", "share": 1.0, "batch_size": 5, "attempts": 2, **settings}
        local = world.scorer if hasattr(world.scorer, "relevance") else world.scorer._local
        options = LlmOptions(LlmSettings(**wanted), world.store.costs, world.clock, server.base_url, SecretStr(KEY))
        world.scorer = LlmScorer(LlmEndpoint(options), local)
        world.want()
        return world

    return make


def asked(server: LoopbackOpenAI) -> list[str]:
    return [one for seen in server.answered() for one in seen.papers]


async def test_a_morning_scored_by_the_model_says_so_and_what_it_cost(with_llm, server):
    world = with_llm()
    world.announce(MONDAY, 15)
    await world.morning(MONDAY)
    assert set(world.papers(1)) == {f"2505.050{n}" for n in range(11, 16)}
    assert "gpt-4o" in world.header(1)
    assert "$0.0" in world.header(1)
    (record,) = await world.store.ledger.digests(CHANNEL)
    usage = [seen.usage for seen in server.answered()]
    assert record.cost.prompt_tokens == sum(one["prompt_tokens"] for one in usage)
    assert record.cost.completion_tokens == sum(one["completion_tokens"] for one in usage)
    assert "By the model." in world.posts(PostRole.PAPER)[0].post.text


async def test_what_was_scored_ahead_is_not_paid_for_again_and_still_in_the_bill(with_llm, server):
    world = with_llm()
    world.announce(MONDAY, 15)
    await ingest_due(world.env)
    await score_ahead(world.env, CHANNEL)
    requests = len(server.journal)
    await world.morning(MONDAY)
    assert len(server.journal) == requests == 3
    (record,) = await world.store.ledger.digests(CHANNEL)
    assert record.cost.prompt_tokens == sum(seen.usage["prompt_tokens"] for seen in server.answered())


async def test_a_second_channel_with_the_same_topics_pays_nothing(with_llm, server):
    world = with_llm()
    world.announce(MONDAY, 15)
    other = ChannelSettings(categories=("cs.CL",), id="other")
    world.want({CHANNEL: world.env.settings.channels[CHANNEL], "other": other})
    await world.morning(MONDAY)
    requests = len(server.journal)
    await world.morning(MONDAY, key="other")
    assert len(server.journal) == requests
    assert set(world.papers(1, "other")) == set(world.papers(1))
    assert "gpt-4o" in world.header(1, "other")
    assert "$" not in world.header(1, "other")


async def test_two_channels_scored_at_once_pay_once(with_llm, server):
    world = with_llm()
    world.announce(MONDAY, 15)
    other = ChannelSettings(categories=("cs.CL",), id="other")
    world.want({CHANNEL: world.env.settings.channels[CHANNEL], "other": other})
    await ingest_due(world.env)
    await asyncio.gather(score_ahead(world.env, CHANNEL), score_ahead(world.env, "other"))
    assert len(asked(server)) == len(set(asked(server))) == 15


async def test_other_topics_another_version_or_another_prompt_are_scored_again(with_llm, server, tmp_path):
    world = with_llm()
    world.announce(MONDAY, 5)
    await ingest_due(world.env)
    await score_ahead(world.env, CHANNEL)
    assert len(asked(server)) == 5
    await world.store.papers.add([a_paper("2505.05001", version=2)], world.clock.now())
    await score_ahead(world.env, CHANNEL)
    assert asked(server)[5:] == ["2505.05001"]
    await world.store.topics.add(CHANNEL, "1. Something else", "test", world.clock.now())
    await score_ahead(world.env, CHANNEL)
    assert len(asked(server)) == 11
    (tmp_path / "score.md").write_text("Score these. JSON please. $topics $numbers")
    known = world.scorer._endpoint.options
    scorer = LlmScorer(LlmEndpoint(replace(known, prompts_dir=tmp_path)), world.scorer._local)
    await score_ahead(replace(world.env, scorer=scorer), CHANNEL)
    assert len(asked(server)) == 16


async def test_a_crash_in_the_middle_costs_at_most_what_was_in_flight(with_llm, server):
    world = with_llm(parallel=1)
    world.announce(MONDAY, 15)
    await ingest_due(world.env)
    server.fault("hang", skip=2)
    running = asyncio.ensure_future(score_ahead(world.env, CHANNEL))
    await server.hanging.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(asked(server)) == 10
    await world.morning(MONDAY)
    assert sorted(asked(server)) == sorted({f"2505.050{n:02d}" for n in range(1, 16)})
    assert "failed" not in world.header(1)


async def test_a_failed_model_posts_a_local_morning_that_says_so(with_llm, server):
    world = with_llm()
    server.fault("unauthorized", times=None)
    world.announce(MONDAY, 15)
    await world.morning(MONDAY)
    assert len(world.papers(1)) == 15
    assert "the LLM failed (its key was refused): 15 papers scored locally" in world.header(1)
    assert "scored locally" in world.posts(PostRole.PAPER)[0].post.text


async def test_a_failed_model_is_never_a_quiet_day(with_llm, server):
    world = with_llm()
    world.scorer._local.default = 3
    server.fault("quota", times=None)
    world.announce(MONDAY, 15)
    await world.morning(MONDAY)
    assert world.papers(1) == []
    assert "the LLM failed (its credit, quota or budget is used up)" in world.header(1)


async def test_a_failed_morning_is_repaired_by_hand_and_nothing_is_paid_for_twice(with_llm, server):
    world = with_llm(parallel=1)
    world.channel(papers=3, more=0)
    server.fault("quota", times=None, skip=1)
    world.announce(MONDAY, 15)
    await world.morning(MONDAY)
    assert len(asked(server)) == 5
    shown = set(world.papers(1))
    server.faults.clear()
    made = await post_by_hand(world.env, CHANNEL, MONDAY)
    assert made.record.number == 2
    assert sorted(asked(server)) == sorted({f"2505.050{n:02d}" for n in range(1, 16)})
    added = world.papers(2)
    assert added
    assert not shown & set(added)
    assert set(added) <= {f"2505.050{n}" for n in range(11, 16)}
    assert "remedial" in world.header(2)
    assert "scored again: what the LLM adds to digest 1" in world.header(2)
    assert made.record.cost.prompt_tokens == sum(seen.usage["prompt_tokens"] for seen in server.answered()[1:])
    again = await post_by_hand(world.env, CHANNEL, MONDAY)
    assert (again.was_there, again.record.number) == (True, 2)
    assert len(asked(server)) == 15


async def test_a_repair_while_the_model_still_fails_posts_nothing(with_llm, server):
    world = with_llm()
    server.fault("unauthorized", times=None)
    world.announce(MONDAY, 8)
    await world.morning(MONDAY)
    made = await post_by_hand(world.env, CHANNEL, MONDAY)
    assert made.was_there
    assert made.note == "the LLM failed (its key was refused): 8 papers scored locally"
    assert len(await world.headers()) == 1


async def test_the_mornings_go_on_after_a_repair(with_llm, server):
    world = with_llm()
    world.channel(papers=1, more=0)
    server.fault("unauthorized", times=1)
    world.announce(MONDAY, 15)
    await world.morning(MONDAY)
    await post_by_hand(world.env, CHANNEL, MONDAY)
    world.announce(TUESDAY, 12)
    await world.morning(TUESDAY)
    assert len(await world.headers()) == 3
    assert len(world.papers(3)) == 1


async def test_a_dry_run_sends_nothing_and_says_what_it_would(with_llm, server):
    world = with_llm()
    world.announce(MONDAY, 15)
    world.go_to(at(MONDAY))
    made = await post_by_hand(world.env, CHANNEL, None, dry_run=True)
    assert server.journal == []
    assert made.prepared.rehearsed.startswith("15 papers would go to gpt-4o in 3 calls")
    await world.morning(MONDAY)
    assert len(asked(server)) == 15  # the rehearsal's local scores were not kept as final


async def test_the_budget_is_said_in_the_header(with_llm, server):
    world = with_llm(daily_budget_tokens=3_000)
    world.announce(MONDAY, 15)
    await world.morning(MONDAY)
    assert "the day's budget is reached" in world.header(1)
    assert sum(seen.usage["total_tokens"] for seen in server.answered()) <= 3_000


async def test_votes_decide_whom_the_model_looks_at(with_llm, server):
    world = with_llm(share=0.3)
    world.channel(papers=2, more=0)
    subjects = ["rotation of caches", "chemistry of soups", "history of clocks", "growth of plants", "tuning of pianos"]
    for day in (MONDAY, TUESDAY):
        papers = [
            a_paper(f"2505.{day.day:02d}{n:03d}", title=f"{subjects[n % 5]} {n}", abstract=f"{subjects[n % 5]} " * 9)
            for n in range(1, 41)
        ]
        world.source.announce(day, *papers)
    await world.morning(MONDAY)
    liked, disliked = world.papers(1)
    votes = [world.vote(liked, "e1"), world.vote(disliked, "e2", emoji="👎")]
    await world.store.feedback.record(votes, world.clock.now())
    del server.journal[:]
    await world.morning(TUESDAY)
    subject = int(liked[-3:]) % 5
    looked_at = asked(server)
    assert len(looked_at) == 12
    # All eight papers of the liked subject; in order of id it would be every fifth paper.
    assert sum(int(one[-3:]) % 5 == subject for one in looked_at) == 8
