"""Fakes for the sources' tests."""

from __future__ import annotations

from typing import TYPE_CHECKING


class CountingThrottle:
    """Gives every turn at once and counts them."""

    def __init__(self) -> None:
        self.turns = 0

    async def turn(self) -> None:
        self.turns += 1


class RecordedProgress:
    """Remembers what was reported."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int, int]] = []

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.calls.append((stage, done, total))


if TYPE_CHECKING:
    from bot.ports import Progress, Throttle

    _throttle: Throttle = CountingThrottle()
    _progress: Progress = RecordedProgress()
