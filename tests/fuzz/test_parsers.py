"""No crash, no hang, no loss: every parser of foreign input on texts that grow from real ones. Longer: `make prove`."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.parsers import PARSERS
from tests.fuzz.strategies import FRAGMENTS

EXAMPLES = 40
LONG = 30_000
# What has been slow somewhere: the same half-open piece over and over.
HALF_OPEN = ("[", "](", "**", "$", "{", "<", "\\", "|", "- ", "> ", "`", '{"a":', "\\textbf{", "@article{", ": ", " ", "\n")  # fmt: skip


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings are read without those of this machine."""
    for name in list(os.environ):
        if name.startswith(("PAPERLARK_", "OPENAI_", "ARXIV_", "SLACK_", "DISCORD_")):
            monkeypatch.delenv(name)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_foreign_input_neither_breaks_nor_stops_nor_is_lost(name, data):
    parser = PARSERS[name]
    parser.try_on(data.draw(parser.given))


@pytest.mark.parametrize("name", PARSERS)
def test_one_piece_over_and_over_takes_no_longer_than_its_length_allows(name):
    parser = PARSERS[name]
    for piece in HALF_OPEN:
        text = piece * (LONG // len(piece))
        parser.try_on(text.encode() if name in {"library", "RSS", "Atom"} else text)


@pytest.mark.parametrize("name", PARSERS)
def test_every_fragment_alone_is_read(name):
    parser = PARSERS[name]
    for piece in FRAGMENTS:
        parser.try_on(piece.encode("utf-8", "replace") if name in {"library", "RSS", "Atom"} else piece)
