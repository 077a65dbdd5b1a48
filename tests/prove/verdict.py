"""Whether a week of bad mornings ended as it must: by the chat's transcript first, by the bot's tables second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta

from bot.models import AnnounceType, PostKey, PostState
from bot.store import Store
from tests.loopback.faulty import ChatMessage
from tests.prove.plan import DAYS
from tests.prove.virtual import utc
from tests.prove.week import Week
from tests.prove.world import MIN_RELEVANCE, relevance_of

REASONS = ("could not be reached", "no announcement", "could not be scored")
_READABLE = utc("2025-05-06T04:42")
_PLACES = {"room-a": "a", "room-b": "b"}


async def violations(week: Week) -> Sequence[str]:
    """Everything that is not as it must be at the end."""
    store = Store(week.folder / "paperlark.db")
    try:
        found = list(dict.fromkeys(week.exceptions))[:5]
        found += _neighbour_violations(week)
        if repeated := week.chat.repeated():
            found.append(f"sent again although it had been stored: {repeated}")
        for channel_id, key in _PLACES.items():
            messages = [message for message in week.chat.messages.values() if message.channel_id == channel_id]
            found += [f"{key}: {words}" for words in _post_violations(week, key, messages)]
            found += [f"{key}: {words}" for words in _header_violations(messages)]
            found += [f"{key}: {words}" for words in _explanation_violations(week, key, messages)]
            found += [f"{key}: {words}" for words in await _ledger_violations(store, key, messages)]
    finally:
        store.close()
    return found


def _post_violations(week: Week, key: str, messages: Sequence[ChatMessage]) -> Iterator[str]:
    standing = Counter(message.subject for message in messages if message.subject and not message.is_deleted)
    if doubled := sorted(subject for subject, count in standing.items() if count > 1):
        yield f"duplicates {doubled}"
    headers = Counter(message.key for message in messages if not message.subject and not message.is_deleted)
    if doubled := sorted(header for header, count in headers.items() if count > 1):
        yield f"duplicate headers {doubled}"
    expected = _expected(week, key, set(standing))
    if lost := sorted(expected - set(standing)):
        yield f"lost papers {lost}"
    if extra := sorted(set(standing) - expected):
        yield f"papers nobody expects {extra}"


def _expected(week: Week, key: str, posted: Collection[str]) -> set[str]:
    """The relevant papers announced to the channel, from Monday on; where Monday was spoilt, from what came first."""
    by_day = {day: _relevant(week, key, day) for day in DAYS}
    papers: set[str] = set()
    for day, of_day in by_day.items():
        others = set().union(*(of_other for other, of_other in by_day.items() if other != day))
        if week.plan.is_fresh and not papers and not (of_day - others) & set(posted):
            continue
        papers |= of_day
    return papers


def _relevant(week: Week, key: str, day: date) -> set[str]:
    categories = set(week.settings.channels[key].categories)
    return {
        paper.arxiv_id
        for paper, kind, where in week.source.announced.get(day, [])
        if kind in {AnnounceType.NEW, AnnounceType.CROSS}
        and set(where) & categories
        and relevance_of(paper.arxiv_id) >= MIN_RELEVANCE
    }


def _header_violations(messages: Sequence[ChatMessage]) -> Iterator[str]:
    """A header without papers must give a reason, and papers that come after it must say that they are late."""
    papers = Counter(_digest(message) for message in messages if message.subject)
    for message in messages:
        if message.subject or message.is_deleted:
            continue
        if not papers[_digest(message)] and not any(reason in message.text for reason in (*REASONS, "threshold")):
            yield f"a header without papers and reason: {message.text!r}"


def _explanation_violations(week: Week, key: str, messages: Sequence[ChatMessage]) -> Iterator[str]:
    """A morning that had to go without its listing says so, and what comes later that day says that it is late."""
    due = utc("2025-05-06T09:00" if key == "a" else "2025-05-06T13:00")
    if not _is_spoilt(week, due):
        return
    headers = [m for m in messages if not m.subject and not m.is_deleted and m.posted_at >= due]
    reasons = [n for n, message in enumerate(headers) if any(reason in message.text for reason in REASONS)]
    if not reasons:
        yield f"the morning of {due} was spoilt and nobody said so"
    elif any("Papers of Tue" in m.text and "Late" not in m.text for m in headers[reasons[0] + 1 :]):
        yield "late papers do not say that they are late"


def _neighbour_violations(week: Week) -> Iterator[str]:
    """While one room is closed, the other has its morning on time."""
    due = utc("2025-05-06T13:00")
    headers = [m for m in week.chat.messages.values() if m.channel_id == "room-b" and not m.subject]
    on_time = any(due <= m.posted_at <= due + timedelta(minutes=5) and "Papers of Tue" in m.text for m in headers)
    if week.plan.is_lonely and not on_time:
        yield "b: its morning was not on time although only room-a was closed"


def _is_spoilt(week: Week, due: datetime) -> bool:
    """Whether Tuesday's listing could not be read until after `due` by a bot that lived and knew the time."""
    if week.plan.is_fresh or any(start <= due + timedelta(minutes=5) and end >= due for start, end in week.dead):
        return False
    if any(moment <= due for moment, _ in week.plan.shifts):
        return False
    until = due + timedelta(minutes=5)
    always = [
        window for window in week.plan.source if window.rate == 1 and window.start <= _READABLE and window.end > until
    ]
    return bool(always) or week.plan.deferred == DAYS[1] or week.plan.appears[DAYS[1]] > until


def _digest(message: ChatMessage) -> int:
    key = PostKey.parse(message.key)
    return key.digest if key else 0


async def _ledger_violations(store: Store, key: str, messages: Sequence[ChatMessage]) -> Sequence[str]:
    found = []
    if open_intents := await store.ledger.open_intents(key):
        found.append(f"{len(open_intents)} intents open")
    if unfinished := await store.ledger.unfinished(key):
        found.append(f"digests {unfinished} unfinished")
    shown = {impression.arxiv_id for impression in await store.feedback.impressions(key)}
    posted = {message.subject for message in messages if message.subject}
    if shown != posted:
        found.append(f"impressions differ from what was shown: {sorted(shown ^ posted)}")
    votes = {(vote.arxiv_id, vote.person, vote.emoji) for vote in await store.feedback.current(key)}
    given = {(message.subject, *reaction) for message in messages for reaction in message.reactions}
    if lost := sorted(given - votes):
        found.append(f"lost votes {lost}")
    if extra := sorted(votes - given):
        found.append(f"votes nobody gave {extra}")
    for record in await store.ledger.digests(key):
        for intent in await store.ledger.intents(key, record.number):
            if intent.state is not PostState.SENT or intent.ref is None:
                found.append(f"{intent.key} is {intent.state}: {intent.note}")
            elif not any(m.message == intent.ref.message and not m.is_deleted for m in messages):
                found.append(f"{intent.key} points at a message that is gone")
    return found
