"""Let only one resident process run on one database."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from bot.errors import LockHeld, StoreReadOnly
from bot.store.private import private_file, private_folder


@contextmanager
def run_lock(database: Path, now: datetime) -> Iterator[None]:
    """Hold the lock beside the database; the operating system frees it even after a kill.

    Raises:
        LockHeld: naming the process that holds it.
        StoreReadOnly: the lock file cannot be made.
    """
    holder = database.with_suffix(".holder")
    lock = FileLock(database.with_suffix(".lock"), mode=0o600)
    try:
        private_folder(database.parent)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LockHeld(
            f"{database} is in use by {_describe(holder)}. One bot runs on one database: stop that one, or set another "
            "data_dir."
        ) from error
    except OSError as error:
        raise StoreReadOnly(f"{database.parent}: the lock cannot be made there ({error.strerror})") from error
    try:
        _introduce(holder, now)
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def holder_of(database: Path) -> str:
    """Say who runs on this database now, "" if nobody does. Nothing is left behind."""
    holder = database.with_suffix(".holder")
    if not holder.exists():
        return ""
    lock = FileLock(database.with_suffix(".lock"), mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return _describe(holder)
    except OSError:  # not this user's; whoever wrote the file beside it is the best guess
        return _describe(holder)
    lock.release()
    return ""


def _introduce(holder: Path, now: datetime) -> None:
    """Say who holds the lock; on a full disk nobody is told, and whoever opens the database says why."""
    with suppress(OSError):
        private_file(holder)
        holder.write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": now.isoformat()}))


def lost_log_since(database: Path) -> float | None:
    """How many seconds ago the file was written last, if the bot was killed and its log is not there; else None.

    What was committed after that may be missing. A command run since the kill may as well have folded the log in, as it
    should: then nothing is missing, and looking for it costs little.
    """
    log = database.with_name(f"{database.name}-wal")
    if not database.with_suffix(".holder").exists() or log.exists() or not database.exists():
        return None
    return max(0.0, time.time() - database.stat().st_mtime)


def _describe(holder: Path) -> str:
    try:
        known = json.loads(holder.read_text())
        return f"process {known['pid']} on {known['host']} since {known['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
