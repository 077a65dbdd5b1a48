"""arXiv's API through the `arxiv` package, its traps closed.

The package says which address to ask for and reads the answer. Fetching is ours: its session serves the page that the
Fetcher brought, so its own missing time limits, delays and retries never come into play.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import arxiv  # type: ignore[import-untyped]
import requests
from requests.adapters import BaseAdapter

from bot.arxiv_id import parse_id
from bot.errors import BadSourceAnswer
from bot.models import Paper
from bot.ports import Progress, no_progress
from bot.sources.arxiv.cleaning import is_withdrawn, names_of, title_of
from bot.sources.arxiv.fetch import Fetcher
from bot.sources.arxiv.pages import read_page
from bot.text import one_line

_log = logging.getLogger(__name__)

MOST_RESULTS = 30_000
"""arXiv serves no result of a query beyond this one."""

# What is announced while pages are read must come at the end, unless the best are wanted.
_ORDER = {
    arxiv.SortCriterion.Relevance: arxiv.SortOrder.Descending,
    arxiv.SortCriterion.SubmittedDate: arxiv.SortOrder.Ascending,
}
_IDS_A_REQUEST = 100
_MINUTE = timedelta(minutes=1)


class _Fetched(BaseAdapter):
    """Serves the package's session the one page that was fetched."""

    def __init__(self, url: str, body: bytes) -> None:
        super().__init__()
        self._url = url
        self._body = body

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        if request.url != self._url:  # the package asks for more only if it dropped entries of this page
            raise BadSourceAnswer(f"not every entry of arXiv's API could be read (asked for {self._url[:300]})")
        response = requests.Response()
        response.status_code = requests.codes.ok
        response.raw = io.BytesIO(self._body)
        return response

    def close(self) -> None:
        """Nothing is open."""


class ArxivApi:
    """Details of papers, by submission time and by id."""

    def __init__(self, fetcher: Fetcher, api_url: str, page_size: int = 1000) -> None:
        self._fetcher = fetcher
        self._api_url = api_url
        self._page_size = page_size

    async def submitted(
        self, categories: Sequence[str], start: datetime, end: datetime, progress: Progress = no_progress
    ) -> tuple[Paper, ...]:
        """The announced papers of these categories submitted from `start` to before `end`, cross-lists included.

        Raises:
            SourceError: they could not be read completely.
        """
        query = _window_query(categories, start, end)
        first, total = await self._page(query, [], 0, self._page_size)
        if total == 0:  # arXiv is known to say so although there are results, but hardly twice
            first, total = await self._page(query, [], 0, self._page_size)
        if total > MOST_RESULTS and end - start > 2 * _MINUTE:
            middle = start + (end - start) / 2
            earlier = await self.submitted(categories, start, middle, progress)
            return _distinct([*earlier, *await self.submitted(categories, middle, end, progress)])
        papers = list(first)
        progress("reading papers", len(papers), total)
        read = len(first)
        while read < total:
            page, total = await self._page(query, [], read, min(self._page_size, MOST_RESULTS - read))
            if not page:
                raise BadSourceAnswer(f"arXiv's list shrank while it was read ({read} of {total}): try again")
            read += len(page)
            papers.extend(page)
            progress("reading papers", read, total)
        return _distinct(papers)

    async def count_submitted(self, categories: Sequence[str], start: datetime, end: datetime) -> int:
        """How many papers `submitted` would give.

        Raises:
            SourceError: arXiv gave no believable answer.
        """
        _, total = await self._page(_window_query(categories, start, end), [], 0, 1)
        return total

    async def details(
        self, arxiv_ids: Sequence[str], progress: Progress = no_progress
    ) -> AsyncIterator[tuple[Paper, ...]]:
        """The newest versions of the papers with these base ids, as far as they exist, request by request.

        Raises:
            SourceError: arXiv gave no believable answer to the next request.
        """
        for at in range(0, len(arxiv_ids), _IDS_A_REQUEST):
            page, _ = await self._page("", arxiv_ids[at : at + _IDS_A_REQUEST], 0, _IDS_A_REQUEST)
            yield page
            progress("reading details", min(at + _IDS_A_REQUEST, len(arxiv_ids)), len(arxiv_ids))

    async def search(self, query: str, limit: int) -> tuple[Paper, ...]:
        """The papers that arXiv finds for a query in its own language, best first.

        Raises:
            SourceError: arXiv gave no believable answer.
        """
        return (await self._page(query, [], 0, limit, by=arxiv.SortCriterion.Relevance))[0]

    async def _page(
        self,
        query: str,
        arxiv_ids: Sequence[str],
        start: int,
        most: int,
        by: arxiv.SortCriterion = arxiv.SortCriterion.SubmittedDate,
    ) -> tuple[tuple[Paper, ...], int]:
        """One page of papers, and how many the query has in all."""
        search = arxiv.Search(
            query=query, id_list=list(arxiv_ids), max_results=start + most, sort_by=by, sort_order=_ORDER[by]
        )
        client = arxiv.Client(page_size=most, delay_seconds=0, num_retries=0)
        client.query_url_format = self._api_url + "?{}"
        url = client._format_url(search, start, most)  # noqa: SLF001 - it has no public way to tell
        # The package could call the Fetcher itself, but would hold a worker thread while it waits for its turn.
        page = await self._fetcher.get(url, lambda answer: read_page(answer, url))
        for scheme in ("http://", "https://"):
            client._session.mount(scheme, _Fetched(url, page.body))  # noqa: SLF001 - the only seam
        results = await asyncio.to_thread(lambda: list(client.results(search, offset=start)))
        if len(results) != page.entries:
            raise BadSourceAnswer(f"only {len(results)} of {page.entries} entries of arXiv's API could be read")
        return tuple(paper_of(result) for result in results), page.total


def paper_of(result: arxiv.Result) -> Paper:
    """A paper from what the package read.

    Raises:
        BadSourceAnswer: the entry's id is none.
    """
    named = parse_id(result.entry_id)
    if named is None:
        raise BadSourceAnswer(f"arXiv's API gave an entry with the id {result.entry_id!r}")
    comment = one_line(result.comment or "") or None
    abstract = one_line(result.summary)
    categories = tuple(dict.fromkeys(filter(None, map(one_line, result.categories))))
    primary = one_line(result.primary_category) or next(iter(categories), "")
    return Paper(
        arxiv_id=named.base,
        version=named.version or 1,
        title=title_of(result.title),
        abstract=abstract,
        authors=names_of(author.name for author in result.authors),
        categories=categories if primary in categories else (primary, *categories),
        primary_category=primary,
        published_at=result.published,
        updated_at=result.updated,
        comment=comment,
        withdrawn=is_withdrawn(comment, abstract),
    )


def _window_query(categories: Sequence[str], start: datetime, end: datetime) -> str:
    # arXiv includes both ends, to the minute.
    span = f"{start:%Y%m%d%H%M} TO {end - _MINUTE:%Y%m%d%H%M}"
    listed = " OR ".join(f"cat:{category}" for category in categories)
    return f"({listed}) AND submittedDate:[{span}]"


def _distinct(papers: Sequence[Paper]) -> tuple[Paper, ...]:
    return tuple({paper.arxiv_id: paper for paper in papers}.values())
