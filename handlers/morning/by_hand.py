"""A digest that somebody asked for: what is new, or one listing day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.errors import SourceError
from bot.models import DigestKind, DigestRecord
from bot.ports import Progress, no_progress
from bot.rendering import left_to_local, scored_again
from bot.settings import CatchUp
from handlers.environment import Environment
from handlers.listing import admitted_types, ingest_days, ingest_due
from handlers.morning.catching_up import catch_up
from handlers.morning.choosing import addition, edition_of_news, edition_of_rest, remedial_edition
from handlers.morning.corrections import correct_headers
from handlers.morning.delivery import DeliveryPaused
from handlers.morning.edition import Edition, Prepared, prepare
from handlers.morning.sending import MOST_DIGESTS, deliver_unfinished, plan_and_deliver
from handlers.morning.situation import announced_days, oldest_unasked, situation_of

BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class ByHand:
    """What `paperlark digest` has to show: a digest of the ledger, or a preview of one.

    `message` says why there is neither, `note` what else there is to say. `repaired` papers that a digest had given up
    were planned again.
    """

    record: DigestRecord | None = None
    prepared: Prepared | None = None
    was_there: bool = False
    message: str = ""
    note: str = ""
    repaired: int = 0


async def post_by_hand(
    env: Environment,
    key: str,
    day: date | None,
    *,
    dry_run: bool = False,
    anew: bool = True,
    progress: Progress = no_progress,
) -> ByHand:
    """One digest now: what is new since the mark, or one listing day (remedial, unless it is the newest).

    A day that has its digest is not posted again; but its listing is read `anew`, and what was missing in it is posted,
    papers that were given up too.
    If papers of it were left to the local scorer, the LLM is asked about them, and what it finds is posted as a
    remedial digest. With `dry_run` nothing is posted, nothing sent to an LLM, and nothing but papers stored.

    Raises:
        SourceError, ScorerError: it cannot be made.
        DeliveryPaused: messages are left for recovery.
    """
    repaired, put_off = (0, ()) if dry_run else await _finish_before(env, key, day)
    for _ in range(MOST_DIGESTS):
        choice = await _choose_by_hand(env, key, day, progress, anew=anew)
        if not isinstance(choice, Edition):
            if not dry_run:
                await correct_headers(env, key)
            if put_off:
                raise put_off[-1]
            return replace(choice, repaired=repaired)
        prepared = await prepare(env, choice, progress, rehearsal=dry_run)
        if dry_run:
            return ByHand(prepared=prepared)
        if (choice.repairs or choice.adds_to) and not prepared.digest.ranked:
            record = await env.store.ledger.digest_of_day(key, prepared.digest.days[-1])
            note = _why_not_repaired(prepared) if choice.repairs else "nothing relevant was missing in it"
            await correct_headers(env, key)
            return ByHand(record=record, was_there=True, note=note, repaired=repaired)
        if await plan_and_deliver(env, prepared):
            return ByHand(record=prepared.plan.record)
    return ByHand(message="another process is posting to this channel; try again when it is done")


async def _finish_before(env: Environment, key: str, day: date | None) -> tuple[int, tuple[DeliveryPaused, ...]]:
    """Send what is left of earlier digests: how many papers of `day` were planned again, and what is put off."""
    await catch_up(env, key)
    repaired = await env.store.ledger.reopen(key, day) if day else 0
    return repaired, await deliver_unfinished(env, key)


async def _choose_by_hand(
    env: Environment, key: str, day: date | None, progress: Progress, *, anew: bool
) -> Edition | ByHand:
    if day is None:
        return await _news_by_hand(env, key, progress)
    if record := await env.store.ledger.digest_of_day(key, day):
        return await _missing_in(env, key, day, record, progress, anew=anew)
    if reason := env.source.quiet_reason(day):
        return ByHand(message=f"there is no listing of {day}: {reason}")
    categories = env.channel(key).categories
    mark = await env.store.ledger.last_day(key)
    is_newest = day == env.source.newest_day(env.clock.now())
    # Posting the newest day moves the mark past the days before it, so these must be known first.
    first = max(mark + timedelta(days=1), oldest_unasked(env)) if is_newest and mark and mark < day else day
    await ingest_days(env, categories, min(first, day), day, progress, anew=anew)
    announced = await announced_days(env, categories, day, day)
    if not announced:
        return ByHand(message=f"arXiv has not announced the listing of {day}")
    situation = await situation_of(env, key, env.clock.now())
    if day == situation.expected and (situation.mark is None or situation.days == (day,)):
        return await edition_of_news(env, key, situation, None, f"{BY_HAND} {day}")
    return await remedial_edition(env, key, day, announced[day])


async def _news_by_hand(env: Environment, key: str, progress: Progress) -> Edition | ByHand:
    ingested = await ingest_due(env, progress)
    situation = await situation_of(env, key, env.clock.now())
    if situation.days:
        is_single = env.settings.catch_up is CatchUp.SINGLY
        return await edition_of_news(env, key, situation, None, f"{BY_HAND} {situation.days[0 if is_single else -1]}")
    if rest := await edition_of_rest(env, key):
        return rest
    if situation.mark is not None and situation.mark >= situation.expected:
        return await _stored(env, key, situation.mark)
    return ByHand(message=ingested.problem or f"arXiv has not announced the listing of {situation.expected} yet")


async def _missing_in(
    env: Environment, key: str, day: date, record: DigestRecord, progress: Progress, *, anew: bool
) -> Edition | ByHand:
    """What a day that has its digest lacked, after its listing was read anew; the digest if that cannot be said."""
    channel = env.channel(key)
    note = ""
    if anew:
        try:
            await ingest_days(env, channel.categories, day, day, progress, anew=True)
        except SourceError as error:
            note = f"its listing could not be read anew: {error}"
    ids = await env.store.listings.entries(channel.categories, admitted_types(channel), day, day)
    if frozenset(ids) - await env.store.ledger.offered(key, ids):
        return addition(key, record, f"more of {day}, digest {await env.store.ledger.next_number(key)}")
    stored = await _stored(env, key, day)
    return replace(stored, note=note) if isinstance(stored, ByHand) else stored


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
