"""What readers do while a bot that may be killed is listening, and when they have seen all that comes of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess

from tests.prove.orders import Orders

_PATIENCE_S = 120.0  # of a machine that does much else besides
_TICK_S = 0.01


class Waiter:
    """Lets readers act once a child is ready, and tells it when they have seen what comes of it; in a thread.

    `act` begins; `is_over` says whether there is nothing more to come.
    """

    def __init__(self, orders: Orders, act: Callable[[], None], is_over: Callable[[], bool]) -> None:
        self._orders = orders
        self._act = act
        self._is_over = is_over
        for sign in (orders.ready, orders.done):
            sign.unlink(missing_ok=True)

    def watch(self, process: BaseProcess) -> threading.Thread:
        """Begin; join the thread after the process has ended."""
        thread = threading.Thread(target=self._watch, args=(process,), daemon=True)
        thread.start()
        return thread

    def _watch(self, process: BaseProcess) -> None:
        if not self._wait(process, self._orders.ready.exists):
            return
        self._act()
        self._wait(process, self._is_over)
        self._orders.done.touch()

    def _wait(self, process: BaseProcess, until: Callable[[], bool]) -> bool:
        """Whether it came true while the process lived."""
        deadline = time.monotonic() + _PATIENCE_S
        while not until():
            if not process.is_alive() or time.monotonic() > deadline:
                return False
            time.sleep(_TICK_S)
        return True
