"""The loopback arXiv is as strict as arXiv."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.arxiv.papers import store
from tests.loopback.arxiv.query import BadQuery, parse_query
from tests.loopback.arxiv.times import closing, eastern_midnight

ATOM = "{http://www.w3.org/2005/Atom}"
TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
ROWS: list[dict[str, Any]] = [
    {
        "arxiv_id": "2505.00001",
        "title": "Graph neural networks",
        "abstract": "Message passing.",
        "authors": ["Ada Lovelace"],
        "categories": ["cs.LG"],
        "date": "2025-05-06",
        "published": "2025-05-05T10:00:00+00:00",
    },
    {
        "arxiv_id": "2505.00002",
        "title": "Language models",
        "abstract": "Graph of words.",
        "authors": ["Alan Turing"],
        "categories": ["cs.CL", "cs.LG"],
        "date": "2025-05-07",
        "published": "2025-05-06T10:00:00+00:00",
        "version": 2,
    },
    {
        "arxiv_id": "2505.00003",
        "title": "Vision",
        "abstract": "Pixels.",
        "authors": ["Ada Lovelace"],
        "categories": ["cs.CV"],
        "date": "2025-05-08",
        "published": "2025-05-07T10:00:00+00:00",
    },
    {
        "arxiv_id": "cs/0112017",
        "title": "Old paper",
        "abstract": "Long ago.",
        "authors": [],
        "categories": ["cs.CL"],
        "date": "2025-05-06",
        "published": "2001-12-10T10:00:00+00:00",
    },
]


@pytest_asyncio.fixture
async def server() -> AsyncIterator[LoopbackArxiv]:
    async with LoopbackArxiv(ROWS, held=0) as running:
        yield running


async def get(url: str, **asked: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url, params=asked) as response:
        return response.status, await response.text()


async def found(server: LoopbackArxiv, query: str = "", **asked: Any) -> list[str]:
    status, text = await get(server.api_url, search_query=query, **asked)
    assert status == 200, text
    return [
        entry.findtext(f"{ATOM}id", "").removeprefix("http://arxiv.org/abs/")
        for entry in ET.fromstring(text).iter(f"{ATOM}entry")
    ]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("cat:cs.CL", "2 old"),
        ("cat:cs.*", "1 2 3 old"),
        ("cat:cs.CL AND cat:cs.LG", "2"),
        ("cat:cs.CL ANDNOT cat:cs.LG", "old"),
        ("cat:cs.CV OR cat:cs.LG", "1 2 3"),
        ("(cat:cs.CV OR cat:cs.LG) AND au:lovelace", "1 3"),
        ("cat:cs.CV OR cat:cs.LG AND au:turing", "2"),
        ('au:"Ada Lovelace"', "1 3"),
        ("au:ada_lovelace", "1 3"),
        ('ti:"neural networks"', "1"),
        ("abs:graph", "2"),
        ("all:graph", "1 2"),
        ("graph", "1 2"),
        ("id:2505.00003", "3"),
        ("submittedDate:[202505060000 TO 202505062359]", "2"),
        ("submittedDate:[20250506 TO 20250507]", "2 3"),
        ("cat:cs.LG AND submittedDate:[* TO 202505051000]", "1"),
    ],
)
async def test_the_search_language_is_arxivs(server: LoopbackArxiv, query: str, numbers: str) -> None:
    """Without parentheses AND binds as Lucene's old parser does: the OR-ed clause is only welcome."""
    names = {"1": "2505.00001v1", "2": "2505.00002v2", "3": "2505.00003v1", "old": "cs/0112017v1"}
    assert set(await found(server, query)) == {names[number] for number in numbers.split()}


@pytest.mark.parametrize(
    "query",
    [
        "(cat:cs.CL",
        "cat:cs.CL)",
        "AND cat:cs.CL",
        "()",
        "submittedDate:[yesterday TO now]",
        "colour:red",
        "submittedDate:[20251301 TO 20251302]",
    ],
)
async def test_a_query_that_cannot_be_read_is_an_error_entry(server: LoopbackArxiv, query: str) -> None:
    with pytest.raises(BadQuery):
        parse_query(query)
    status, text = await get(server.api_url, search_query=query)
    assert status == 400
    assert ET.fromstring(text).findtext(f"{ATOM}entry/{ATOM}title") == "Error"


@pytest.mark.parametrize(
    "asked",
    [
        {"max_results": 2001},
        {"start": 29_500, "max_results": 1000},
        {"start": -1},
        {"start": "x"},
        {"sortBy": "beauty"},
        {"sortOrder": "up"},
        {"id_list": "abc"},
    ],
)
async def test_arxivs_limits_are_enforced(server: LoopbackArxiv, asked: dict[str, Any]) -> None:
    status, text = await get(server.api_url, search_query="cat:cs.CL", **asked)
    assert status == 400
    assert "/api/errors#" in text


