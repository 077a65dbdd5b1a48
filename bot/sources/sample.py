"""The bundled sample: five real listing days of May 2025, small enough to try everything without a network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.errors import BadSourceAnswer
from bot.models import AnnounceType, Listing, ListingEntry, ListingState, Paper, Question
from bot.ports import Progress, no_progress

_FILE = "sample_papers.jsonl"
_SATURDAY = 5


class SampleSource:
    """Papers of the listings of 5 to 9 May 2025, with abstracts in our own words.

    The newest listing is the last one the clock has reached; before all of them nothing is announced. `path` reads
    another file of the same form.
    """

    def __init__(self, *, clock: Clock, path: Path | None = None) -> None:
        self._clock = clock
        self._path = path
        self._read: tuple[Paper, ...] | None = None

    @property
    def name(self) -> str:
        """The source's name in the listings table."""
        return "sample"

    def newest_day(self, now: datetime) -> date:
        """The sample's last listing day up to `now`; the day of `now` itself before the first."""
        today = now.date()
        return max((day for day in self._days_known() if day <= today), default=today)

    def quiet_reason(self, day: date) -> str:
        """Why no listing is expected on `day`, "" if the sample has one."""
        if day in self._days_known():
            return ""
        return "weekend" if day.weekday() >= _SATURDAY else "the sample has no listing of this day"

    async def newest(self, categories: Sequence[str], progress: Progress = no_progress) -> Listing:
        """The last listing up to today, EMPTY before the first.

        Raises:
            BadSourceAnswer: the file is damaged.
        """
        day = self.newest_day(self._clock.now())
        return (await self.days(day, day, categories, progress))[0]

    async def days(
        self, first: date, last: date, categories: Sequence[str], progress: Progress = no_progress
    ) -> tuple[Listing, ...]:
        """The listings of these days: COMPLETE where the sample has one, PENDING after today, else EMPTY.

        Raises:
            BadSourceAnswer: the file is damaged.
        """
        wanted = list(_days(first, last))
        listings = []
        for position, day in enumerate(wanted, start=1):
            listings.append(self._listing(day, tuple(dict.fromkeys(categories))))
            progress("reading the sample", position, len(wanted))
        return tuple(listings)

    async def papers(self, arxiv_ids: Sequence[str], progress: Progress = no_progress) -> tuple[Paper, ...]:
        """The sample's papers with these ids, in the order asked.

        Raises:
            BadSourceAnswer: the file is damaged.
        """
        known = {paper.arxiv_id: paper for paper in self._papers()}
        found = tuple(known[arxiv_id] for arxiv_id in arxiv_ids if arxiv_id in known)
        progress("reading the sample", len(arxiv_ids), len(arxiv_ids))
        return found

    async def search(self, question: Question, limit: int) -> tuple[Paper, ...]:
        """The announced papers that hold a word or every phrase of the question, those with most words first.

        Raises:
            BadSourceAnswer: the file is damaged.
        """
        today = self._clock.now().date()
        announced = [paper for paper in self._papers() if paper.listing_day and paper.listing_day <= today]
        counted = [(_agreement(paper, question), paper) for paper in announced]
        found = sorted((pair for pair in counted if pair[0] > 0), key=lambda pair: -pair[0])
        return tuple(paper for _, paper in found[:limit])

    def _listing(self, day: date, categories: tuple[str, ...]) -> Listing:
        if reason := self.quiet_reason(day):
            return Listing(day=day, categories=categories, state=ListingState.EMPTY, note=reason)
        if day > self._clock.now().date():
            return Listing(day=day, categories=categories, state=ListingState.PENDING, note="not announced yet")
        announced = [paper for paper in self._papers() if paper.listing_day == day]
        papers = [paper for paper in announced if not set(categories).isdisjoint(paper.categories)]
        return Listing(
            day=day,
            categories=categories,
            state=ListingState.COMPLETE,
            entries=tuple(_entries(papers, categories, day)),
            papers=tuple(papers),
            witness="sample",
        )

    def _days_known(self) -> frozenset[date]:
        return frozenset(paper.listing_day for paper in self._papers() if paper.listing_day)

    def _papers(self) -> tuple[Paper, ...]:
        if self._read is None:
            file = self._path or resources.files(__package__).joinpath(_FILE)
            lines = file.read_text(encoding="utf-8").splitlines()
            self._read = tuple(_paper(line, number) for number, line in enumerate(lines, start=1) if line.strip())
        return self._read


def _agreement(paper: Paper, question: Question) -> int:
    """How many words and phrases of the question the paper holds; 0 if it fails in what it must or must not have."""
    text = " ".join((paper.title, paper.abstract, *paper.authors)).lower()
    day = paper.listing_day or paper.published_at.date()
    barred = (
        any(phrase.lower() not in text for phrase in question.phrases)
        or any(phrase.lower() in text for phrase in question.excluded)
        or any(name.lower() not in " ".join(paper.authors).lower() for name in question.authors)
        or any(category not in paper.categories for category in question.categories)
        or day < (question.first or day)
        or day > (question.last or day)
    )
    return (
        0 if barred else sum(part.lower() in text for part in (*question.words, *question.phrases, *question.authors))
    )


def _entries(papers: Iterable[Paper], categories: Sequence[str], day: date) -> Iterator[ListingEntry]:
    for paper in papers:
        for category in categories:
            if category in paper.categories:
                is_primary = category == paper.primary_category
                kind = AnnounceType.NEW if is_primary else AnnounceType.CROSS
                yield ListingEntry(paper.arxiv_id, category, day, kind)


def _paper(line: str, number: int) -> Paper:
    try:
        row: Mapping[str, Any] = json.loads(line)
        published_at = datetime.fromisoformat(row["published_at"]).astimezone(UTC)
        return Paper(
            arxiv_id=row["arxiv_id"],
            version=int(row["version"]),
            title=row["title"],
            abstract=row["abstract"],
            authors=tuple(row["authors"]),
            categories=tuple(row["categories"]),
            primary_category=row["primary_category"],
            published_at=published_at,
            updated_at=published_at,
            comment=row["comment"] or None,
            listing_day=date.fromisoformat(row["listing_day"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSourceAnswer(f"line {number} of the sample is damaged ({error!r}): install Paperlark again") from error


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
