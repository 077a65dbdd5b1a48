"""Who else on this machine can read votes, keys and tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.models import Finding, Severity

_OTHERS = 0o077


def privacy_findings(files: Iterable[Path]) -> Iterator[Finding]:
    """A warning for each of these files that others can read and whose folder lets them in; else that all is well."""
    open_ones = [path for path in files if _is_open(path)]
    for path in open_ones:
        remedy = f"chmod go= {path}" + (f"; chmod go= {path.parent}" if path.name != ".env" else "")
        yield Finding(Severity.WARNING, "files", f"{path} can be read by others on this machine", remedy)
    if not open_ones:
        yield Finding(Severity.OK, "files", "what holds votes or secrets is its owner's alone")


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & _OTHERS & 0o044) and bool(path.absolute().parent.stat().st_mode & 0o011)
    except OSError:
        return False
