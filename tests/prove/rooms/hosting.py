"""A thread with an event loop, for loopback servers that outlive the processes they serve."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

_PATIENCE_S = 120.0  # of a machine that does much else besides


class Host:
    """Runs coroutines and functions in its own loop, for a thread that waits for them."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The coroutine's result."""
        return self.begin(work).result(_PATIENCE_S)

    def call(self, function: Callable[..., T], *args: Any, **options: Any) -> T:
        """The function's result, computed in the loop; called from there, at once."""
        if threading.current_thread() is self._thread:
            return function(*args, **options)

        async def work() -> T:
            return function(*args, **options)

        return self.run(work())

    def stop(self) -> None:
        """End the loop; whatever is left in it is dropped."""
        self.run(_cancel_others())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(_PATIENCE_S)
        self.loop.close()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
