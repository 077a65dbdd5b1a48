"""Post a channel's digest: at its set time, late, by hand, or for days already gone."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.errors import EmbedderError, ScorerError
from bot.models import ListingState
from bot.ports import Progress, no_progress
from bot.rendering import arxiv_unreachable, left_to_local, no_announcement, scored_again
from bot.settings import CatchUp
from bot.store_ports import DigestKind, DigestRecord
from handlers.catching_up import FOUND, catch_up
from handlers.delivery import abandon, deliver
from handlers.edition import Edition, Prepared, prepare
from handlers.environment import Environment
from handlers.listing import Ingested, ingest_days, ingest_due
from handlers.pausing import pause_of

logger = logging.getLogger(__name__)

# More than the listing days that are ever caught up one by one, and room for losing to another process.
_MOST_DIGESTS = 70
_BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a channel stands.

    `expected` is the newest listing day that should have been complete at the moment asked about, `days` the complete
    ones up to it that are after `mark` (the last one posted) and not too old to be posted unasked, oldest first.
    `too_old` counts the others.
    """

    expected: date
    mark: date | None
    days: tuple[date, ...]
    too_old: int = 0


async def post_morning(env: Environment, key: str, scheduled_for: datetime, progress: Progress = no_progress) -> None:
    """Bring the morning that was due at `scheduled_for` to its end, as far as that is possible now.

    What is there is posted; what is missing is said. Repeating it changes nothing, except that a listing which was
    missing then and is there now is posted as a new message.

    Raises:
        DeliveryPaused: messages are left for recovery.
    """
    if await pause_of(env, key) is not None:
        logger.info("%s is paused: no morning", key)
        return
    occasion = occasion_of(scheduled_for)
    await catch_up(env, key)
    await deliver_unfinished(env, key)
    timing = env.settings.timing
    ingested = await ingest_due(env, progress, timing.patience_s * timing.scale)
    for _ in range(_MOST_DIGESTS):
        situation = await situation_of(env, key, scheduled_for)
        first = await env.store.ledger.digest_for(key, occasion)
        if situation.days:
            edition = await _news(env, key, situation, first, occasion)
        elif first is None and not await _came_otherwise(env, key, situation, scheduled_for):
            edition = _nothing(env, key, situation, ingested, occasion)
        else:
            return
        try:
            prepared = await prepare(env, edition, progress)
        except (ScorerError, EmbedderError) as error:
            logger.exception("the papers for %s could not be scored", key)
            if first is not None:
                return
            remarks = (f"The papers could not be scored ({error}); they follow as soon as that works.",)
            prepared = await prepare(env, _empty(key, situation, occasion, remarks), progress)
            await _plan_and_deliver(env, prepared)
            return
        await _plan_and_deliver(env, prepared)


async def _came_otherwise(env: Environment, key: str, situation: Situation, scheduled_for: datetime) -> bool:
    """Whether what this morning would have brought was posted by hand or is in the chat: then it has nothing to say."""
    record = await env.store.ledger.digest_of_day(key, situation.expected)
    since = scheduled_for - timedelta(days=1)
    return record is not None and record.occasion.startswith((_BY_HAND, FOUND)) and record.planned_at > since


async def has_begun(env: Environment, key: str, scheduled_for: datetime) -> bool:
    """Whether anything was written down for the morning due at `scheduled_for`."""
    return await env.store.ledger.digest_for(key, occasion_of(scheduled_for)) is not None


def occasion_of(scheduled_for: datetime) -> str:
    """What the ledger calls the morning due at `scheduled_for`; what comes of it later has a name that begins so."""
    return f"morning {_minute(scheduled_for)}"


async def deliver_unfinished(env: Environment, key: str) -> None:
    """Send what earlier digests of the channel still have open, oldest first; give up what is too old to be news.

    Raises:
        DeliveryPaused: it cannot be sent now.
    """
    oldest = env.clock.now() - timedelta(days=env.settings.timing.catch_up_days)
    planned = {record.number: record.planned_at for record in await env.store.ledger.digests(key)}
    for number in await env.store.ledger.unfinished(key):
        if number not in planned or planned[number] < oldest:
            await abandon(env, key, number, f"older than {env.settings.timing.catch_up_days} days")
        await deliver(env, key, number)


@dataclass(frozen=True, slots=True)
class ByHand:
    """What `paperlark digest` has to show: a digest of the ledger, or a preview of one.

    `message` says why there is neither, `note` what else there is to say.
    """

    record: DigestRecord | None = None
    prepared: Prepared | None = None
    was_there: bool = False
    message: str = ""
    note: str = ""


