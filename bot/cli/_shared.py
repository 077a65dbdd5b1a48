"""Give the commands settings, channels, progress bars and one way to report a failure."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.errors import PaperlarkError, SettingsError, UsageError
from bot.redaction import RedactingFormatter, redacted, secrets_in, visible

if TYPE_CHECKING:
    from bot.ports import Progress
    from bot.settings import Settings

DONE, FAILED, WRONG_USE = 0, 1, 2
_FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"
logger = logging.getLogger(__name__)


def reported(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn Paperlark's errors into one message and the exit status: 2 for wrong use, 1 for the rest."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (SettingsError, UsageError) as error:
            complain(f"paperlark: {error}")
            sys.exit(WRONG_USE)
        except PaperlarkError as error:
            logger.debug("failed", exc_info=True)
            complain(f"paperlark: {error}")
            sys.exit(FAILED)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click's own business
        except Exception:  # the edge: a fault in the program, told without what must stay secret
            if not logging.getLogger().handlers:
                log_to("warning")
            logger.exception("a fault in Paperlark ended `%s`", command.__name__)
            sys.exit(FAILED)

    return guarded


def complain(text: str) -> None:
    """Tell the person at the command line, without any secret."""
    click.echo(visible(redacted(text, secrets_in(os.environ))), err=True)


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


def settings_from(config: Path | None) -> Settings:
    """The settings in force, with logging as they want it.

    Raises:
        SettingsError: with every mistake in them.
    """
    from bot.settings import load_settings

    settings = load_settings(config)
    log_to(settings.log_level)
    return settings


def log_to(level: str, file: Path | None = None) -> None:
    """Log to standard error, or to a file; the libraries only when something is wrong."""
    where: logging.Handler = logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stderr)
    where.setFormatter(RedactingFormatter(_FORM, secrets_in(os.environ)))
    logging.basicConfig(level=logging.WARNING, handlers=[where], force=True)
    for name in ("bot", "handlers"):
        logging.getLogger(name).setLevel(level.upper())


class progress_bars:  # noqa: N801 - reads as a function where it is used
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
