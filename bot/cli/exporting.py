"""`paperlark export`: write out what a channel knows."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import click

from bot.cli._shared import Day, reported, settings_from

FORMATS = ("awesome", "markdown", "json", "bibtex", "csv", "atom")


@click.command()
@click.argument("form", type=click.Choice(FORMATS))
@click.option("--channel", metavar="KEY", help="Whose papers (default: the only channel).")
@click.option("--from", "first", type=Day(), help="First day (default: the very first).")
@click.option("--to", "last", type=Day(), help="Last day (default: today).")
@click.option(
    "--of",
    type=click.Choice(["liked", "saved", "posted"]),
    help="Which papers, for awesome and bibtex.  [default: liked]",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to FILE, not to the terminal.")
@click.pass_obj
@reported
def export(
    config: Path | None,
    form: str,
    channel: str | None,
    first: date | None,
    last: date | None,
    of: str | None,
    output: Path | None,
) -> None:
    """Write down what a channel knows.

    awesome is a curated list of what is liked most; markdown and json are the digests; csv holds the votes, without
    names; atom is a feed of the posts.
    """
    from bot.app import exporting
    from bot.app.collecting import Of, Range

    settings = settings_from(config)
    chosen = Of(of) if of else None
    asyncio.run(exporting.export(settings, form, channel, of=chosen, within=Range(first, last), output=output))
