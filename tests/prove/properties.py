"""The properties of the suite on new examples: `make test` tries them on the same ones every time."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

_SECONDS_A_SEED = 3.0


def prove(options: argparse.Namespace) -> bool:
    """Three seconds for each of the wanted seeds, in whole rounds, each with a seed of its own; True if all held."""
    began, number = time.monotonic(), options.first_seed
    while number == options.first_seed or time.monotonic() - began < _SECONDS_A_SEED * options.seeds:
        done = round_of(number)
        lines = done.stdout.splitlines() or [""]
        print(f"seed {number}: {lines[-1].strip('= ')}", flush=True)
        if done.returncode != 0:
            print(done.stdout, done.stderr, flush=True)
            return False
        number += 1
    return True


def round_of(number: int, *tests: str) -> subprocess.CompletedProcess[str]:
    """Every property once, or those of `tests`, on the examples of one seed; foreign texts are `fuzz`'s."""
    chosen = [*(tests or ("tests",)), "--ignore=tests/fuzz", "-m", "hypothesis"]
    how = ["--hypothesis-profile=random", f"--hypothesis-seed={number}", "-p", "no:cacheprovider", "-p", "no:warnings"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "--no-header", "--tb=short", *chosen, *how],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