async def test_pages_and_totals_fit(server: LoopbackArxiv) -> None:
    _, text = await get(
        server.api_url, search_query="cat:cs.*", start=1, max_results=2, sortBy="submittedDate", sortOrder="ascending"
    )
    feed = ET.fromstring(text)
    assert feed.findtext(TOTAL) == "4"
    assert [e.findtext(f"{ATOM}title") for e in feed.iter(f"{ATOM}entry")] == [
        "Graph neural networks",
        "Language models",
    ]


async def test_ids_may_name_versions_and_need_not_exist(server: LoopbackArxiv) -> None:
    ids = "2505.00002v1,2505.00001v9,9901.00001,cs/0112017"
    assert await found(server, id_list=ids) == ["2505.00002v1", "cs/0112017v1"]


async def test_what_is_announced_later_does_not_exist(server: LoopbackArxiv) -> None:
    """The index is rebuilt at midnight Eastern: 04:00 UTC in May."""
    server.set_now(datetime(2025, 5, 7, 3, 59, tzinfo=UTC))
    assert "2505.00002v2" not in await found(server, "cat:cs.*")
    assert await found(server, id_list="2505.00002") == []
    server.set_now(datetime(2025, 5, 7, 4, 0, tzinfo=UTC))
    assert "2505.00002v2" in await found(server, "cat:cs.*")


@pytest.mark.parametrize(("now", "items"), [("2025-05-08T03:59", 1), ("2025-05-08T04:00", 0), ("2025-05-10T12:00", 0)])
async def test_the_feed_shows_todays_listing_only(server: LoopbackArxiv, now: str, items: int) -> None:
    server.set_now(datetime.fromisoformat(now).replace(tzinfo=UTC))
    _, text = await get(f"{server.rss_url}/cs.CL+cs.LG")
    assert text.count("<item>") == items


async def test_requests_too_close_together_are_journalled_and_refused() -> None:
    async with LoopbackArxiv(ROWS, min_interval_s=60, enforce=True) as server:
        assert (await get(server.api_url, search_query="cat:cs.CL"))[0] == 200
        assert (await get(f"{server.rss_url}/cs.CL"))[0] == 429
    assert server.journal.violations == 1
    assert [seen.target for seen in server.journal.requests] == ["api", "rss"]


def test_it_runs_in_a_thread_of_its_own() -> None:
    import urllib.request

    with LoopbackArxiv(ROWS) as server, urllib.request.urlopen(f"{server.api_url}?search_query=cat:cs.CL") as answer:
        assert b"Language models" in answer.read()


async def test_an_unknown_fault_is_refused(server: LoopbackArxiv) -> None:
    with pytest.raises(ValueError, match="fault 'flood'"):
        server.fault("flood")


async def test_the_time_can_be_set_over_http_for_whole_processes(server: LoopbackArxiv) -> None:
    base = server.api_url.removesuffix("/api/query")
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{base}/_now", params={"at": "2025-05-06T12:00+00:00"}) as response:
            assert response.status == 200
        async with session.post(f"{base}/_now", params={"at": "soon"}) as response:
            assert response.status == 400
    assert server.now == datetime(2025, 5, 6, 12, tzinfo=UTC)


def rows_of(days: int, papers_a_day: int = 200) -> list[dict[str, Any]]:
    start = date(2025, 5, 5)
    return [
        {
            "arxiv_id": f"2505.{10000 * day + number:05d}",
            "title": "T",
            "categories": ["cs.CL"],
            "date": str(start + timedelta(days=day)),
        }
        for day in range(days)
        for number in range(papers_a_day)
    ]


@pytest.mark.parametrize("order", ["sorted", "shuffled"])
def test_derived_submission_times_lie_before_closing_and_a_share_before_the_window(order: str) -> None:
    papers = store(rows_of(5), held=0.1, order=order, seed=1)
    held = 0
    for paper in papers:
        assert paper.published_at < closing(paper.listing_day) < eastern_midnight(paper.listing_day)
        held += paper.listing_day > date(2025, 5, 5) and paper.published_at < closing(
            paper.listing_day - timedelta(days=1)
        )
    assert 0.05 < held / len(papers) < 0.15
    by_id = [paper.published_at for paper in papers if paper.listing_day == date(2025, 5, 7)]
    assert (by_id == sorted(by_id)) == (order == "sorted")


def test_derived_times_are_the_same_every_time() -> None:
    assert store(rows_of(3), held=0.1, order="sorted", seed=1) == store(rows_of(3), held=0.1, order="sorted", seed=1)
    assert store(rows_of(3), held=0.1, order="sorted", seed=1) != store(rows_of(3), held=0.1, order="sorted", seed=2)


def test_a_late_cross_list_keeps_the_submission_time_of_its_own_listing() -> None:
    rows = rows_of(4)
    rows[10]["date"] = "2025-05-08"
    late = next(paper for paper in store(rows, held=0, order="sorted", seed=1) if paper.late)
    assert late.arxiv_id == rows[10]["arxiv_id"]
    assert late.published_at < closing(date(2025, 5, 5))