async def post_by_hand(
    env: Environment, key: str, day: date | None, *, dry_run: bool = False, progress: Progress = no_progress
) -> ByHand:
    """One digest now: what is new since the mark, or one listing day (remedial, unless it is the newest).

    A day that has its digest is not posted again; if papers of it were left to the local scorer, the LLM is asked about
    them, and what it finds is posted as a remedial digest. With `dry_run` nothing is posted, nothing sent to an LLM,
    and nothing but papers stored.

    Raises:
        SourceError, ScorerError: it cannot be made.
        DeliveryPaused: messages are left for recovery.
    """
    if not dry_run:
        await catch_up(env, key)
        await deliver_unfinished(env, key)
    for _ in range(_MOST_DIGESTS):
        choice = await _choose_by_hand(env, key, day, progress)
        if not isinstance(choice, Edition):
            return choice
        prepared = await prepare(env, choice, progress, rehearsal=dry_run)
        if dry_run:
            return ByHand(prepared=prepared)
        if choice.repairs is not None and not prepared.digest.ranked:
            record = await env.store.ledger.digest_of_day(key, prepared.digest.days[-1])
            return ByHand(record=record, was_there=True, note=_why_not_repaired(prepared))
        if await _plan_and_deliver(env, prepared):
            return ByHand(record=prepared.plan.record)
    return ByHand(message="another process is posting to this channel; try again when it is done")


async def situation_of(env: Environment, key: str, moment: datetime) -> Situation:
    """Where the channel stood with respect to the listings that should have been complete at `moment`."""
    categories = env.channel(key).categories
    expected = env.source.newest_day(moment)
    mark = await env.store.ledger.mark(key)
    if mark is None:
        newest = await env.store.listings.newest_complete(env.source.name, categories, expected)
        return Situation(expected, None, (newest,) if newest else ())
    days = await complete_days(env, categories, mark + timedelta(days=1), expected)
    oldest = _oldest_unasked(env)
    return Situation(expected, mark, tuple(day for day in days if day >= oldest), sum(day < oldest for day in days))


async def complete_days(env: Environment, categories: Sequence[str], first: date, last: date) -> tuple[date, ...]:
    """The days from `first` to `last` whose listing is complete in all these categories, oldest first."""
    records = await env.store.listings.records(env.source.name, categories, first, last)
    by_day: dict[date, int] = {}
    for record in records:
        if record.state is ListingState.COMPLETE:
            by_day[record.day] = by_day.get(record.day, 0) + 1
    return tuple(sorted(day for day, count in by_day.items() if count == len(set(categories))))


async def remedial_edition(env: Environment, key: str, day: date) -> Edition:
    """A digest of one day already gone, which says so and does not move the channel's mark."""
    today = env.clock.now().astimezone(env.channel(key).zone).date()
    return Edition(key, DigestKind.REMEDIAL, f"remedial {day}", day, day, remedial_on=today)


async def _news(env: Environment, key: str, situation: Situation, first: DigestRecord | None, occasion: str) -> Edition:
    """The listing days not posted yet: all of them in one digest, or the oldest one, as the settings say."""
    days = situation.days
    if env.settings.catch_up is CatchUp.SINGLY:
        days = days[:1]
    remarks = []
    if first is not None:
        occasion = f"{occasion}, {days[-1]}"
        if not first.days:
            remarks.append("Late: this could not be posted when the morning was due.")
    if situation.too_old:
        remarks.append(
            f"{situation.too_old} older listing days were missed and are not posted unasked; "
            "`paperlark backfill` posts them."
        )
    late_from, late_since = await _late_window(env, key)
    is_past = days[-1] < situation.days[-1]
    return Edition(
        channel=key,
        kind=DigestKind.MORNING,
        occasion=occasion,
        first=days[0],
        last=days[-1],
        after=situation.mark,
        late_from=late_from,
        late_since=late_since,
        remedial_on=env.clock.now().astimezone(env.channel(key).zone).date() if is_past else None,
        remarks=tuple(remarks),
    )


async def _late_window(env: Environment, key: str) -> tuple[date | None, datetime | None]:
    """From which day on, and since when, a paper is a late arrival: after the last morning that had papers."""
    first_day = await env.store.ledger.first_day(key)
    if first_day is None:
        return None, None
    for record in await env.store.ledger.digests(key):
        if record.kind is DigestKind.MORNING and record.days:
            return max(first_day, _oldest_unasked(env)), record.planned_at
    return None, None


