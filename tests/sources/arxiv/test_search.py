"""A question in arXiv's own search language, asked of an arXiv that reads it strictly."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Question
from bot.query import parse_question
from bot.sources.arxiv.search import search_query
from tests.loopback.arxiv.query import parse_query

TODAY = date(2026, 10, 14)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("kv cache", "all:kv AND all:cache"),
        (
            "kv cache compression for long contexts",
            "(all:kv OR all:cache OR all:compression OR all:long OR all:contexts)",
        ),
        ('"state space" mamba', 'all:"state space" AND all:mamba'),
        ("author:Hashimoto", 'au:"Hashimoto"'),
        ("cat:cs.CL mamba", "cat:cs.CL AND all:mamba"),
        ("mamba -vision -cat:cs.CV", 'all:mamba ANDNOT all:"vision" ANDNOT cat:cs.CV'),
        ("mamba since:2026-10-03", "all:mamba AND submittedDate:[202610030000 TO 299912312359]"),
        ("au:Liò", 'au:"Lio"'),
        ("-vision", ""),
        ("", ""),
    ],
)
def test_a_question_becomes_a_query(text, query):
    assert search_query(parse_question(text, TODAY)) == query


PIECES = st.sampled_from(
    ["AND", "OR", "ANDNOT", "(", ")", '"', "[", "TO", "cat:", "author:", "all:", "kv", "*", "é", "-"]
)


@given(st.text(max_size=100) | st.lists(PIECES, max_size=20).map(" ".join))
def test_nothing_typed_becomes_an_operator(text):
    """Whatever is asked, the query can be read, or is empty."""
    query = search_query(parse_question(text, TODAY))
    if query:
        parse_query(query)


async def test_the_search_is_asked_of_arxiv_and_takes_its_turn(make_source, server, throttle):
    wanted = min(server.papers.values(), key=lambda paper: paper.published_at)
    question = Question("x", phrases=(wanted.title,))
    found = await make_source().search(question, 5)
    assert [paper.arxiv_id for paper in found] == [wanted.arxiv_id]
    assert throttle.turns == 1
    (request,) = server.journal.requests
    assert (request.asked["sortBy"], request.asked["max_results"]) == ("relevance", "5")


async def test_what_arxiv_cannot_be_asked_is_not_asked(make_source, server):
    assert await make_source().search(Question("x", liked=True), 5) == ()
    assert server.journal.requests == []
