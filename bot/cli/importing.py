"""`paperlark import`: read lists, libraries and digests into a channel."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from bot.cli._shared import DONE, FAILED, complain, progress_bars, reported, settings_from
from bot.errors import UsageError

FORMATS = (
    "digest", "csl", "json", "opml", "feed", "rdf", "endnote", "ris", "csv", "bibtex", "awesome", "outline", "ids",
)  # fmt: skip


@click.command(name="import", short_help="Teach a channel from lists of papers.")
@click.argument("files", nargs=-1, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--channel", metavar="KEY", help="Whose channel learns from it (default: the only one).")
@click.option(
    "--weight",
    default=0.5,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True),
    help="What each paper of a list counts beside a reader's like.",
)
@click.option("--as", "form", type=click.Choice(FORMATS), help="Read the files as this, whatever they look like.")
@click.option("--remove", multiple=True, metavar="NAME", help="Take out the list of this name instead.")
@click.option("--dry-run", is_flag=True, help="Say what is read; fetch and write nothing.")
@click.option("--verbose", is_flag=True, help="Say what became of every line, and show the whole topic tree.")
@click.pass_obj
@reported
def import_(
    config: Path | None,
    files: tuple[Path, ...],
    channel: str | None,
    weight: float,
    form: str | None,
    remove: tuple[str, ...],
    dry_run: bool,
    verbose: bool,
) -> None:
    """Teach a channel from lists of papers: awesome lists, outlines, libraries of reference managers, tables, ids.

    Facts a file lacks are fetched from arXiv; it can be interrupted and repeated. Papers of digests, feeds and other
    bots are known as posted and teach nothing; what a table of votes refuses is never taken for a like.
    """
    from bot.app.importing import Manner, import_files, remove_lists

    if bool(files) == bool(remove):
        raise UsageError("name the files to import, or with --remove the lists to take out")
    settings = settings_from(config)
    if remove:
        sys.exit(DONE if asyncio.run(remove_lists(settings, remove, channel)) else FAILED)
    manner = Manner(weight, form, dry_run=dry_run, verbose=verbose)
    with progress_bars() as progress:
        try:
            done = asyncio.run(import_files(settings, files, channel, manner, progress))
        except KeyboardInterrupt:
            complain("paperlark: interrupted; papers fetched so far are stored, the same command goes on from there")
            done = False
    sys.exit(DONE if done else FAILED)