def _oldest_unasked(env: Environment) -> date:
    return env.clock.now().date() - timedelta(days=env.settings.timing.catch_up_days)


def _nothing(env: Environment, key: str, situation: Situation, ingested: Ingested, occasion: str) -> Edition:
    """A morning without papers, which says why."""
    channel = env.channel(key)
    now = env.clock.now()
    if situation.mark is not None and situation.expected <= situation.mark:
        today = now.astimezone(channel.zone).date()
        gap = ((situation.mark + timedelta(days=1) + timedelta(days=n)) for n in range((today - situation.mark).days))
        reasons = [reason for day in gap if (reason := env.source.quiet_reason(day))]
        remark = no_announcement(reasons[-1] if reasons else "no new listing yet")
    elif ingested.problem:
        logger.warning("morning of %s goes without its listing: %s", key, ingested.problem)
        remark = arxiv_unreachable(now + timedelta(seconds=env.settings.timing.poll_s), channel.zone)
    else:
        remark = no_announcement("no announcement yet")
    return _empty(key, situation, occasion, (remark,))


def _empty(key: str, situation: Situation, occasion: str, remarks: tuple[str, ...]) -> Edition:
    return Edition(key, DigestKind.MORNING, occasion, after=situation.mark, remarks=remarks)


async def _plan_and_deliver(env: Environment, prepared: Prepared) -> bool:
    """Write the digest down, then send it; False if another process wrote one down first."""
    if not await env.store.ledger.plan(prepared.plan):
        return False
    record = prepared.plan.record
    logger.info(
        "planned digest %d of %s: %d of %d relevant papers", record.number, record.channel,
        len(prepared.plan.shown), record.totals.relevant,
    )  # fmt: skip
    await deliver(env, record.channel, record.number)
    return True


async def _choose_by_hand(  # noqa: PLR0911 - one return for each answer a person can get
    env: Environment, key: str, day: date | None, progress: Progress
) -> Edition | ByHand:
    if day is None:
        ingested = await ingest_due(env, progress)
        situation = await situation_of(env, key, env.clock.now())
        if situation.days:
            is_single = env.settings.catch_up is CatchUp.SINGLY
            return await _news(env, key, situation, None, f"{_BY_HAND} {situation.days[0 if is_single else -1]}")
        if situation.mark is not None and situation.mark >= situation.expected:
            return await _stored(env, key, situation.mark)
        return ByHand(message=ingested.problem or f"arXiv has not announced the listing of {situation.expected} yet")
    if await env.store.ledger.digest_of_day(key, day) is not None:
        return await _stored(env, key, day)
    if reason := env.source.quiet_reason(day):
        return ByHand(message=f"there is no listing of {day}: {reason}")
    categories = env.channel(key).categories
    mark = await env.store.ledger.mark(key)
    is_newest = day == env.source.newest_day(env.clock.now())
    # Posting the newest day moves the mark past the days before it, so these must be known first.
    first = max(mark + timedelta(days=1), _oldest_unasked(env)) if is_newest and mark and mark < day else day
    await ingest_days(env, categories, min(first, day), day, progress)
    if not await complete_days(env, categories, day, day):
        return ByHand(message=f"arXiv has not announced the listing of {day}")
    situation = await situation_of(env, key, env.clock.now())
    if day == situation.expected and (situation.mark is None or situation.days == (day,)):
        return await _news(env, key, situation, None, f"{_BY_HAND} {day}")
    return await remedial_edition(env, key, day)


async def _stored(env: Environment, key: str, day: date) -> Edition | ByHand:
    """The digest that is there, or what repairs it where its papers were left to the local scorer."""
    record = await env.store.ledger.digest_of_day(key, day)
    if record is None or not left_to_local(record.remarks):
        return ByHand(record=record, was_there=True)
    return Edition(
        channel=key,
        kind=DigestKind.REMEDIAL,
        occasion=f"repair of digest {record.number}",
        first=min(record.days),
        last=max(record.days),
        remedial_on=env.clock.now().astimezone(env.channel(key).zone).date(),
        remarks=(scored_again(record.number),),
        repairs=record.number,
    )


def _why_not_repaired(prepared: Prepared) -> str:
    remarks = prepared.digest.remarks
    if not left_to_local(remarks):
        return "scored again: the LLM finds nothing to add"
    return "; ".join(remark for remark in remarks if left_to_local([remark]))


def _minute(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
