"""Every command. Heavy imports happen inside them, so that `--help` is quick."""

from __future__ import annotations

from pathlib import Path

import click

from bot import __version__
from bot.cli.exporting import export
from bot.cli.importing import import_
from bot.cli.measuring import replay
from bot.cli.mornings import backfill, demo, digest, run
from bot.cli.operation import backup, doctor, forget, restore
from bot.cli.questions import ask, stats, topics


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="paperlark")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file (default: paperlark.toml here).")
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Reads arXiv every morning, posts the best papers, learns from reactions."""
    context.obj = config


for command in (
    demo,
    run,
    digest,
    backfill,
    ask,
    import_,
    export,
    replay,
    stats,
    doctor,
    backup,
    restore,
    forget,
    topics,
):
    main.add_command(command)
