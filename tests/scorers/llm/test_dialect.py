"""How a request must be worded is found out at run time, once, and remembered."""

from __future__ import annotations

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


async def test_a_server_that_takes_no_limit_at_all_is_sent_none(make_scorer, server):
    server.limits = ()
    result = await make_scorer(batch_size=2).score(a_job(30))
    assert not any(score.fallback for score in result.scores)
    assert len(server.journal) <= 15 + 2


async def test_a_server_that_takes_no_request_is_asked_a_few_times_and_then_left_alone(make_scorer, server):
    server.fault("vague", times=None)
    result = await make_scorer(batch_size=2).score(a_job(30))
    assert all(score.fallback for score in result.scores)
    assert "it does not take such requests" in result.remarks[0]
    assert len(server.journal) < 15


async def test_one_odd_answer_does_not_end_json_for_the_others(make_scorer, server):
    server.fault("no_json", times=1, skip=1)
    result = await make_scorer(batch_size=2).score(a_job(12))
    assert not any(score.fallback for score in result.scores)
    assert formats(server).count("json_schema") == 6
    assert len(server.journal) == 7


def test_at_openai_the_newer_limit_is_tried_first_and_elsewhere_the_one_everybody_heeds():
    assert Dialect.first_guess("https://api.openai.com/v1").limit == "max_completion_tokens"
    assert Dialect.first_guess("https://corp.openai.azure.com/openai").limit == "max_completion_tokens"
    assert Dialect.first_guess("http://localhost:11434/v1").limit == "max_tokens"
    assert Dialect.first_guess("http://openai.com.example.org/v1").limit == "max_tokens"


def test_every_dialect_can_be_written_down_and_read_back():
    for mode in Mode:
        for limit in ("max_tokens", "max_completion_tokens"):
            for temperature in (True, False):
                for rest in ((True, False, ""), (False, True, "/v1")):
                    dialect = Dialect(mode, limit, temperature, *rest)
                    assert Dialect.parse(str(dialect)) == dialect
    assert Dialect.parse("") is None
    assert Dialect.parse("json_schema some_tokens") is None


def refuse(taken) -> tuple[Dialect | None, int]:
    """The dialect that a server takes which takes only such ones, and how often it refused."""
    dialects = Dialects(Dialect(limit="max_tokens"))
    trial = dialects.trial()
    for refusals in range(40):
        if taken(trial.dialect):
            trial.worked()
            return dialects.current, refusals
        if not trial.refused("", "Bad Request"):
            return None, refusals
    raise AssertionError("it never ends")


@pytest.mark.parametrize(
    "taken",
    [
        lambda one: not one.temperature,
        lambda one: one.mode is Mode.TEXT,
        lambda one: one.limit == "max_completion_tokens",
        lambda one: one.limit == "unlimited",
        lambda one: not one.system,
        lambda one: one.stream,
    ],
)
def test_without_a_word_why_one_thing_after_the_other_is_left_out_and_the_rest_kept(taken):
    dialect, refusals = refuse(taken)
    assert dialect is not None
    assert refusals <= 7
    others = [dialect.temperature, dialect.mode is Mode.SCHEMA, dialect.limit == "max_tokens", dialect.system]
    assert sum(not one for one in others) <= 1


def test_where_several_things_are_refused_at_once_the_barest_request_is_tried_at_last():
    dialect, refusals = refuse(lambda one: not one.temperature and one.mode is Mode.TEXT)
    assert dialect is not None
    assert refusals <= 8
    assert refuse(lambda _: False)[0] is None


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
