"""`python -m tests.mutants`: tries a sample of mutants of each package, or of those named; begun ones go on."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import tomllib
from pathlib import Path

from tests.mutants.packages import PACKAGES, ROOT
from tests.mutants.sample import Mutant, sampled
from tests.mutants.trial import copied_tree, healthy_s, is_noticed

_BUILD = ROOT / "build" / "mutants"
_EQUIVALENT = Path(__file__).parent / "equivalent.toml"
_AIM = 0.85


def main() -> int:
    """Try the mutants; 1 if too many of a package survive."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"of {', '.join(PACKAGES)} (default: all)")
    parser.add_argument("--most", type=int, default=150, help="how many of a package (default: 150)")
    parser.add_argument(
        "--seconds", type=float, default=float("inf"), help="begin no mutant after these (default: all)"
    )
    parser.add_argument("--again", action="store_true", help="try those once more that survived")
    options = parser.parse_args()
    if unknown := set(options.packages) - set(PACKAGES):
        parser.error(f"no package {', '.join(sorted(unknown))}: one of {', '.join(PACKAGES)}")
    ends = time.monotonic() + options.seconds
    tree = copied_tree(_BUILD / f"tree-{os.getpid()}")
    shares = [_tried(name, tree, options, ends) for name in options.packages or PACKAGES]
    return 0 if all(share >= _AIM for share in shares) else 1


def _tried(name: str, tree: Path, options: argparse.Namespace, ends: float) -> float:
    """The share of a package's mutants that were noticed or are equivalent, of those tried so far."""
    package, file = PACKAGES[name], _BUILD / f"{name}.jsonl"
    known = _known(file)
    mutants = sampled(package.files(), options.most)
    if options.again:
        known = {mutant: noticed for mutant, noticed in known.items() if noticed}
    healthy = healthy_s(tree, package) if time.monotonic() < ends else 0.0
    for mutant in mutants:
        if mutant.name in known or time.monotonic() > ends:
            continue
        known[mutant.name] = is_noticed(tree, package, mutant, healthy)
        with file.open("a", encoding="utf-8") as results:
            results.write(json.dumps({"mutant": mutant.name, "noticed": known[mutant.name]}) + "\n")
    return _told(name, [(mutant, known[mutant.name]) for mutant in mutants if mutant.name in known], len(mutants))


def _known(file: Path) -> dict[str, bool]:
    if not file.exists():
        return {}
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return {one["mutant"]: one["noticed"] for one in lines}


def _told(name: str, tried: list[tuple[Mutant, bool]], wanted: int) -> float:
    equivalent = {one["mutant"] for one in tomllib.loads(_EQUIVALENT.read_text(encoding="utf-8")).get("mutants", ())}
    survived = [mutant for mutant, noticed in tried if not noticed]
    left = [mutant for mutant in survived if mutant.name not in equivalent]
    for mutant in left:
        print(f"survived: {mutant.name}")
    share = 1 - len(left) / len(tried) if tried else 0.0
    counts = f"{len(tried) - len(survived)} noticed, {len(survived) - len(left)} equivalent, {len(left)} survived"
    print(f"{name}: {len(tried)} of {wanted} tried, {counts}: {share:.0%}", flush=True)
    return share


if __name__ == "__main__":
    sys.exit(main())
