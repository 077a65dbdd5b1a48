"""How a request must be worded is found out at run time, once, and remembered."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot.scorers.llm.dialect import Dialect, Dialects, Mode
from tests.scorers.llm.conftest import a_job


def formats(server) -> list[str]:
    return [seen.body.get("response_format", {}).get("type", "text") for seen in server.journal]


@pytest.mark.parametrize(
    ("supported", "asked"),
    [
        (("json_schema", "json_object"), ["json_schema"]),
        (("json_object",), ["json_schema", "json_object"]),
        ((), ["json_schema", "json_object", "text"]),
    ],
)
@pytest.mark.parametrize("vague", [False, True])
async def test_the_strictest_format_the_server_takes_is_used(make_scorer, server, supported, asked, vague: bool):
    server.formats, server.vague = supported, vague
    result = await make_scorer().score(a_job(5))
    assert not any(score.fallback for score in result.scores)
    assert formats(server) == asked


async def test_what_was_found_out_is_not_asked_again(make_scorer, server):
    server.formats = ()
    scorer = make_scorer(batch_size=2)
    await scorer.score(a_job(8))
    await scorer.score(a_job(4))
    assert formats(server).count("text") == 6
    assert len(server.journal) == 8


async def test_another_process_remembers_it_too(make_scorer, server):
    server.formats, server.temperature = ("json_object",), False
    await make_scorer().score(a_job(5))
    del server.journal[:]
    await make_scorer().score(a_job(5))
    assert formats(server) == ["json_object"]


@pytest.mark.parametrize("taken", ["max_tokens", "max_completion_tokens"])
async def test_the_limit_goes_by_the_name_the_server_knows(make_scorer, server, taken: str):
    server.limits, server.temperature = (taken,), False
    result = await make_scorer().score(a_job(5))
    assert not any(score.fallback for score in result.scores)
    assert taken in server.journal[-1].body
    assert "temperature" not in server.journal[-1].body


async def test_a_server_that_takes_none_of_it_is_asked_a_few_times_and_then_left_alone(make_scorer, server):
    server.limits = ()
    result = await make_scorer(batch_size=2).score(a_job(30))
    assert all(score.fallback for score in result.scores)
    assert "it does not take such requests" in result.remarks[0]
    assert len(server.journal) < 20


def test_at_openai_the_newer_limit_is_tried_first_and_elsewhere_the_one_everybody_heeds():
    assert Dialect.first_guess("https://api.openai.com/v1").limit == "max_completion_tokens"
    assert Dialect.first_guess("https://corp.openai.azure.com/openai").limit == "max_completion_tokens"
    assert Dialect.first_guess("http://localhost:11434/v1").limit == "max_tokens"
    assert Dialect.first_guess("http://openai.com.example.org/v1").limit == "max_tokens"


def test_every_dialect_can_be_written_down_and_read_back():
    for mode in Mode:
        for limit in ("max_tokens", "max_completion_tokens"):
            for temperature in (True, False):
                dialect = Dialect(mode, limit, temperature)
                assert Dialect.parse(str(dialect)) == dialect
    assert Dialect.parse("") is None
    assert Dialect.parse("json_schema some_tokens") is None


def test_leaving_things_out_comes_to_an_end():
    dialects = Dialects(Dialect())
    tried = [dialects.current]
    for parameter in ["max_completion_tokens", "temperature", "response_format", "", "max_tokens", "", "temperature"]:
        if dialects.refused(dialects.current, parameter):
            tried.append(dialects.current)
    assert all(first != second for first, second in pairwise(tried))
    assert dialects.current == Dialect(Mode.TEXT, "max_tokens", temperature=False)


@pytest.mark.parametrize(
    "style", ["fenced", "jsonl", "trailing commas", "out of ten", "by key", "thinking", "single quotes", "invented ids"]
)
async def test_a_model_that_cannot_keep_to_the_form_is_understood(make_scorer, server, style: str):
    server.formats, server.style = (), style
    result = await make_scorer().score(a_job(5))
    assert not any(score.fallback for score in result.scores)


async def test_a_model_that_thinks_first_gets_room_for_it(make_scorer, server):
    server.reasoning_tokens = 2_500
    result = await make_scorer(model="a-local-thing").score(a_job(10))
    assert not any(score.fallback for score in result.scores)
    assert result.cost is not None
    assert result.cost.reasoning_tokens >= 2_500
    assert result.cost.completion_tokens > result.cost.reasoning_tokens / 2


async def test_a_talkative_model_is_not_cut_short_for_ever(make_scorer, server):
    server.verdict = lambda paper: {
        "id": paper["id"],
        "relevance": 5,
        "novelty": 5,
        "topics": [],
        "comment": "so " * 350,
    }
    result = await make_scorer().score(a_job(10))
    assert not any(score.fallback for score in result.scores)
    assert all(len(score.comment) < 300 for score in result.scores)
