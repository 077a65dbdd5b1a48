"""The house stays simple: what `python -m bench.structure` prints has bounds."""

from __future__ import annotations

import pytest

from bench.structure import measure


@pytest.fixture(scope="module")
def structure():
    return measure()


def test_no_function_is_longer_than_a_screen(structure):
    assert structure.long_functions == ()


def test_hardly_a_module_needs_scrolling_twice(structure):
    assert len(structure.long_modules) <= 3, structure.long_modules


def test_no_function_is_a_maze(structure):
    assert structure.complex_functions == ()


def test_a_protocol_earns_its_place_by_two_real_sides(structure):
    assert len(structure.protocols) <= 12, structure.protocols
