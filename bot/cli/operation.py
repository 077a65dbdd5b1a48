"""Commands for whoever runs the bot."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from bot.cli._shared import DONE, FAILED, reported, settings_from


@click.command()
@click.pass_obj
@reported
def doctor(config: Path | None) -> None:
    """Check every platform: tokens, permissions, channels. Says what is wrong and what to do."""
    from bot.app.wiring import clock_of, platforms_of
    from bot.models import Severity
    from bot.ops.doctor import examine, report

    settings = settings_from(config)
    findings = asyncio.run(examine(platforms_of(settings, clock_of(settings))))
    click.echo(report(findings))
    sys.exit(FAILED if any(finding.severity is Severity.PROBLEM for finding in findings) else DONE)
