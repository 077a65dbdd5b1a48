"""Keep the event loop responsive beside computing threads and the garbage collector."""

from __future__ import annotations

import asyncio
import gc
import sys
from concurrent.futures import ThreadPoolExecutor

_SWITCH_S = 0.001
_WORKERS = 4
_COLLECT_AFTER = (5_000, 10, 100)


def spare_the_loop() -> None:
    """Let threads that compute be few and give way to the running loop soon, and garbage be collected in small parts.

    Python runs one thread at a time. When many channels have their morning at once, the loop would wait for each of as
    many threads as there are, five milliseconds at every turn; more of them would not compute any faster.

    A whole collection stops everything for as long as it takes to look at every object: with the SDKs loaded that is
    longer than the loop may be away. What is there now stays, so it is looked at no more.
    """
    sys.setswitchinterval(_SWITCH_S)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_WORKERS, thread_name_prefix="work"))
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
