"""Every command. Heavy imports happen inside them, so that `--help` is quick."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot import __version__
from bot.errors import PaperlarkError, SettingsError, UsageError

if TYPE_CHECKING:
    from bot.ports import Progress
    from bot.settings import Settings

DONE, FAILED, WRONG_USE = 0, 1, 2
logger = logging.getLogger(__name__)


def reported(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn Paperlark's errors into one message and the exit status: 2 for wrong use, 1 for the rest."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (SettingsError, UsageError) as error:
            click.echo(f"paperlark: {error}", err=True)
            sys.exit(WRONG_USE)
        except PaperlarkError as error:
            logger.debug("failed", exc_info=True)
            click.echo(f"paperlark: {error}", err=True)
            sys.exit(FAILED)

    return guarded


class Day(click.ParamType[date]):
    """A date in ISO form."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date, or a usage error."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as 2025-05-08", param, ctx)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="paperlark")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file (default: paperlark.toml here).")
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Reads arXiv every morning, posts the best papers, learns from reactions."""
    context.obj = config


@main.command()
@click.option("--mornings", default=5, show_default=True, type=click.IntRange(1, 5), help="How many mornings.")
@click.option("--no-input", is_flag=True, help="Let a scripted reader vote, also in a terminal.")
@reported
def demo(mornings: int, no_input: bool) -> None:
    """Mornings in the terminal with the bundled sample papers; nothing is kept."""
    from bot.app.demo import run_demo

    _log_to("warning")
    asyncio.run(run_demo(mornings, interactive=sys.stdin.isatty() and sys.stdout.isatty() and not no_input))


@main.command()
@click.pass_obj
@reported
def run(config: Path | None) -> None:
    """The resident bot, until SIGTERM; SIGHUP reads the settings again."""
    from bot.app.resident import Resident, leave_soon
    from bot.app.wiring import opened

    settings = _settings(config)
    if (
        sys.stdin.isatty()
        and sys.stdout.isatty()
        and any(ch.platform == "console" for ch in settings.channels.values())
    ):
        # Somebody reads and types here: the log would run through their lines.
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        _log_to(settings.log_level, settings.data_dir / "paperlark.log")

    async def live() -> None:
        with opened(settings) as env:
            await Resident(env, config).run()
            leave_soon()

    asyncio.run(live())


@main.command()
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

    settings = _settings(config)
    keys = _chosen(settings, channels)
    if output is not None and len(keys) > 1:
        raise UsageError(f"--output holds one digest, but {len(keys)} channels are meant: choose one with --channel")
    if output is not None and output.suffix not in {".md", ".json"}:
        raise UsageError(f"--output {output}: the name must end in .md or .json")
    with _progress() as progress:
        done = asyncio.run(make_digests(settings, keys, day, dry_run=dry_run, output=output, progress=progress))
    sys.exit(DONE if done else FAILED)


@main.command()
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
    """Post remedial digests of listing days that were missed; it can be interrupted and repeated."""
    from bot.app.asking import fill_archive
    from bot.app.by_hand import make_remedial_digests

    if first > last:
        raise UsageError(f"--from {first} is after --to {last}")
    settings = _settings(config)
    keys = _chosen(settings, channels)
    with _progress() as progress:
        if archive_only:
            asyncio.run(fill_archive(settings, keys, first, last, dry_run=dry_run, progress=progress))
            return
        done = asyncio.run(make_remedial_digests(settings, keys, first, last, dry_run=dry_run, progress=progress))
    sys.exit(DONE if done else FAILED)


@main.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--channel", metavar="KEY", help="Whose topics and model count (default: the first channel).")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 50), help="At most so many papers.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
@reported
def ask(config: Path | None, text: tuple[str, ...], channel: str | None, limit: int, as_json: bool) -> None:
    """Answer TEXT as the slash command does: a question, or a command such as `similar ID`."""
    from bot.app.asking import print_answer

    settings = _settings(config)
    key = _chosen(settings, (channel,) if channel else ())[0]
    asyncio.run(print_answer(settings, key, " ".join(text), limit=limit, as_json=as_json))


@main.command()
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
    k: int,
    feedback: str,
    keep: float,
    flip: float,
    rater: str | None,
    cascade: bool,
    readers: tuple[str, ...],
    seed: int,
    as_json: bool,
) -> None:
    """Does learning help? Replay past mornings with known likes: PAPERS (JSON lines) and USERS (JSON)."""
    from bot.app.replaying import Wanted, replay_files, replay_own
    from bot.ranking.replay import ReplayOptions
    from bot.ranking.replay_report import RATED_ARMS, Feedback
    from bot.ranking.simulated import RaterKind

    options = ReplayOptions(k=k, seed=seed, feedback=Feedback(feedback), keep=keep, flip=flip, cascade=cascade)
    if rater is not None:
        options = replace(options, rater=RaterKind(rater), arms=RATED_ARMS)
    if own == bool(papers or users):
        raise UsageError("name PAPERS and USERS, or --own for a channel's own history")
    with _progress() as progress:
        if own:
            settings = _settings(config)
            keys = _chosen(settings, (channel,) if channel else ())
            if len(keys) != 1:
                raise UsageError(f"--own replays one channel: choose one of {', '.join(keys)} with --channel")
            report = asyncio.run(replay_own(settings, keys[0], options, progress))
        else:
            if papers is None or users is None:
                raise UsageError("replay needs both files: PAPERS (JSON lines) and USERS (JSON)")
            _log_to("warning")
            report = replay_files(Wanted(papers, users, readers), options, progress)
    click.echo(report.to_json_text() if as_json else report.to_text())


@main.command()
@click.option("--channel", "channels", multiple=True, metavar="KEY", help="Only this channel (default: every one).")
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), help="Draw a chart into FILE.png.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
@reported
def stats(config: Path | None, channels: tuple[str, ...], plot: Path | None, as_json: bool) -> None:
    """What the bot believes now, and whether learning has helped."""
    from bot.app.by_hand import print_stats

    settings = _settings(config)
    keys = _chosen(settings, channels)
    if plot is not None and plot.suffix != ".png":
        raise UsageError(f"--plot {plot}: the name must end in .png")
    if plot is not None and len(keys) > 1:
        raise UsageError(f"--plot draws one channel, but {len(keys)} are meant: choose one with --channel")
    asyncio.run(print_stats(settings, keys, plot=plot, as_json=as_json))


@main.command()
@click.pass_obj
@reported
def doctor(config: Path | None) -> None:
    """Check every platform: tokens, permissions, channels. Says what is wrong and what to do."""
    from bot.app.wiring import clock_of, platforms_of
    from bot.models import Severity
    from bot.ops.doctor import examine, report

    settings = _settings(config)
    findings = asyncio.run(examine(platforms_of(settings, clock_of(settings))))
    click.echo(report(findings))
    sys.exit(FAILED if any(finding.severity is Severity.PROBLEM for finding in findings) else DONE)


@main.group()
def topics() -> None:
    """What was understood of a topics file."""


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

    settings = _settings(config)
    for key, version, understood in asyncio.run(topics_in_force(settings, _chosen(settings, channels))):
        click.echo(f"{key}, version {version}\n{render_understood(understood)}\n")


def _settings(config: Path | None) -> Settings:
    from bot.settings import load_settings

    settings = load_settings(config)
    _log_to(settings.log_level)
    return settings


def _chosen(settings: Settings, channels: tuple[str, ...]) -> tuple[str, ...]:
    if unknown := [key for key in channels if key not in settings.channels]:
        raise UsageError(f"no channel {', '.join(unknown)} in the settings; there are {', '.join(settings.channels)}")
    return channels or tuple(settings.channels)


def _log_to(level: str, file: Path | None = None) -> None:
    """Log to standard error, or to a file; the libraries only when something is wrong."""
    where: logging.Handler = logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stderr)
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.WARNING, handlers=[where], format=form, force=True)
    for name in ("bot", "handlers"):
        logging.getLogger(name).setLevel(level.upper())


class _progress:  # noqa: N801 - reads as a function where it is used
    """A bar on a terminal; elsewhere nothing, since the log has a line for each stage."""

    def __init__(self) -> None:
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress as Bars

            self._bars = Bars(console=Console(stderr=True), transient=True)
            self._bars.start()
        return self._report

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()

    def _report(self, stage: str, done: int, total: int) -> None:
        if self._bars is None:
            return
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total or None)
        self._bars.update(self._tasks[stage], completed=done, total=total or None)
