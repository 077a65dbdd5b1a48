"""Scorer and answerer ask one endpoint, and what one learns of it the other knows."""

from __future__ import annotations

from bot.scorers.llm.answerer import LlmAnswerer
from bot.scorers.llm.scorer import LlmScorer
from tests.builders import some_papers
from tests.fakes import FakeScorer
from tests.scorers.llm.conftest import a_job


async def test_what_the_scorer_learned_of_a_server_the_answerer_knows(make_endpoint, server):
    server.formats, server.temperature = ("json_object",), False
    endpoint = make_endpoint(share=1.0)
    await LlmScorer(endpoint, FakeScorer()).score(a_job(3))
    refused = len(server.journal) - len(server.answered())
    assert refused > 0
    await LlmAnswerer(endpoint).answer("caches", some_papers(2), "terminal")
    assert len(server.journal) - len(server.answered()) == refused
