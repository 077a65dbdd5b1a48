"""Lines from standard input, read inside the event loop: cancelling works and no thread is left behind."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable

LineReader = Callable[[], Awaitable[str | None]]
"""Gives the next line without its end, None at the end of the input."""

_CHUNK_BYTES = 65_536
_LONGEST_LINE_BYTES = 65_536


class StdinLines:
    """A `LineReader` over a file descriptor (default: standard input).

    Bytes that are not UTF-8 become U+FFFD; a line beyond 64 KiB comes in pieces.
    """

    def __init__(self, descriptor: int = 0) -> None:
        self._descriptor = descriptor
        self._pending = b""
        self._ended = False

    async def __call__(self) -> str | None:
        """The next line; waits until there is one."""
        while True:
            line, newline, rest = self._pending.partition(b"\n")
            if newline or len(line) >= _LONGEST_LINE_BYTES:
                self._pending = rest
                return _decoded(line)
            if self._ended:
                self._pending = b""
                return _decoded(line) if line else None
            await self._read()

    async def _read(self) -> None:
        await self._readable()
        try:
            chunk = os.read(self._descriptor, _CHUNK_BYTES)
        except OSError:  # closed, or a terminal that went away: nobody will type any more
            chunk = b""
        self._pending += chunk
        self._ended = not chunk

    async def _readable(self) -> None:
        """Wait until reading does not block. A plain file never does, and the event loop refuses to watch it."""
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        try:
            loop.add_reader(self._descriptor, ready.set)
        except (OSError, ValueError):
            return
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self._descriptor)


def _decoded(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").rstrip("\r")
