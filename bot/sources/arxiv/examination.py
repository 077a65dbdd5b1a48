"""What the doctor finds out about arXiv with one request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.errors import SourceError
from bot.models import Finding, Severity
from bot.sources.arxiv.calendar import Calendar
from bot.sources.arxiv.holidays import newest_published_year
from bot.sources.arxiv.rss import ArxivRss

_SUBJECT = "arxiv"
_LAST_MONTHS = 11  # arXiv publishes the next year's list towards the end of a year
_NETWORK = "check the network and ARXIV_RSS_URL; if others can reach it, arXiv may have put this address on hold"


def calendar_finding(calendar: Calendar, today: date) -> Finding | None:
    """What to say when the newest year whose holidays arXiv has published runs out."""
    known = newest_published_year(calendar)
    if (today.year, today.month) < (known, _LAST_MONTHS):
        return None
    said = f"arXiv's holidays are known to the end of {known}; those of later years are predicted by rule"
    remedy = "a newer version of Paperlark will know them; until then a predicted holiday is asked for all the same"
    return Finding(Severity.WARNING, _SUBJECT, said, remedy)


async def examine(rss: ArxivRss, calendar: Calendar, now: datetime, categories: Sequence[str]) -> tuple[Finding, ...]:
    """Findings about the feed of the first of these categories: one is never cut, and so is one request."""
    category = categories[0]
    try:
        feed = await rss.newest([category])
    except SourceError as error:
        return (Finding(Severity.PROBLEM, _SUBJECT, str(error), _NETWORK),)
    expected = calendar.newest_complete(now)
    if feed.items and feed.day >= expected:
        count = f"{len(feed.items):,} papers in {category}"
        return (Finding(Severity.OK, _SUBJECT, f"the newest listing is that of {_words(feed.day)}: {count}"),)
    if feed.items:
        late = f"the newest listing is that of {_words(feed.day)}; that of {_words(expected)} is not there yet"
        return (Finding(Severity.WARNING, _SUBJECT, late, "wait: mornings look again by themselves"),)
    if reason := calendar.why_no_listing(feed.day):
        nothing = f"nothing is announced on {_words(feed.day)} ({reason}); the newest listing is {_words(expected)}'s"
        return (Finding(Severity.OK, _SUBJECT, nothing),)
    empty = f"the feed of {_words(feed.day)} is empty in {category}, on a day without a reason"
    return (
        Finding(Severity.WARNING, _SUBJECT, empty, "wait: arXiv may have put it off; mornings ask its API instead"),
    )


def _words(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
