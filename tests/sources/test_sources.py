"""Every source can be made from its name."""

from __future__ import annotations

import random

import pytest

from bot.sources import SOURCES, SourceParts
from tests.fakes import FakeClock
from tests.sources.fakes import CountingThrottle


def test_there_is_more_than_one_source() -> None:
    assert set(SOURCES) == {"arxiv", "sample"}


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_source_is_made_without_a_network_and_knows_its_name(name: str) -> None:
    parts = SourceParts(throttle=CountingThrottle(), clock=FakeClock(), random=random.Random(1))
    assert SOURCES[name](parts).name == name
