"""Answer `paperlark ask` on standard output, and read days into the archive without posting them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import click

from bot.app.channels import opened_for
from bot.models import Paper, Reply, Request
from bot.ports import Progress, no_progress
from bot.query import parse_line, parse_question
from bot.rendering import card_text
from bot.settings import Settings
from handlers.ask import ENOUGH, Asking, ask, can_be_live, find, search_live
from handlers.commands import answer
from handlers.environment import Environment
from handlers.listing import ingest_days, missing_days

_PERSON = "you"  # as in the terminal, so that its list of saved papers is the same
_DAYS_AT_ONCE = 14


async def print_answer(settings: Settings, channel: str | None, text: str, *, limit: int, as_json: bool) -> None:
    """What `paperlark ask` does: the same as the slash command, as plain text or JSON; default: the first channel."""
    async with opened_for(settings, (channel,) if channel else (), platforms={}) as (env, keys):
        key = keys[0]
        line = parse_line(text, env.clock.now().astimezone(env.channel(key).zone).date())
        if as_json:
            click.echo(json.dumps(await _found(env, key, text, limit), indent=2, ensure_ascii=False, default=str))
        elif line.name == "ask":
            asking = Asking(key, text, suggestion=line.suggestion, page_size=limit)
            async for reply in ask(env, asking):
                _print(reply)
        else:
            channel_id = env.channel(key)
            request = Request(channel_id.platform, channel_id.id, _PERSON, line.name, line.argument, line.arxiv_id)
            async for reply in answer(env, request):
                _print(reply)


async def fill_archive(
    settings: Settings,
    channels: Sequence[str],
    first: date,
    last: date,
    *,
    dry_run: bool,
    progress: Progress = no_progress,
) -> None:
    """What `paperlark backfill --archive-only` does: the listings of these days become searchable, nothing is posted.

    Days already read are not read again, so it can be interrupted and repeated.

    Raises:
        SourceError: they could not be read; what was read before stays.
    """
    async with opened_for(settings, channels, platforms={}) as (env, keys):
        categories = sorted({name for key in keys for name in env.channel(key).categories})
        missing = sorted(await missing_days(env, categories, first, last))
        if dry_run:
            click.echo(f"would read {len(missing)} listing days of {', '.join(categories)}", err=True)
            return
        new = read = 0
        for start in range(0, (last - first).days + 1, _DAYS_AT_ONCE):
            since = first + timedelta(days=start)
            until = min(last, since + timedelta(days=_DAYS_AT_ONCE - 1))
            ingested = await ingest_days(env, categories, since, until, progress)
            new, read = new + ingested.new_papers, read + len(ingested.days)
        total = await env.store.papers.count()
        click.echo(f"read {read} listing days: {new} new papers, {total} in the archive", err=True)


def _print(reply: Reply) -> None:
    if reply.replaces:
        reply = Reply(reply.title, reply.lines)  # the list was printed before
    for line in (reply.title, *(f"   {line}" for line in reply.lines)):
        click.echo(line)
    for card in reply.cards:
        click.echo(f"\n{card_text(card)}")
    if reply.attachment is not None and reply.attachment.filename.endswith(".bib"):
        click.echo(f"\n{reply.attachment.content.decode()}")
    click.echo()


async def _found(env: Environment, key: str, text: str, limit: int) -> dict[str, Any]:
    question = parse_question(text, env.clock.now().astimezone(env.channel(key).zone).date())
    findings = await find(env, key, question)
    found: dict[str, Any] = {
        "question": text,
        "channel": key,
        "corrected": dict(findings.corrected),
        "remarks": [*question.remarks, *findings.remarks],
        "reordered_by_model": findings.is_tasted,
        "papers": [
            {**_values(hit.paper), "fit": round(hit.fit, 4), "taste": round(hit.taste, 4)}
            for hit in findings.hits[:limit]
        ],
        "live": [],
    }
    if findings.n_good < ENOUGH and can_be_live(question):
        live = await search_live(env, question)
        listed = {hit.paper.arxiv_id for hit in findings.hits}
        found["live"] = [_values(paper) for paper in live.papers if paper.arxiv_id not in listed][:limit]
        found["remarks"] += [live.problem] if live.problem else []
    return found


def _values(paper: Paper) -> dict[str, Any]:
    return {
        "arxiv_id": paper.arxiv_id,
        "title": paper.title,
        "url": paper.abs_url,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "listing_day": paper.listing_day,
    }
