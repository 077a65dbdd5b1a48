"""Commands for the person who runs the bot: doctor, backups, forgetting."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import click

from bot.cli._shared import DONE, FAILED, WRONG_USE, log_to, reported, settings_from
from bot.redaction import redacted, secrets_in, visible


@click.command(short_help="Check everything and say what to do.")
@click.option("--llm", "with_batch", is_flag=True, help="Have the LLM score one real batch, and name its manner.")
@click.pass_obj
@reported
def doctor(config: Path | None, *, with_batch: bool) -> None:
    """Check everything and say what to do: settings, topics, chats, arXiv, LLM, database, backups, disk, clock, lock.

    Changes nothing; asks arXiv once, and the LLM for a few tokens.

    Exit status: 0 nothing is wrong (there may be warnings), 1 something is, 2 the settings are wrong (what else there
    is to say is said all the same).
    """
    from bot.app.doctoring import examine_everything
    from bot.models import Severity
    from bot.ops.doctor import report

    log_to("warning")
    findings, settings_are_right = asyncio.run(examine_everything(config, with_batch=with_batch))
    click.echo(visible(redacted(report(findings), secrets_in(os.environ))))
    if not settings_are_right:
        sys.exit(WRONG_USE)
    sys.exit(FAILED if any(finding.severity is Severity.PROBLEM for finding in findings) else DONE)


@click.command(short_help="Copy the database, also while the bot runs.")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
@reported
def backup(config: Path | None, file: Path) -> None:
    """Copy the database into FILE, or into a folder; whole and consistent, also while the bot is running."""
    from bot.app.backups import backup_to

    click.echo(backup_to(settings_from(config), file))


@click.command(short_help="Put a backup in the place of the database.")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
@reported
def restore(config: Path | None, file: Path) -> None:
    """Put a backup in the place of the database, while the bot is stopped; the old database is kept beside it.

    FILE is checked first, and stays as it is. At its next start the bot looks into the chats for what was posted since
    the backup was made, so that nothing is posted twice.
    """
    from bot.app.backups import restore_from

    for line in restore_from(settings_from(config), file):
        click.echo(line)


@click.command(short_help="Delete everything about one reader.")
@click.argument("user")
@click.option("--dry-run", is_flag=True, help="Say what is stored; delete nothing.")
@click.pass_obj
@reported
def forget(config: Path | None, user: str, dry_run: bool) -> None:
    """Delete everything about USER, an id such as U024BE7LH, and store nothing of them any more."""
    from bot.app.forgetting import forget_person

    settings = settings_from(config)
    for line in asyncio.run(forget_person(settings, user, dry_run=dry_run)):
        click.echo(line)
