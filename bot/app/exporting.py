"""Export a channel's papers for `paperlark export`, and keep the list that `paperlark run` writes."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from bot.app.channels import opened_for, the_one
from bot.app.collecting import Of, Range, collect
from bot.app.files import write_file, write_if_changed
from bot.errors import OutputError, UsageError
from bot.library.export import EXPORTS, Collected, Format, Wants
from bot.settings import Settings
from bot.text import counted
from handlers.environment import Environment

logger = logging.getLogger(__name__)

AWESOME = "awesome"
_MOST_ENTRIES = 200  # of a feed without bounds; whoever reads it has seen the older ones
_CHOOSING = (Wants.PAPERS, Wants.SECTIONS)


async def export(
    settings: Settings, name: str, channel: str | None, *, of: Of | None, within: Range, output: Path | None
) -> None:
    """Write a channel in the format `name`, to standard output or into a file.

    Raises:
        UsageError: the options do not go together, or the channel is unknown.
        OutputError: the file cannot be written.
    """
    chosen = EXPORTS[name]()
    if of is not None and chosen.wants not in _CHOOSING:
        raise UsageError(f"--of chooses papers, but {name} is made of a channel's {chosen.wants}")
    if within.first and within.last and within.first > within.last:
        raise UsageError(f"--from {within.first} is after --to {within.last}")
    async with opened_for(settings, (channel,) if channel else (), platforms={}) as (env, keys):
        key = the_one(keys, "an export is about one channel")
        collected = await collect(env, key, chosen.wants, of=of or Of.LIKED, within=within)
    if chosen.wants is Wants.POSTED and within == Range():
        collected = _newest(collected)
    content = chosen.write(collected).encode("utf-8", "replace")
    if output is None:
        click.echo(content, nl=False)
    else:
        write_file(output, content)
    click.echo(f"{key}: {_told(collected, chosen.wants, of or Of.LIKED, within)}{_where(output)}", err=True)


async def keep_list(env: Environment, key: str, until: datetime) -> bool:
    """Write the channel's awesome list of the moment `until` into the folder of the settings; whether it changed.

    Raises:
        OutputError: it cannot be written.
    """
    folder = env.settings.library.folder
    if folder is None:
        return False
    chosen = EXPORTS[AWESOME]()
    collected = await collect(env, key, chosen.wants, of=Of.LIKED, within=Range(), until=until)
    changed = await asyncio.to_thread(_keep, folder / f"{key}.md", chosen, collected)
    logger.info("the list of %s has %d papers%s", key, len(collected.listed), "" if changed else " and did not change")
    return changed


def _keep(path: Path, chosen: Format, collected: Collected) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{path.parent}: the library's folder cannot be made ({error.strerror})") from error
    return write_if_changed(path, chosen.write(collected).encode("utf-8", "replace"))


def _newest(collected: Collected) -> Collected:
    return replace(collected, posted=tuple(sorted(collected.posted, key=lambda one: one.at)[-_MOST_ENTRIES:]))


def _told(collected: Collected, wants: Wants, of: Of, within: Range) -> str:
    count, noun = {
        Wants.PAPERS: (len(collected.listed), f"{of} paper"),
        Wants.SECTIONS: (len(collected.listed), f"{of} paper"),
        Wants.DIGESTS: (len(collected.digests), "digest"),
        Wants.OPINIONS: (len(collected.opinions), "vote"),
        Wants.POSTED: (len(collected.posted), "post"),
    }[wants]
    text = counted(count, noun)
    return f"{text} {within}".rstrip()


def _where(output: Path | None) -> str:
    return f" written to {output}" if output else ""
