"""`paperlark demo`, `run`, `digest` and `backfill`: make mornings."""

from __future__ import annotations

import asyncio
import sys
from datetime import date
from pathlib import Path

import click

from bot.cli._shared import DONE, FAILED, Day, log_to, progress_bars, reported, settings_from
from bot.errors import UsageError


@click.command(short_help="Five mornings with sample papers; nothing is kept.")
@click.option("--mornings", default=5, show_default=True, type=click.IntRange(1, 5), help="How many mornings.")
@click.option("--no-input", is_flag=True, help="Let a scripted reader vote, also in a terminal.")
@reported
def demo(mornings: int, no_input: bool) -> None:
    """Mornings in the terminal with the bundled sample papers; nothing is kept."""
    from bot.app.demo import run_demo

    log_to("warning")
    asyncio.run(run_demo(mornings, interactive=sys.stdin.isatty() and sys.stdout.isatty() and not no_input))


@click.command(short_help="The bot that stays and posts every morning.")
@click.pass_obj
@reported
def run(config: Path | None) -> None:
    """The resident bot, until SIGTERM; SIGHUP reads the settings again."""
    from bot.app.resident import Resident, leave_soon
    from bot.app.wiring import opened, ready_to_run

    settings = settings_from(config)
    lost_since = ready_to_run(settings)
    if (
        sys.stdin.isatty()
        and sys.stdout.isatty()
        and any(ch.platform == "console" for ch in settings.channels.values())
    ):
        # Somebody reads and types here: the log would run through their lines.
        from bot.store.private import private_file, private_folder

        log = settings.data_dir / "paperlark.log"
        private_folder(settings.data_dir)
        private_file(log)
        log_to(settings.log_level, log)
        click.echo(
            "Paperlark runs here until you type quit; help lists what else you can type.\n"
            "Papers come at the time in your settings; `paperlark digest` in another\n"
            f"terminal shows them now. The log is {log}\n"
        )

    async def live() -> None:
        with opened(settings, examined=True) as env:
            if lost_since is not None:
                await env.store.restored.mark(lost_since)
            await Resident(env, config).run()
            leave_soon()

    asyncio.run(live())


@click.command()
@click.option("--day", type=Day(), help="Listing day (default: what is new).")
@click.option("--channel", "channels", multiple=True, metavar="KEY", help="Only this channel (default: every one).")
@click.option("--dry-run", is_flag=True, help="Show it; post nothing.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to FILE.md or FILE.json as well."
)
@click.pass_obj
@reported
def digest(
    config: Path | None, day: date | None, channels: tuple[str, ...], dry_run: bool, output: Path | None
) -> None:
    """Post one morning now."""
    from bot.app.by_hand import make_digests

    settings = settings_from(config)
    if output is not None and output.suffix not in {".md", ".json"}:
        raise UsageError(f"--output {output}: the name must end in .md or .json")
    with progress_bars() as progress:
        done = asyncio.run(make_digests(settings, channels, day, dry_run=dry_run, output=output, progress=progress))
    sys.exit(DONE if done else FAILED)


@click.command(short_help="Post digests of days that were missed.")
@click.option("--from", "first", type=Day(), required=True, help="First listing day.")
@click.option("--to", "last", type=Day(), required=True, help="Last listing day.")
@click.option("--channel", "channels", multiple=True, metavar="KEY", help="Only this channel (default: every one).")
@click.option("--archive-only", is_flag=True, help="Make the papers searchable; post nothing.")
@click.option("--dry-run", is_flag=True, help="Say what would be posted; post nothing.")
@click.pass_obj
@reported
def backfill(
    config: Path | None, first: date, last: date, channels: tuple[str, ...], archive_only: bool, dry_run: bool
) -> None:
    """Post digests of listing days that were missed; it can be interrupted and repeated."""
    from bot.app.asking import fill_archive
    from bot.app.by_hand import make_remedial_digests

    if first > last:
        raise UsageError(f"--from {first} is after --to {last}")
    settings = settings_from(config)
    with progress_bars() as progress:
        if archive_only:
            asyncio.run(fill_archive(settings, channels, first, last, dry_run=dry_run, progress=progress))
            return
        done = asyncio.run(make_remedial_digests(settings, channels, first, last, dry_run=dry_run, progress=progress))
    sys.exit(DONE if done else FAILED)
