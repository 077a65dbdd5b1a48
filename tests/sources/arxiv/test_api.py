"""The API through the real `arxiv` package, with every trap it has."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import BadSourceAnswer, QueryRejected, SourceUnavailable
from bot.models import Paper
from bot.sources.arxiv import api as api_module
from bot.sources.arxiv.api import ArxivApi
from bot.sources.arxiv.fetch import Fetcher
from tests.fakes import FakeClock
from tests.loopback.arxiv import LoopbackArxiv
from tests.sources.arxiv.conftest import THURSDAY_MORNING
from tests.sources.arxiv.rows import RECORDED, row
from tests.sources.fakes import RecordedProgress

START = THURSDAY_MORNING - timedelta(days=10)


@pytest.fixture
def api(server: LoopbackArxiv, fetcher: Fetcher) -> ArxivApi:
    return ArxivApi(fetcher, server.api_url, page_size=10)


async def details(api: ArxivApi, *arxiv_ids: str) -> list[Paper]:
    return [paper async for batch in api.details(arxiv_ids) for paper in batch]


def recorded(name: str) -> bytes:
    found = sorted(RECORDED.glob(name)) if RECORDED.exists() else []
    if not found:
        pytest.skip("arXiv's recorded answers are not beside this checkout")
    return Path(found[0]).read_bytes()


async def test_a_window_is_read_page_by_page(server: LoopbackArxiv, api: ArxivApi) -> None:
    progress = RecordedProgress()
    papers = await api.submitted(["cs.CL", "cs.LG"], START, THURSDAY_MORNING, progress)
    expected = {
        paper.arxiv_id
        for paper in server.papers.values()
        if paper.published_at >= START and paper.listing_day <= date(2025, 5, 8)
    }
    assert {paper.arxiv_id for paper in papers} == expected
    starts = [int(seen.asked["start"]) for seen in server.journal.requests]
    assert starts == list(range(0, len(expected), 10))
    assert progress.calls[-1] == ("reading papers", len(expected), len(expected))


async def test_only_the_categories_asked_for_come_cross_lists_included(api: ArxivApi) -> None:
    papers = await api.submitted(["cs.CL"], START, THURSDAY_MORNING)
    assert {paper.primary_category for paper in papers} == {"cs.CL", "cs.LG"}
    assert all("cs.CL" in paper.categories for paper in papers)


async def test_what_is_not_announced_yet_does_not_come(server: LoopbackArxiv, api: ArxivApi) -> None:
    papers = await api.submitted(["cs.CL"], START, THURSDAY_MORNING)
    assert max(server.papers[paper.arxiv_id].listing_day for paper in papers) == date(2025, 5, 8)
    assert max(paper.listing_day for paper in server.papers.values()) == date(2025, 5, 9)


async def test_a_window_with_too_many_results_is_halved(
    server: LoopbackArxiv, api: ArxivApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await api.submitted(["cs.CL"], START, THURSDAY_MORNING)
    monkeypatch.setattr(api_module, "MOST_RESULTS", 15)
    halved = await api.submitted(["cs.CL"], START, THURSDAY_MORNING)
    assert {paper.arxiv_id for paper in halved} == {paper.arxiv_id for paper in whole}
    assert all(int(seen.asked["start"]) < 15 for seen in server.journal.requests[-10:])


async def test_counting_reads_one_entry_only(server: LoopbackArxiv, api: ArxivApi) -> None:
    papers = await api.submitted(["cs.CL"], START, THURSDAY_MORNING)
    assert await api.count_submitted(["cs.CL"], START, THURSDAY_MORNING) == len(papers)
    assert server.journal.requests[-1].asked["max_results"] == "1"


async def test_ids_are_asked_for_a_hundred_at_a_time(server: LoopbackArxiv, api: ArxivApi) -> None:
    wanted = sorted(server.papers)[:205]
    progress = RecordedProgress()
    batches = [batch async for batch in api.details(wanted, progress)]
    assert [len(batch) for batch in batches] == [100, 100, 5]
    assert progress.calls == [("reading details", done, 205) for done in (100, 200, 205)]


@pytest.mark.parametrize(
    "kind", ["429", "503", "500", "silent", "html", "empty", "malformed", "truncated", "cut", "dropped"]
)
async def test_a_bad_answer_is_asked_again_and_never_means_no_papers(
    server: LoopbackArxiv, api: ArxivApi, kind: str
) -> None:
    wanted = min(server.papers)
    server.fault(kind, times=2)
    assert [paper.arxiv_id for paper in await details(api, wanted)] == [wanted]
    assert len(server.journal.requests) == 3


@pytest.mark.parametrize("kind", ["html", "empty", "malformed", "cut", "missing-fields"])
async def test_an_answer_that_stays_bad_is_an_error(server: LoopbackArxiv, api: ArxivApi, kind: str) -> None:
    server.fault(kind, times=None)
    with pytest.raises(BadSourceAnswer):
        await api.submitted(["cs.CL"], START, THURSDAY_MORNING)
    assert len(server.journal.requests) == 4


@pytest.mark.parametrize("lacks", ["id", "published", "updated", "category"])
async def test_an_entry_the_package_would_drop_is_an_error(server: LoopbackArxiv, api: ArxivApi, lacks: str) -> None:
    """The package drops an entry without id or dates and only logs it."""
    server.fault("missing-fields", lacks=lacks, times=None)
    with pytest.raises(BadSourceAnswer, match="1 of 10 entries of arXiv's API are incomplete"):
        await api.submitted(["cs.CL"], START, THURSDAY_MORNING)


@pytest.mark.parametrize("lacks", ["title", "summary", "arxiv:primary_category", "author", "link"])
async def test_an_entry_without_what_may_be_missing_is_a_paper(
    server: LoopbackArxiv, api: ArxivApi, lacks: str
) -> None:
    wanted = min(server.papers)
    server.fault("missing-fields", lacks=lacks)
    (paper,) = await details(api, wanted)
    assert paper.arxiv_id == wanted
    assert paper.title
    assert paper.primary_category == paper.categories[0]


async def test_a_page_in_the_middle_that_is_empty_is_asked_again(server: LoopbackArxiv, api: ArxivApi) -> None:
    whole = await api.submitted(["cs.CL"], START, THURSDAY_MORNING)
    server.fault("empty", probability=0.5, times=3, seed=1)
    assert await api.submitted(["cs.CL"], START, THURSDAY_MORNING) == whole


async def test_a_window_without_any_paper_is_believed_the_second_time(server: LoopbackArxiv, api: ArxivApi) -> None:
    long_ago = datetime(1990, 1, 1, tzinfo=UTC)
    assert await api.submitted(["cs.CL"], long_ago, long_ago + timedelta(days=1)) == ()
    assert len(server.journal.requests) == 2


async def test_a_total_of_zero_that_is_not_true_does_not_lose_the_papers(server: LoopbackArxiv, api: ArxivApi) -> None:
    nothing = recorded("arxivpy_id_0000.0000*")
    server.fault("recorded", body=nothing)
    assert await api.submitted(["cs.CL"], START, THURSDAY_MORNING)


async def test_a_refusal_with_an_error_entry_is_final(server: LoopbackArxiv, api: ArxivApi) -> None:
    server.fault("error-entry", message="max_results must be non-negative")
    with pytest.raises(QueryRejected, match="max_results must be non-negative"):
        await details(api, "2504.00103")
    assert len(server.journal.requests) == 1


async def test_an_error_entry_that_blames_nobody_is_asked_again(server: LoopbackArxiv, api: ArxivApi) -> None:
    server.fault("error-entry", message="internal error", status=500)
    assert await details(api, "2504.00103")


async def test_a_server_fault_told_as_an_error_entry_says_its_words(server: LoopbackArxiv, api: ArxivApi) -> None:
    server.fault("error-entry", message="index is being rebuilt", status=503, times=None)
    with pytest.raises(SourceUnavailable, match="answered 503: index is being rebuilt"):
        await details(api, "2504.00103")


def odd(**more: Any) -> list[dict[str, Any]]:
    return [row("2505.00001", "2025-05-08", **more)]


async def read_odd(fetcher: Fetcher, **more: Any) -> Paper:
    async with LoopbackArxiv(odd(**more), now=THURSDAY_MORNING) as server:
        (paper,) = await details(ArxivApi(fetcher, server.api_url), "2505.00001")
    return paper


async def test_a_paper_arrives_with_all_it_has(fetcher: Fetcher) -> None:
    paper = await read_odd(
        fetcher,
        categories=["cs.LG", "stat.ML"],
        version=3,
        comment="12 pages",
        published="2025-05-02T10:00:00+00:00",
        updated="2025-05-06T11:00:00+00:00",
    )
    assert paper == Paper(
        arxiv_id="2505.00001",
        version=3,
        title="On the matter of 2505.00001",
        abstract="We study 2505.00001.",
        authors=("Ada Lovelace", "Alan Turing"),
        categories=("cs.LG", "stat.ML"),
        primary_category="cs.LG",
        published_at=datetime(2025, 5, 2, 10, tzinfo=UTC),
        updated_at=datetime(2025, 5, 6, 11, tzinfo=UTC),
        comment="12 pages",
    )


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("Over\n  two lines", "Over two lines"),
        ("A \u202eright-to-left\u202c trick", "A right-to-left trick"),
        ("$\\alpha$-$\\beta$ in \\textbf{LaTeX}", "$\\alpha$-$\\beta$ in \\textbf{LaTeX}"),
        ("مرحبا بالعالم", "مرحبا بالعالم"),
        ("a < b & c > d", "a < b & c > d"),
        ("t" * 2000, "t" * 2000),
        ("  ", "(untitled)"),
    ],
)
async def test_titles_of_every_kind_arrive_on_one_line(fetcher: Fetcher, title: str, clean: str) -> None:
    assert (await read_odd(fetcher, title=title)).title == clean


async def test_control_characters_do_not_cost_the_page(fetcher: Fetcher) -> None:
    paper = await read_odd(fetcher, title="bell\x07 and escape\x1b here", abstract="\x00nil\x0c")
    assert paper.title == "bell and escape here"
    assert paper.abstract == "nil"


async def test_an_abstract_of_50_000_characters_arrives_whole(fetcher: Fetcher) -> None:
    abstract = "word " * 10_000
    assert (await read_odd(fetcher, abstract=abstract)).abstract == abstract.strip()


async def test_a_paper_may_have_no_authors(fetcher: Fetcher) -> None:
    assert (await read_odd(fetcher, authors=[])).authors == ()
    assert (await read_odd(fetcher, authors=[" ", "Ada Lovelace"])).authors == ("Ada Lovelace",)


async def test_a_withdrawn_paper_is_marked_and_has_no_pdf(fetcher: Fetcher) -> None:
    paper = await read_odd(fetcher, version=2, comment="This paper has been withdrawn by the author", has_pdf=False)
    assert paper.withdrawn
    assert paper.pdf_url is None


async def test_a_paper_whose_pdf_link_is_missing_is_read(fetcher: Fetcher) -> None:
    paper = await read_odd(fetcher, has_pdf=False)
    assert not paper.withdrawn
    assert paper.pdf_url == "https://arxiv.org/pdf/2505.00001"


async def test_recorded_search_pages_pass_through_the_package(server: LoopbackArxiv, api: ArxivApi) -> None:
    server.fault("recorded", body=recorded("arxivpy_q_testing_s0_m10_*"))
    papers, total = await api._page("all:testing", [], 0, 10)
    assert (len(papers), total) == (10, 214881)
    assert papers[0].arxiv_id == "2202.12139"
    assert papers[0].categories == ("cs.SE", "cs.LG")
    server.fault("recorded", body=recorded("arxivpy_q_testing_s0_m100_*"))
    papers, _ = await api._page("all:testing", [], 0, 100)
    assert len({paper.arxiv_id for paper in papers}) == 100
    assert all(paper.title and paper.abstract and paper.authors for paper in papers)


async def test_a_recorded_old_id_passes_through_the_package(server: LoopbackArxiv, api: ArxivApi) -> None:
    server.fault("recorded", body=recorded("arxivpy_id_astro-ph*"))
    (paper,) = await details(api, "astro-ph/0601001")
    assert (paper.arxiv_id, paper.version, paper.primary_category) == ("astro-ph/0601001", 1, "astro-ph")
    assert paper.authors[0] == "Andrew Gould"
    assert paper.abs_url == "https://arxiv.org/abs/astro-ph/0601001"


async def test_of_two_recorded_ids_the_one_that_exists_comes(server: LoopbackArxiv, api: ArxivApi) -> None:
    server.fault("recorded", body=recorded("arxivpy_id_0808*"))
    assert [paper.arxiv_id for paper in await details(api, "0808.05394", "1707.08567")] == ["1707.08567"]


async def test_a_recorded_id_that_does_not_exist_is_no_error(
    server: LoopbackArxiv, api: ArxivApi, clock: FakeClock
) -> None:
    server.fault("recorded", body=recorded("arxivpy_id_0000*"))
    assert await details(api, "0000.0000") == []
    assert clock.sleeps == []


@pytest.mark.parametrize(("name", "status"), [("arxivpy_id_abc*", 400), ("nkrishnaswami_error*", 200)])
async def test_a_recorded_malformed_id_is_refused(server: LoopbackArxiv, api: ArxivApi, name: str, status: int) -> None:
    server.fault("recorded", body=recorded(name), status=status)
    with pytest.raises(QueryRejected, match="incorrect id format"):
        await details(api, "2202.01615")
    assert len(server.journal.requests) == 1


@pytest.mark.parametrize(("name", "ids"), [("nkrishnaswami_one*", 1), ("nkrishnaswami_two*", 2)])
async def test_the_older_form_of_answers_is_read_too(server: LoopbackArxiv, api: ArxivApi, name: str, ids: int) -> None:
    server.fault("recorded", body=recorded(name))
    papers = await details(api, "2202.01615", "2110.00857")
    assert len(papers) == ids
    assert papers[0].comment == "11 pages, 7 figures"
    assert "\n" not in papers[0].title + papers[0].abstract
