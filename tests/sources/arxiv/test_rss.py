"""The feed: day, types, and everything that can be wrong with it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.errors import BadSourceAnswer, SourceUnavailable
from bot.models import AnnounceType
from bot.sources.arxiv import rss as rss_module
from bot.sources.arxiv.fetch import Answer, Fetcher
from bot.sources.arxiv.rss import ArxivRss, read_feed
from tests.loopback.arxiv import LoopbackArxiv
from tests.sources.arxiv.rows import RECORDED, row

URL = "https://rss.arxiv.org/rss/cs.CL"
NEW, CROSS, REPLACE = AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.REPLACE


def answer(body: str | bytes, status: int = 200) -> Answer:
    return Answer(status, "application/rss+xml", body.encode() if isinstance(body, str) else body, None)


def rss(items: str, published: str = "Thu, 08 May 2025 00:00:00 -0400") -> Answer:
    return answer(
        '<?xml version="1.0" encoding="UTF-8"?><rss xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><title>cs.CL updates on arXiv.org</title>'
        f"<pubDate>{published}</pubDate>{items}</channel></rss>"
    )


def item(guid: str = "oai:arXiv.org:2505.00001v1", kind: str = "<arxiv:announce_type>new</arxiv:announce_type>") -> str:
    return (
        f"<item><title>A title</title><guid>{guid}</guid><category>cs.CL</category>{kind}"
        "<description>arXiv:2505.00001v1 Announce Type: new \nAbstract: Words.</description></item>"
    )


@pytest.fixture
def feeds(server: LoopbackArxiv, fetcher: Fetcher) -> ArxivRss:
    return ArxivRss(fetcher, server.rss_url)


@pytest.mark.parametrize("form", ["rss", "atom"])
async def test_both_forms_of_the_feed_say_the_same(server: LoopbackArxiv, fetcher: Fetcher, form: str) -> None:
    feed = await ArxivRss(fetcher, server.rss_url.replace("/rss", f"/{form}")).newest(["cs.CL", "cs.LG"])
    assert feed.day == date(2025, 5, 8)
    assert {item.paper.arxiv_id: item.announced for item in feed.items} == {
        paper.arxiv_id: NEW for paper in server.papers.values() if paper.listing_day == feed.day
    }
    first = feed.items[0].paper
    assert first.title == f"On the matter of {first.arxiv_id}"
    assert first.abstract == f"We study {first.arxiv_id}."
    assert first.authors == ("Ada Lovelace", "Alan Turing")


async def test_a_paper_from_elsewhere_is_a_cross_list(server: LoopbackArxiv, feeds: ArxivRss) -> None:
    feed = await feeds.newest(["cs.CL"])
    kinds = {item.announced for item in feed.items if item.paper.primary_category == "cs.LG"}
    assert kinds == {CROSS}


async def test_replacements_are_told_from_new_papers(fetcher: Fetcher) -> None:
    rows = [row("2505.00001", "2025-05-05"), row("2505.00002", "2025-05-05", ["cs.LG", "cs.CL"])]
    rows += [row(f"2505.001{day:02d}", f"2025-05-{day:02d}") for day in range(6, 24)]
    async with LoopbackArxiv(rows, replacements=1.0) as server:
        kinds = set()
        for day in range(5, 24):
            server.set_now(datetime(2025, 5, day, 6, tzinfo=UTC))
            feed = await ArxivRss(fetcher, server.rss_url).newest(["cs.CL"])
            kinds |= {(item.announced, item.paper.version) for item in feed.items if item.paper.arxiv_id < "2505.001"}
    assert kinds == {(NEW, 1), (CROSS, 1), (REPLACE, 2), (AnnounceType.REPLACE_CROSS, 2)}


@pytest.mark.parametrize("now", ["2025-05-10T12:00", "2025-05-11T12:00"])
async def test_the_feed_of_a_weekend_is_empty_and_dated(server: LoopbackArxiv, feeds: ArxivRss, now: str) -> None:
    server.set_now(datetime.fromisoformat(now).replace(tzinfo=UTC))
    feed = await feeds.newest(["cs.CL"])
    assert feed.items == ()
    assert feed.day == date.fromisoformat(now[:10])


@pytest.mark.parametrize("kind", ["429", "503", "html", "malformed", "cut", "truncated", "dropped", "silent"])
async def test_a_bad_feed_is_asked_for_again(server: LoopbackArxiv, feeds: ArxivRss, kind: str) -> None:
    server.fault(kind, times=2, target="rss")
    assert (await feeds.newest(["cs.CL"])).items


@pytest.mark.parametrize("kind", ["html", "malformed", "cut"])
async def test_a_feed_that_stays_bad_is_an_error(server: LoopbackArxiv, feeds: ArxivRss, kind: str) -> None:
    server.fault(kind, times=None)
    with pytest.raises(BadSourceAnswer, match="that is no feed, or cut off"):
        await feeds.newest(["cs.CL"])


async def test_a_feed_that_arxiv_cut_is_read_in_parts(
    server: LoopbackArxiv, feeds: ArxivRss, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await feeds.newest(["cs.CL", "cs.LG"])
    monkeypatch.setattr(rss_module, "MOST_ITEMS", 12)
    feed = await feeds.newest(["cs.CL", "cs.LG"])
    assert [seen.path for seen in server.journal.requests[1:]] == ["/rss/cs.CL+cs.LG", "/rss/cs.CL", "/rss/cs.LG"]
    assert not feed.truncated
    assert {(i.paper.arxiv_id, i.announced) for i in feed.items} == {
        (i.paper.arxiv_id, i.announced) for i in whole.items
    }


async def test_a_single_category_that_arxiv_cut_is_said_to_be(feeds: ArxivRss, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rss_module, "MOST_ITEMS", 8)
    assert (await feeds.newest(["cs.CL"])).truncated


def test_the_recorded_feed_is_read() -> None:
    files = sorted(RECORDED.glob("zotero*rss*.xml")) if RECORDED.exists() else []
    if not files:
        pytest.skip("arXiv's recorded answers are not beside this checkout")
    feed = read_feed(answer(Path(files[0]).read_bytes()), URL)
    assert feed.day == date(2025, 8, 20)
    assert [item.announced for item in feed.items] == [CROSS] * 5 + [NEW] * 2
    first = feed.items[0].paper
    assert (first.arxiv_id, first.version) == ("2508.13426", 1)
    assert first.categories == ("cs.CL", "cs.AI")
    assert first.authors == ("Chunhua Liu", "Kabir Manandhar Shrestha", "Sukai Huang")
    assert first.abstract.startswith("As large language models")


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("Thu, 08 May 2025 00:00:00 -0400", date(2025, 5, 8)),
        ("Thu, 08 May 2025 04:00:00 +0000", date(2025, 5, 8)),
        ("Thu, 08 May 2025 03:59:59 +0000", date(2025, 5, 7)),
        ("Wed, 08 Jan 2025 05:00:00 +0000", date(2025, 1, 8)),
        ("Wed, 08 Jan 2025 04:59:59 +0000", date(2025, 1, 7)),
    ],
)
def test_the_day_is_the_eastern_one(published: str, day: date) -> None:
    assert read_feed(rss("", published), URL).day == day


def test_the_items_date_is_believed_before_the_channels() -> None:
    dated = item().replace("</item>", "<pubDate>Wed, 07 May 2025 00:00:00 -0400</pubDate></item>")
    assert read_feed(rss(dated), URL).day == date(2025, 5, 7)


def test_a_feed_without_any_date_is_no_answer() -> None:
    with pytest.raises(BadSourceAnswer, match="no date"):
        read_feed(rss("", ""), URL)


def test_a_missing_type_is_found_in_the_description_or_by_the_version() -> None:
    described = item(kind="").replace("Announce Type: new", "Announce Type: replace-cross")
    bare = item("oai:arXiv.org:2505.00001v2", kind="").replace("Announce Type: new", "")
    assert read_feed(rss(described), URL).items[0].announced is AnnounceType.REPLACE_CROSS
    assert read_feed(rss(bare), URL).items[0].announced is REPLACE


def test_an_item_without_id_makes_the_feed_a_bad_answer() -> None:
    with pytest.raises(BadSourceAnswer, match="an item without id: 'A title'"):
        read_feed(rss(item("nothing")), URL)


def test_the_same_paper_twice_is_one_paper_and_new_wins() -> None:
    crossed = item(kind="<arxiv:announce_type>cross</arxiv:announce_type>")
    (only,) = read_feed(rss(crossed + item() + crossed), URL).items
    assert only.announced is NEW


def test_control_characters_and_markup_do_not_spoil_a_feed() -> None:
    odd = item().replace("A title", "Bell\x07 &lt;b&gt; $p &lt; 0.05$").replace("Words.", "x &lt; y &amp;amp; z\x0b")
    (only,) = read_feed(rss(odd), URL).items
    assert only.paper.title == "Bell <b> $p < 0.05$"
    assert only.paper.abstract.startswith("x < y &")


def test_an_old_id_in_the_feed_is_read() -> None:
    (only,) = read_feed(rss(item("oai:arXiv.org:cs/0112017v3")), URL).items
    assert (only.paper.arxiv_id, only.paper.version) == ("cs/0112017", 3)


@pytest.mark.parametrize("status", [302, 400, 403, 404, 406, 500])
def test_no_status_of_the_feed_is_final(status: int) -> None:
    """An edge answers before arXiv does, and the API knows as well what is wrong with a category."""
    with pytest.raises(SourceUnavailable, match=f"answered {status}: no such category"):
        read_feed(answer("no such category", status), URL)


async def test_feeds_of_different_days_are_a_feed_being_rebuilt(
    server: LoopbackArxiv, feeds: ArxivRss, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rss_module, "MOST_ITEMS", 12)
    many = "".join(item(f"oai:arXiv.org:2505.000{number:02d}v1") for number in range(12))
    for body in (rss(many), rss(item(), "Wed, 07 May 2025 00:00:00 -0400")):
        server.fault("recorded", body=body.body)
    with pytest.raises(BadSourceAnswer, match="disagree about the newest day"):
        await feeds.newest(["cs.CL", "cs.LG"])
