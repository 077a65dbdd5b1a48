"""Write a file atomically: whoever reads it sees the old content or the new, never half of it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from bot.errors import OutputError


def write_file(path: Path, content: bytes) -> None:
    """Put `content` into the file in one step: until it is done, and if it fails, what was there stays.

    A device or a pipe is simply written to.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        path = path.resolve()  # a link keeps leading where it leads
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                part.chmod(path.stat().st_mode & 0o777)
            part.replace(path)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error})") from error


def write_if_changed(path: Path, content: bytes) -> bool:
    """The same, but a file that holds `content` already is left alone; whether it was written.

    Raises:
        OutputError: it cannot be written.
    """
    with suppress(OSError):
        if path.read_bytes() == content:
            return False
    write_file(path, content)
    return True
