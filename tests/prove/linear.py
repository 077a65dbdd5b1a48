"""No pattern that meets foreign text is worse than linear: every parser on every unit at 20,000 and 40,000 characters."""

from __future__ import annotations

import argparse

from tests.fuzz.linear import LONG, SHORT, TAKERS, measure_all


def prove(options: argparse.Namespace) -> bool:
    """Measure all of them; True if none grows faster."""
    measured = list(measure_all(options.every, options.skip))
    steep = [one for one in measured if not one.is_linear]
    for one in steep:
        print(f"{one.parser} on {one.unit!r}: {one.short_s:.3f} s, then {one.long_s:.3f} s", flush=True)
    print(
        f"{len(measured)} measured, {len(TAKERS)} parsers, {SHORT:,} and {LONG:,} characters: {len(steep)} not linear"
    )
    return not steep
