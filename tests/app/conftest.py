"""A folder with settings and topics, and the command line run in it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main

ROOT = Path(__file__).resolve().parents[2]
NOW = "2025-05-08T09:30Z"
PAPERLARK = [sys.executable, "-c", "from bot.cli import main; main()"]
TOPICS = """\
1. Quantization of language models
   - Relevant: low-bit weights and activations, KV cache compression
   - Not relevant: quantum physics
2. Reasoning of language models
   - Relevant: chain of thought, test-time compute
"""
SETTINGS = """\
source = "sample"
categories = ["cs.CL", "cs.LG", "cs.AI"]
papers = 3
more = 2
log_level = "warning"

[timing]
settle_s = 0.1
look_gap_s = 0.1
poll_s = 1.0
retry_s = 0.2
reconcile_s = 2.0
stop_s = 5.0
"""

Paperlark = Callable[..., Result]


def environment(**changes: str) -> dict[str, str]:
    """The environment of a paperlark process: nothing of this machine's settings, and the sample's Thursday.

    Health is not answered: tests that run side by side would fight for the port.
    """
    foreign = ("PAPERLARK_", "OPENAI_", "ARXIV_", "SLACK_", "DISCORD_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    ours = {"PAPERLARK_NOW": NOW, "PAPERLARK_HEALTH__ENABLED": "false"}
    return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **ours, **changes}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A person's folder with settings and topics."""
    (tmp_path / "paperlark.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "topics.md").write_text(TOPICS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def paperlark(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Paperlark]:
    """`paperlark("digest", "--dry-run")`, run inside this process in that folder."""
    monkeypatch.chdir(folder)
    before = dict(os.environ)

    def run(*arguments: str, **changes: str) -> Result:
        os.environ.clear()
        os.environ.update(environment(**changes))
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    yield run
    os.environ.clear()
    os.environ.update(before)
