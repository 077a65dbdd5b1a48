"""Whether properties are tried on the same examples everywhere, and have the time they need."""

from __future__ import annotations

import importlib.util
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import PROPERTY_TIMEOUT_S

with_fixed_examples = pytest.mark.skipif(
    "settings.get_current_profile_name() != 'fixed'", reason="other examples were asked for"
)


def drawn():
    """What a property is tried on."""
    values = []

    @settings(settings.get_profile("fixed"))
    @given(st.integers(), st.text())
    def hold(number, text):
        values.append((number, text))

    hold()
    return values


@with_fixed_examples
def test_examples_do_not_depend_on_the_run_or_on_the_modules_that_are_loaded(tmp_path):
    before = drawn()
    assert len(before) == 100
    path = tmp_path / "constants.py"
    path.write_text("\n".join(f"A{n}, B{n} = {n * 1_000_003}, 'constant {n}'" for n in range(1, 200)))
    spec = importlib.util.spec_from_file_location("constants", path)
    sys.modules["constants"] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(sys.modules["constants"])
        assert drawn() == before
    finally:
        del sys.modules["constants"]


@with_fixed_examples
def test_properties_are_tried_on_fixed_examples_without_a_clock_or_a_memory():
    now = settings.default
    assert (now.derandomize, now.deadline, now.database) == (True, None, None)


@given(st.none())
def test_a_property_has_time_on_a_slow_machine(request, nothing):
    assert [mark.args for mark in request.node.iter_markers("timeout")] == [(PROPERTY_TIMEOUT_S,)]
