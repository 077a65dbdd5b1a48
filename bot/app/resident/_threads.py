"""How threads that compute live beside the event loop, which has answers to give within three seconds."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

_SWITCH_S = 0.001
_WORKERS = 4


def spare_the_loop() -> None:
    """Let threads that compute be few, and give way to the running loop soon.

    Python runs one thread at a time. When many channels have their morning at once, the loop would wait for each of as
    many threads as there are, five milliseconds at every turn; more of them would not compute any faster.
    """
    sys.setswitchinterval(_SWITCH_S)
    executor = ThreadPoolExecutor(_WORKERS, thread_name_prefix="work")
    asyncio.get_running_loop().set_default_executor(executor)
