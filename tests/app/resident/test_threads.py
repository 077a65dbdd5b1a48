"""What the resident does so that nothing keeps its event loop waiting."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading

import pytest

from bot.app.resident._threads import spare_the_loop


@pytest.fixture
def restored():
    """What concerns the whole process is as before afterwards."""
    switch, thresholds = sys.getswitchinterval(), gc.get_threshold()
    yield
    sys.setswitchinterval(switch)
    gc.set_threshold(*thresholds)
    gc.unfreeze()


@pytest.mark.usefixtures("restored")
async def test_however_much_is_to_be_computed_few_threads_do_it():
    spare_the_loop()
    names = await asyncio.gather(*(asyncio.to_thread(lambda: threading.current_thread().name) for _ in range(50)))
    assert 1 <= len(set(names)) <= 4
    assert all(name.startswith("work") for name in names)


@pytest.mark.usefixtures("restored")
async def test_what_is_loaded_at_the_start_is_never_looked_at_again_by_the_garbage_collector():
    spare_the_loop()
    assert gc.get_freeze_count() > 10_000
    assert sys.getswitchinterval() < 0.005
