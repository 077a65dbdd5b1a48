"""What can be told of a database file without opening it for use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """A sound file: its size with its log, its newest step, and the steps that this Paperlark would still take."""

    size_bytes: int
    schema: str
    pending: tuple[str, ...] = ()
    is_writable: bool = True
