"""Whatever arrives in place of an answer, it is read, or it is an error of ours."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BadSourceAnswer, SourceError
from bot.sources.arxiv.fetch import Answer
from bot.sources.arxiv.pages import read_page
from bot.sources.arxiv.rss import read_feed
from tests.loopback.arxiv.feeds import Announced, api_page, atom_feed, rss_feed
from tests.loopback.arxiv.papers import store
from tests.sources.arxiv.rows import listings

NOW = datetime(2025, 5, 8, 6, tzinfo=UTC)
PAPERS = store(listings(date(2025, 5, 8), date(2025, 5, 8), 4), held=0, order="sorted", seed=0)
URL = "http://arxiv.example/api/query?search_query=&start=0&max_results=10"
PAGE = api_page(PAPERS, search="", id_list="", start=0, most=10, total=len(PAPERS), now=NOW).encode()
ITEMS = [Announced(paper, "new") for paper in PAPERS]
FEEDS = [feed(date(2025, 5, 8), ["cs.CL"], ITEMS).encode() for feed in (rss_feed, atom_feed)]


def answer(body: bytes, status: int = 200) -> Answer:
    return Answer(status, "text/plain", body, None)


@st.composite
def damaged(draw: st.DrawFn, bodies: list[bytes]) -> bytes:
    """A true answer with a piece cut out, and something else in its place."""
    body = draw(st.sampled_from(bodies))
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 200)))
    return body[:start] + draw(st.binary(max_size=20)) + body[end:]


def test_the_true_answers_are_read() -> None:
    assert read_page(answer(PAGE), URL).entries == 4
    assert [len(read_feed(answer(feed), URL).items) for feed in FEEDS] == [4, 4]


@settings(max_examples=150)
@given(st.one_of(damaged([PAGE]), st.binary(max_size=200)), st.sampled_from([200, 400, 503, 302]))
def test_a_damaged_page_is_whole_or_an_error_of_ours(body: bytes, status: int) -> None:
    try:
        page = read_page(answer(body, status), URL)
    except SourceError:
        return
    assert status == 200
    assert page.entries == min(10, page.total)


@settings(max_examples=60)
@given(st.one_of(damaged(FEEDS), st.binary(max_size=200)))
def test_a_damaged_feed_is_read_or_an_error_of_ours(body: bytes) -> None:
    try:
        feed = read_feed(answer(body), URL)
    except SourceError:
        return
    assert all(item.paper.title for item in feed.items)


def test_a_body_is_never_taken_for_the_name_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    local = tmp_path / "local.xml"
    local.write_bytes(FEEDS[0])
    for body in (str(local), "local.xml", local.as_uri(), "/dev/zero"):
        with pytest.raises(BadSourceAnswer, match="no feed"):
            read_feed(answer(body.encode()), URL)


DOCTYPES = {
    "a chain of entities": "".join(
        ["<!DOCTYPE feed [<!ENTITY e0 'x'>", *(f"<!ENTITY e{n} '&e{n - 1};'>" for n in range(1, 30_001)), "]>"]
    ),
    "a bomb": "<!DOCTYPE feed [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>",
    "another file": "<!DOCTYPE feed SYSTEM 'file:///etc/passwd'>",
    "none but the name": "<!DOCTYPE feed>",
}


@pytest.mark.parametrize("declared", DOCTYPES.values(), ids=DOCTYPES)
@pytest.mark.parametrize("body", [PAGE, *FEEDS], ids=["page", "RSS", "Atom"])
def test_a_document_type_is_refused_before_any_parser_sees_its_entities(declared: str, body: bytes) -> None:
    first, end, rest = body.partition(b"?>")
    read = read_page if body is PAGE else read_feed
    for use in (rest, rest.replace(b"On the matter", b"&e30000;", 1)):
        with pytest.raises(BadSourceAnswer, match=r"no .*feed"):
            read(answer(first + end + declared.encode() + use), URL)


@pytest.mark.parametrize("year", ["0000", "Thu, 08 May 0001 00:00:00 -0400", "Thu, 08 May 9999 23:00:00 -1400"])
def test_a_feed_from_no_year_that_can_be_has_no_date(year: str) -> None:
    body = f'<rss version="2.0"><channel><title>x</title><pubDate>{year}</pubDate></channel></rss>'
    with pytest.raises(BadSourceAnswer):
        read_feed(answer(body.encode()), URL)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (b">4<", b">" + b"9" * 5000 + b"<"),
        (b"<published>20", b"<published>00"),
        (b"<updated>20", b"<updated>98"),
    ],
)
def test_figures_and_dates_that_cannot_be_are_no_answer(true: bytes, false: bytes) -> None:
    assert true in PAGE
    with pytest.raises(BadSourceAnswer):
        read_page(answer(PAGE.replace(true, false)), URL)
