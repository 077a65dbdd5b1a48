"""`python -m tests.audit`: whether a dependency has a known weakness, by `pip-audit --strict`, and what that is worth.

Exit status 0: every dependency was looked up and none has a known weakness. 1: some have. 2: not audited, because one was
skipped or the advisory service could not be asked; that is never taken for clean.
"""

from __future__ import annotations

import json
import pyexpat
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from importlib.metadata import distributions
from pathlib import Path

from bot.ops.doctor import expat_findings

OURSELVES = "paperlark"
_LONGEST_S = 900


class Outcome(IntEnum):
    """What is known; the value is the exit status."""

    CLEAN = 0
    WEAK = 1
    NOT_AUDITED = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known, and the lines that say so."""

    outcome: Outcome
    lines: tuple[str, ...]


def verdict(installed: Mapping[str, str], status: int, output: str, errors: str) -> Verdict:
    """What pip-audit's exit status and output (JSON) say about what is installed, name to version."""
    try:
        entries = json.loads(output)["dependencies"]
        looked_up = {plain(entry["name"]): entry for entry in entries}
        weak = {name: entry for name, entry in looked_up.items() if entry.get("vulns")}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return _not_audited(f"pip-audit gave no answer (status {status}): {_last(errors) or 'it said nothing'}")
    lines = tuple(line for name, entry in sorted(weak.items()) for line in _told(name, entry))
    gaps = [_gap(name, version, looked_up.get(name)) for name, version in sorted(installed.items())]
    if missing := [gap for gap in gaps if gap]:
        return _not_audited(f"{len(missing)} of {len(installed)} dependencies", *missing, *lines)
    if weak:
        return Verdict(Outcome.WEAK, (*lines, f"{len(weak)} of {len(installed)} dependencies have a known weakness"))
    if status != 0 or not installed:
        return _not_audited(f"pip-audit ended with status {status}: {_last(errors)}")
    return Verdict(Outcome.CLEAN, (f"clean: {len(installed)} dependencies, none has a known weakness",))


def _gap(name: str, version: str, entry: Mapping[str, object] | None) -> str:
    """Why this dependency was not audited, "" if it was."""
    if entry is None:
        return f"  {name} {version}: missing in the answer"
    if "vulns" not in entry:
        return f"  {name} {version}: skipped ({entry.get('skip_reason', 'no reason given')})"
    if entry.get("version") != version:
        return f"  {name} {version}: {entry.get('version')} was looked up instead"
    return ""


def _told(name: str, entry: Mapping[str, object]) -> list[str]:
    lines = []
    weaknesses = entry["vulns"]
    for one in weaknesses if isinstance(weaknesses, list) else []:
        fixed = ", ".join(one.get("fix_versions") or ()) or "no version yet"
        lines.append(f"WEAK {name} {entry.get('version')}: {one.get('id')}, fixed in {fixed}")
    return lines


def _not_audited(*lines: str) -> Verdict:
    return Verdict(Outcome.NOT_AUDITED, (f"NOT AUDITED: {lines[0]}", *lines[1:]))


def _last(text: str) -> str:
    return next((line.strip()[:500] for line in reversed(text.splitlines()) if line.strip()), "")


def plain(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_here() -> dict[str, str]:
    """What this interpreter can import, name to version, but for Paperlark, which no index has."""
    found = {plain(one.metadata["Name"]): one.version for one in distributions() if one.metadata["Name"]}
    return {name: version for name, version in sorted(found.items()) if name != OURSELVES}


def run(installed: Mapping[str, str]) -> Verdict:
    """Ask pip-audit about these versions, exactly."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "installed.txt"
        wanted.write_text("".join(f"{name}=={version}\n" for name, version in installed.items()), encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "--strict", "--format=json", "--progress-spinner=off"]
        # What is installed is known: nothing has to be resolved, and so no pip is needed.
        command += ["--no-deps", "--disable-pip", f"--requirement={wanted}"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_S, check=False)
        except subprocess.TimeoutExpired:
            return _not_audited(f"no answer within {_LONGEST_S} s")
    return verdict(installed, done.returncode, done.stdout, done.stderr)


def main() -> int:
    """Audit this environment."""
    found = run(installed_here())
    lines = [f"python {sys.version.split()[0]}: {one.message}" for one in expat_findings(pyexpat.EXPAT_VERSION)]
    print("\n".join([*lines, *found.lines]), flush=True)
    return int(found.outcome)


if __name__ == "__main__":
    sys.exit(main())
