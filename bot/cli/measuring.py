"""`paperlark replay`: measure whether learning helps."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli._shared import log_to, progress_bars, reported, settings_from
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.replay.options import ReplayOptions


@click.command(short_help="Does learning help? Replay past mornings.")
@click.argument("papers", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.argument("users", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--own", is_flag=True, help="Replay a channel's own history instead of PAPERS and USERS.")
@click.option("--channel", metavar="KEY", help="With --own: the channel (default: the only one).")
@click.option("--k", default=10, show_default=True, type=click.IntRange(1, 100), help="Papers shown each morning.")
@click.option(
    "--feedback",
    type=click.Choice(["shown", "all"]),
    default="shown",
    show_default=True,
    help="Reveal likes among the papers shown, or every like.",
)
@click.option("--keep", default=1.0, show_default=True, type=click.FloatRange(0, 1), help="Share of likes revealed.")
@click.option(
    "--flip",
    default=0.0,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="Share of shown papers with the wrong label.",
)
@click.option(
    "--rater",
    type=click.Choice(["good", "weak", "useless"]),
    help="Let a simulated rater score papers as an LLM would; the arm without it stands beside.",
)
@click.option("--cascade", is_flag=True, help="Count the likes among the papers that would be sent to an LLM.")
@click.option(
    "--import-first",
    type=click.IntRange(min=1),
    metavar="N",
    help="Give each reader's first N likes as an imported list; only the first 10 judged mornings after it count.",
)
@click.option("--reader", "readers", multiple=True, metavar="NAME", help="Only this reader of USERS.")
@click.option("--seed", default=0, show_default=True, type=int, help="Seed of everything random.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
@reported
def replay(
    config: Path | None,
    papers: Path | None,
    users: Path | None,
    own: bool,
    channel: str | None,
    readers: tuple[str, ...],
    as_json: bool,
    **how: Any,
) -> None:
    """Does learning help? Replay past mornings with known likes: PAPERS (JSON lines) and USERS (JSON)."""
    from bot.app.replaying import Wanted, replay_files, replay_own
    from bot.replay.table import as_text

    options = _options(**how)
    if own == bool(papers or users):
        raise UsageError("name PAPERS and USERS, or --own for a channel's own history")
    with progress_bars() as progress:
        if own:
            report = asyncio.run(replay_own(settings_from(config), channel, options, progress))
        else:
            if papers is None or users is None:
                raise UsageError("replay needs both files: PAPERS (JSON lines) and USERS (JSON)")
            log_to("warning")
            report = replay_files(Wanted(papers, users, readers), options, progress)
    click.echo(report.to_json_text() if as_json else as_text(report))


def _options(*, feedback: str, rater: str | None, import_first: int | None, **plain: Any) -> ReplayOptions:
    """How to replay, from what was typed; what is compared follows from it."""
    from bot.replay.options import NEWCOMER_ARMS, RATED_ARMS, Feedback, ReplayOptions
    from bot.replay.simulated import RaterKind

    options = ReplayOptions(feedback=Feedback(feedback), **plain)
    if rater is not None and import_first is not None:
        raise UsageError("--import-first and --rater measure different things: give one of them")
    if rater is not None:
        return replace(options, rater=RaterKind(rater), arms=RATED_ARMS)
    if import_first is not None:
        return replace(options, import_first=import_first, arms=NEWCOMER_ARMS)
    return options
