"""`python -m tests.prove`: every proof, its table and its totals; exit status 1 if anything was violated."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from tests.prove import (
    attack,
    blocking,
    chaos,
    closing,
    exceptions,
    feeds,
    fuzz,
    kills,
    linear,
    processes,
    properties,
    reconnects,
    storm,
    year,
)

_MEASUREMENTS = 3


class Seed(Protocol):
    """What one seed came to."""

    @property
    def seed(self) -> int: ...

    @property
    def violations(self) -> tuple[str, ...]: ...

    @property
    def posts(self) -> int: ...

    @property
    def kills(self) -> int: ...

    @property
    def met(self) -> Mapping[str, int]: ...


def prove_kills(name: str, options: argparse.Namespace) -> bool:
    """Kill at every point, or at a sample of them; True if nothing was violated."""
    outcomes = kills.prove_all(kills.PROOFS[name], _say, partial(kills.sampled, every=options.every, skip=options.skip))
    violated = [outcome for outcome in outcomes if outcome.violations]
    per_scenario = Counter(outcome.scenario for outcome in outcomes)
    _say(f"\n{len(outcomes)} points killed ({_listed(per_scenario)}): {len(violated)} violated")
    return not violated


def prove_seeds(prove_all: ProveSeeds, options: argparse.Namespace) -> bool:
    """Live through bad mornings; True if nothing was violated."""
    first = options.first_seed
    seeds = range(first, first + options.seeds)
    results = prove_all(seeds, lambda result: _say_result(result, options.verbose), options.workers)
    violated = [result.seed for result in results if result.violations]
    met: Counter[str] = Counter()
    for result in results:
        met.update(result.met)
    total = {name: sum(getattr(result, name) for result in results) for name in _COUNTED}
    _say(f"\n{len(results)} seeds: {_listed(total)}")
    _say(f"met: {_listed(met)}")
    _say(f"seeds violated: {violated or 'none'}")
    return not violated


ProveSeeds = Callable[[Sequence[int], Callable[[Seed], None], int], Sequence[Seed]]
_COUNTED = ("posts", "votes", "kills", "healed", "explained")


def _say_result(result: Seed, verbose: bool) -> None:
    for violation in result.violations:
        _say(f"seed {result.seed}: {violation}")
    if verbose and not result.violations:
        _say(f"seed {result.seed}: {result.posts} posts, {result.kills} kills, met {_listed(result.met)}")


def prove_processes(options: argparse.Namespace) -> bool:
    """Signals and neighbours; True if nothing was violated."""
    return not any(outcome.violations for outcome in processes.prove_all(_say))


def prove_closing(options: argparse.Namespace) -> bool:
    """Close a channel before every message of a digest; True if nothing was violated."""
    return not any(outcome.violations for outcome in closing.prove_all(_say))


def prove_blocking(options: argparse.Namespace) -> bool:
    """Measure the event loop; True if one of a few measurements stays below the bound.

    Whatever else the machine does delays the ticker as well, so the best measurement is the nearest to the truth.
    """
    for _ in range(_MEASUREMENTS):
        measured = asyncio.run(blocking.measure())
        _say(str(measured))
        if measured.longest_ms <= blocking.MOST_MS:
            return True
    return False


_PROOFS: Mapping[str, Callable[[argparse.Namespace], bool]] = {
    **{name: partial(prove_kills, name) for name in kills.PROOFS},
    "chaos": partial(prove_seeds, chaos.prove_all),
    "storm": partial(prove_seeds, storm.prove_all),
    "feeds": partial(prove_seeds, feeds.prove_all),
    "exceptions": partial(prove_seeds, exceptions.prove_all),
    "closing": prove_closing,
    "processes": prove_processes,
    "year": year.prove,
    "reconnects": lambda _options: reconnects.prove_all(_say),
    "blocking": prove_blocking,
    "fuzz": fuzz.prove,
    "linear": linear.prove,
    "attack": attack.prove,
    "properties": properties.prove,
}


def main() -> int:
    """Run the chosen proofs."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("proofs", nargs="*", metavar="PROOF", help=f"of {', '.join(_PROOFS)} (default: all)")
    parser.add_argument("--seeds", type=int, default=200, help="how many seeds of bad mornings (default: 200)")
    parser.add_argument("--first-seed", type=int, default=1, help="the first of them (default: 1)")
    parser.add_argument("--workers", type=int, default=2, help="how many seeds at a time (default: 2)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="kill at one point of N (default: 1)")
    parser.add_argument("--skip", type=int, default=0, metavar="K", help="of each N the one after K (default: 0)")
    parser.add_argument("--verbose", action="store_true", help="a line for every seed")
    options = parser.parse_args()
    if unknown := set(options.proofs) - set(_PROOFS):
        parser.error(f"no proof {', '.join(sorted(unknown))}: one of {', '.join(_PROOFS)}")
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # killed callers are what this is about
    held = {name: _timed(name, options) for name in options.proofs or _PROOFS}
    _say(_listed({name: "holds" if is_held else "IS VIOLATED" for name, is_held in held.items()}))
    return 0 if all(held.values()) else 1


def _timed(name: str, options: argparse.Namespace) -> bool:
    _say(f"== {name}")
    started = time.monotonic()
    is_held = _PROOFS[name](options)
    _say(f"{time.monotonic() - started:.0f} s\n")
    return is_held


def _listed(counts: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
