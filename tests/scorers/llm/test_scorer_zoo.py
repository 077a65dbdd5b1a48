"""Every manner of the zoo: what is scored, asked, paid and said."""

from __future__ import annotations

import pytest

from bot.models import Score
from bot.scorers.llm.scorer import LlmScorer
from tests.builders import a_paper
from tests.fakes import FakeScorer
from tests.loopback.openai.answers import realistic_verdict
from tests.loopback.openai.zoo import (
    ZOO,
    AnswerLimit,
    CutsPrompts,
    ErrorIsText,
    Manner,
    NoSystemMessage,
    OneSlot,
    RefusesWithoutWords,
    StreamsOnly,
    TemperatureOfOne,
    TemperatureWithParamNone,
    ThinksAloneInCompletion,
    ThinksInTotalOnly,
    Well,
)
from tests.scorers.llm.conftest import a_job

N = 75
SENTENCE = "We study how caches of attention can be kept small while long contexts are served at equal accuracy. "
PAPERS = tuple(a_paper(f"2505.03{n:03d}", abstract=SENTENCE * (8 + n % 7)) for n in range(1, N + 1))
FLAGGED = frozenset(paper.arxiv_id for paper in PAPERS[4::9])
WELL: list[tuple[int, int]] = []  # tokens and requests of the well-behaved one, measured once


def true(score: Score) -> bool:
    said = realistic_verdict({"id": score.arxiv_id})
    return (score.relevance, score.novelty) == (said["relevance"], said["novelty"])


async def morning(manner: type[Manner], make_endpoint, clock):
    async with manner(clock=clock) as server:
        if "Flags" in manner.__name__:
            server.flagged = FLAGGED
        endpoint = make_endpoint(at=server.base_url, timeout_s=60.0, share=1.0)
        result = await LlmScorer(endpoint, FakeScorer()).score(a_job(PAPERS))
        return server, result


async def well(make_endpoint, clock) -> tuple[int, int]:
    if not WELL:
        server, result = await morning(Well, make_endpoint, clock)
        WELL.append((result.cost.prompt_tokens + result.cost.completion_tokens, len(server.journal)))
    return WELL[0]


@pytest.mark.parametrize("manner", ZOO, ids=lambda manner: manner.__name__)
async def test_every_manner_is_met(manner: type[Manner], make_endpoint, clock, store):
    tokens, requests = await well(make_endpoint, clock)
    before = (await store.costs.spending(clock.now().date())).tokens
    server, result = await morning(manner, make_endpoint, clock)
    scored = [score for score in result.scores if score.scorer == "llm"]
    booked = (await store.costs.spending(clock.now().date())).tokens - before
    print(manner.__name__, len(scored), len(server.journal), booked, result.remarks)
    assert requests == 8
    if manner.reason:
        assert scored == []
        assert result.remarks == (f"the LLM failed ({manner.reason}): {N} papers scored locally",)
        assert len(server.journal) <= 1 + 2 * 8
        assert booked == 0 or manner.__name__ == "Parrots"
        return
    refused = server.flagged
    assert all(true(score) for score in scored)
    assert len(scored) >= manner.least_share * (N - len(refused)), result.remarks
    assert {score.arxiv_id for score in scored}.isdisjoint(refused)
    assert len(server.journal) <= manner.most_requests * requests + 8 * len(refused)
    if not manner.thinks:
        assert booked <= manner.most_tokens * tokens
    assert getattr(server, "late", 0) == 0
    blind = {one for seen in server.journal if seen.fault == "blind" for one in seen.papers}
    assert blind <= {one for seen in server.answered() for one in seen.papers}, "asked again with all of the prompt"


STEADY = [
    TemperatureOfOne, TemperatureWithParamNone, RefusesWithoutWords, NoSystemMessage, StreamsOnly, AnswerLimit,
    ThinksAloneInCompletion, ThinksInTotalOnly, CutsPrompts, ErrorIsText, OneSlot,
]  # fmt: skip


@pytest.mark.parametrize("manner", STEADY, ids=lambda manner: manner.__name__)
async def test_what_was_learned_is_not_found_out_again(manner: type[Manner], make_endpoint, clock):
    async with manner(clock=clock) as server:
        for papers in (PAPERS[:30], PAPERS[30:60]):
            asked = len(server.journal)
            endpoint = make_endpoint(at=server.base_url, timeout_s=60.0, share=1.0)
            result = await LlmScorer(endpoint, FakeScorer()).score(a_job(papers))
        assert result.remarks == ()
        assert [seen.status for seen in server.journal[asked:] if seen.status != 200 or seen.fault] == []
        assert len(server.journal) - asked <= asked
