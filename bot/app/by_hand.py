"""Post mornings by hand, beside a running bot: one-shot commands claim rows before they act."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import click

from bot.app.channels import opened_for, the_one
from bot.digest_file import WRITERS
from bot.errors import OutputError, PaperlarkError
from bot.models import Digest, Topics, TopicsVersion
from bot.platforms.console import ConsolePlatform
from bot.ports import Progress, no_progress
from bot.rendering import stats_chart, stats_reply
from bot.settings import Settings
from bot.text import counted
from bot.topics import parse_topics
from handlers.commands.stats import ChannelStats, stats
from handlers.environment import Environment
from handlers.listing import ingest_days
from handlers.morning import ByHand, post_by_hand
from handlers.morning.delivery import DeliveryPaused
from handlers.morning.edition import Prepared, stored_digest
from handlers.topics_file import take_up_topics

logger = logging.getLogger(__name__)


async def make_digests(
    settings: Settings,
    channels: Sequence[str],
    day: date | None,
    *,
    dry_run: bool,
    output: Path | None,
    progress: Progress = no_progress,
) -> bool:
    """What `paperlark digest` does; True if every channel was served. One channel's trouble does not stop another.

    `channels` are the keys of those meant, none for all.

    Raises:
        UsageError: a channel is unknown, or several are meant and `output` holds one digest.
    """
    served = True
    async with opened_for(settings, channels) as (env, keys):
        if output is not None:
            the_one(keys, f"--output holds one digest, but {len(keys)} channels are meant")
        for key in keys:
            try:
                if dry_run:
                    await _version_in_force(env, key)
                else:
                    await take_up_topics(env, key)
                made = await post_by_hand(env, key, day, dry_run=dry_run, progress=progress)
            except (PaperlarkError, DeliveryPaused) as error:
                click.echo(f"{key}: {error}", err=True)
                logger.debug("failed", exc_info=True)
                served = False
                continue
            served &= await _present(env, key, made, output, dry_run=dry_run)
    return served


async def make_remedial_digests(
    settings: Settings,
    channels: Sequence[str],
    first: date,
    last: date,
    *,
    dry_run: bool,
    progress: Progress = no_progress,
) -> bool:
    """What `paperlark backfill` does: every listing day of the range without a digest gets a remedial one, in order."""
    served = True
    async with opened_for(settings, channels) as (env, keys):
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        days = [day for day in days if not env.source.quiet_reason(day)]
        for key in keys:
            try:
                await ingest_days(env, env.channel(key).categories, first, last, progress, anew=True)
            except PaperlarkError as error:
                click.echo(f"{key}: {error}", err=True)
                served = False
                continue
            for index, day in enumerate(days):
                progress(f"backfill {key}", index, len(days))
                served &= await _remedy(env, key, day, dry_run=dry_run)
    return served


async def _remedy(env: Environment, key: str, day: date, *, dry_run: bool) -> bool:
    try:
        made = await post_by_hand(env, key, day, dry_run=dry_run, anew=False)
    except (PaperlarkError, DeliveryPaused) as error:
        click.echo(f"{key}, {day}: {error}", err=True)
        return False
    if made.message:
        outcome = made.message
    elif made.repaired:
        outcome = _repaired(made)
    elif made.was_there:
        outcome = "has its digest already"
    elif made.prepared is not None:
        outcome = (
            f"would post {len(made.prepared.digest.ranked)} papers of {made.prepared.digest.totals.scanned} scanned"
            + (f"; {made.prepared.rehearsed}" if made.prepared.rehearsed else "")
        )
    else:
        outcome = "posted"
    click.echo(f"{key}, {day}: {outcome}", err=True)
    return True


def _repaired(made: ByHand) -> str:
    return f"its digest lacked {counted(made.repaired, 'paper')}, which is made good as far as the chat takes it"


async def _present(env: Environment, key: str, made: ByHand, output: Path | None, *, dry_run: bool) -> bool:
    if made.message:
        click.echo(f"{key}: {made.message}", err=True)
        return False
    if made.was_there and made.record is not None:
        days = ", ".join(str(day) for day in made.record.days)
        click.echo(f"{key}: the listing of {days} was posted already, as digest {made.record.number}", err=True)
    if made.repaired:
        click.echo(f"{key}: {_repaired(made)}", err=True)
    if made.note:
        click.echo(f"{key}: {made.note}", err=True)
    if dry_run and made.prepared is not None:
        await _show(env, made.prepared)
        if made.prepared.rehearsed:
            click.echo(f"{key}: {made.prepared.rehearsed}", err=True)
    digest = await _digest_of(env, key, made)
    if output is not None and digest is not None:
        _write(output, WRITERS[output.suffix](digest).encode("utf-8", "replace"))
        click.echo(f"{key}: {len(digest.ranked)} papers written to {output}", err=True)
    return True


async def _digest_of(env: Environment, key: str, made: ByHand) -> Digest | None:
    if made.prepared is not None:
        return made.prepared.digest
    if made.record is None:
        return None
    return stored_digest(made.record, await env.store.ledger.ranked(key, made.record.number))


async def _show(env: Environment, prepared: Prepared) -> None:
    """Print a digest without posting it anywhere."""
    screen = ConsolePlatform(env.clock, interactive=False)
    for intent in prepared.plan.intents:
        await screen.post(intent.channel_id, intent.post, intent.key)


def _write(output: Path, content: bytes) -> None:
    try:
        output.write_bytes(content)
    except OSError as error:
        raise OutputError(f"{output}: cannot be written ({error.strerror})") from error


async def topics_in_force(settings: Settings, channels: Sequence[str]) -> list[tuple[str, int, Topics]]:
    """The current version of each channel's topics; the file's where there is none yet."""
    async with opened_for(settings, channels, platforms={}) as (env, keys):
        versions = [await _version_in_force(env, key) for key in keys]
        return [(one.channel, one.version, parse_topics(one.raw)) for one in versions]


async def _version_in_force(env: Environment, key: str) -> TopicsVersion:
    """The current version; says so if the file holds another text by now, which only a start or a digest takes up."""
    text = env.topics_texts.get(key)
    version = await env.store.topics.current(key)
    if version is None:
        return await env.store.topics.add(key, text or "", "file", env.clock.now())
    if text is not None and version.raw != text:  # a channel started in chat has no file
        click.echo(
            f"{key}: the topics file differs from version {version.version}, which is in force until the next start, "
            "reload or digest",
            err=True,
        )
    return version


async def print_stats(settings: Settings, channels: Sequence[str], *, plot: Path | None, as_json: bool) -> None:
    """What `paperlark stats` does."""
    async with opened_for(settings, channels, platforms={}) as (env, keys):
        if plot is not None:
            the_one(keys, f"--plot draws one channel, but {len(keys)} are meant")
        found = [await stats(env, key) for key in keys]
    if plot is not None:
        _write(plot, stats_chart(found[0].channel, found[0].record))
    if as_json:
        click.echo(json.dumps({one.channel: _stats_values(one) for one in found}, default=str, indent=2))
        return
    for one in found:
        reply = stats_reply(
            one.channel,
            one.topics,
            one.record,
            more=one.more,
            less=one.less,
            learned_weight=one.learned_weight,
            guard=one.guard,
            lists=one.lists,
        )
        click.echo("\n  ".join((reply.title, *reply.lines)))


def _stats_values(one: ChannelStats) -> dict[str, object]:
    return {
        "more": one.more,
        "less": one.less,
        "learned_weight": one.learned_weight,
        "trust": one.trust,
        "guard": one.guard,
        "lists": one.lists,
        "liked": one.record.n_liked,
        "disliked": one.record.n_disliked,
        "liked_by_topic": dict(one.record.liked_topics),
        "weeks": [asdict(week) for week in one.record.weeks],
    }
