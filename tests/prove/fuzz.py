"""The long fuzzing: every parser of `tests.fuzz` on thousands of texts, with new ones each time."""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Callable
from functools import partial

from hypothesis import HealthCheck, given, seed
from hypothesis import settings as hypothesis_settings

from tests.fuzz.parsers import PARSERS, Parser

EXAMPLES = 400  # in one round
_REPEATED = 20
_LONGEST_PIECE = 200_000


def prove(options: argparse.Namespace) -> bool:
    """Three seconds for each of the wanted seeds, shared by all parsers; True if nothing was violated."""
    seconds = 3.0 * options.seeds
    return not prove_all(partial(print, flush=True), seconds=seconds, first_seed=options.first_seed)


def prove_all(say: Callable[[str], None], *, seconds: float, first_seed: int) -> list[str]:
    """Try every parser for its share of the time; what was violated, with the seed that shows it again."""
    logging.getLogger("bot").setLevel(logging.CRITICAL)  # what is skipped is skipped thousands of times
    violations = []
    share_s = seconds / len(PARSERS)
    for name, parser in PARSERS.items():
        began, examples, number = time.monotonic(), 0, first_seed
        violation = ""
        while not violation and time.monotonic() - began < share_s:
            violation = _round(parser, number)
            examples, number = examples + EXAMPLES, number + 1
        say(f"{name}: {examples:,} examples{f', violated with seed {number - 1}' if violation else ''}")
        if violation:
            say(violation)
            violations.append(name)
    return violations


def _round(parser: Parser, number: int) -> str:
    """What one round of examples violates, "" for nothing."""

    @seed(number)
    @hypothesis_settings(
        max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=False
    )
    @given(parser.given)
    def hold(value: str | bytes) -> None:
        parser.try_on(value)
        if value and len(value) * _REPEATED <= _LONGEST_PIECE:
            parser.try_on(value * _REPEATED)

    try:
        hold()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the find
        notes = "\n".join(getattr(error, "__notes__", ()))
        return f"{type(error).__name__}: {error}\n{notes}"
    return ""
