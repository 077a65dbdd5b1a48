"""`paperlark ask`, `stats` and `topics`: answer questions."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from bot.cli._shared import DONE, FAILED, reported, settings_from
from bot.errors import UsageError


@click.command(short_help="Ask the archive, or say a chat command.")
@click.argument("text", nargs=-1, required=True)
@click.option("--channel", metavar="KEY", help="Whose topics and model count (default: the first channel).")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 50), help="At most so many papers.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
@reported
def ask(config: Path | None, text: tuple[str, ...], channel: str | None, limit: int, as_json: bool) -> None:
    """Answer TEXT as the slash command does: a question, or a command such as `similar ID`."""
    from bot.app.asking import print_answer

    settings = settings_from(config)
    asyncio.run(print_answer(settings, channel, " ".join(text), limit=limit, as_json=as_json))


@click.command()
@click.option("--channel", "channels", multiple=True, metavar="KEY", help="Only this channel (default: every one).")
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), help="Draw a chart into FILE.png.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
@reported
def stats(config: Path | None, channels: tuple[str, ...], plot: Path | None, as_json: bool) -> None:
    """What the bot believes now, and whether learning has helped."""
    from bot.app.by_hand import print_stats

    settings = settings_from(config)
    if plot is not None and plot.suffix != ".png":
        raise UsageError(f"--plot {plot}: the name must end in .png")
    asyncio.run(print_stats(settings, channels, plot=plot, as_json=as_json))


@click.group()
def topics() -> None:
    """What is understood of your topics."""


@topics.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@reported
def check(file: Path) -> None:
    """Show what is understood of FILE and what looks wrong."""
    from bot.topics import parse_topics, render_understood

    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})") from error
    understood = parse_topics(content)
    click.echo(render_understood(understood))
    sys.exit(DONE if understood.topics or understood.taste or understood.keywords else FAILED)


@topics.command()
@click.option("--channel", "channels", multiple=True, metavar="KEY", help="Only this channel (default: every one).")
@click.pass_obj
@reported
def show(config: Path | None, channels: tuple[str, ...]) -> None:
    """Show the topics in force in each channel."""
    from bot.app.by_hand import topics_in_force
    from bot.topics import render_understood

    settings = settings_from(config)
    for key, version, understood in asyncio.run(topics_in_force(settings, channels)):
        click.echo(f"{key}, version {version}\n{render_understood(understood)}\n")
