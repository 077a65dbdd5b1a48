"""Check the free space where something is written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.models import Finding, Severity

_MB = 2**20


def disk_findings(folders: Iterable[Path], least_mb: int) -> Iterator[Finding]:
    """For each folder (or the nearest that exists above it) whether it can be written and has room; each disk once."""
    seen: set[int] = set()
    for folder in folders:
        there = _nearest(folder.absolute())
        try:
            usage, device = shutil.disk_usage(there), there.stat().st_dev
        except OSError as error:
            yield Finding(Severity.PROBLEM, "disk", f"{folder}: {error.strerror}", "check the disk and its mount")
            continue
        if not os.access(there, os.W_OK | os.X_OK):
            remedy = "give the user who runs Paperlark this folder, or name another in data_dir or [backup]"
            yield Finding(Severity.PROBLEM, "disk", f"{folder} cannot be written", remedy)
        if device in seen:
            continue
        seen.add(device)
        free = f"{usage.free / _MB:,.0f} MB are free at {folder}"
        if usage.free < least_mb * _MB:
            remedy = "free some space; keep fewer backups in [backup]; or set alarms.disk_mb if this is enough"
            yield Finding(Severity.PROBLEM, "disk", f"only {free}", remedy)
        else:
            yield Finding(Severity.OK, "disk", free)


def _nearest(path: Path) -> Path:
    return next((one for one in (path, *path.parents) if one.exists()), path)
