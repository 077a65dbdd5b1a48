"""The whole program against a model on this machine: settings, wiring, `digest`, its dry run and its file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.digest_file import read_digest
from bot.settings import ScorerName, load_settings
from tests.loopback.openai import KEY, LoopbackOpenAI

CONFIG = """
source = "sample"
now = "2025-05-05T09:00Z"
[llm]
{llm}
[channels.terminal]
categories = ["cs.CL", "cs.LG"]
papers = 3
more = 2
"""


@pytest.fixture
def server() -> Iterator[LoopbackOpenAI]:
    with LoopbackOpenAI() as running:
        yield running


@pytest.fixture
def paperlark(tmp_path: Path, server: LoopbackOpenAI, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command in a folder of its own, with the loopback server for an LLM."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    (tmp_path / "topics.md").write_text("1. Quantization of language models\n   - Relevant: low-bit weights\n")

    def run(*arguments: str, llm: str = 'model = "gpt-4o"') -> Result:
        (tmp_path / "paperlark.toml").write_text(CONFIG.format(llm=llm))
        return CliRunner().invoke(main, arguments)

    return run


def test_a_dry_run_says_what_would_be_sent_and_cost_and_sends_nothing(paperlark, server):
    done = paperlark("digest", "--dry-run")
    assert done.exit_code == 0, done.output
    assert server.journal == []
    assert re.search(
        r"terminal: \d+ papers would go to gpt-4o in \d+ calls: about [\d,]+ \+ [\d,]+ tokens, \$0\.\d\d", done.stderr
    )


def test_a_digest_is_scored_by_the_model_and_its_file_holds_the_bill(paperlark, server, tmp_path):
    done = paperlark("digest", "--output", "digest.md")
    assert done.exit_code == 0, done.output
    read = read_digest((tmp_path / "digest.md").read_text())
    assert read.cost is not None
    assert read.cost.model == "gpt-4o"
    assert read.cost.prompt_tokens == sum(seen.usage["prompt_tokens"] for seen in server.answered()) > 0
    assert read.scored_by == "gpt-4o"


def test_a_cap_on_an_unpriced_model_stops_the_program_before_it_starts(paperlark, server, tmp_path):
    refused = paperlark("digest", llm='model = "llama"\ndaily_budget_usd = 0.5')
    assert refused.exit_code == 2
    assert "llm.daily_budget_usd = 0.5: nobody knows the price of 'llama'" in refused.stderr
    assert "posted" not in refused.output
    priced = 'model = "llama"\ndaily_budget_usd = 0.5\nprices = { llama = { prompt = 1, completion = 1 } }'
    assert paperlark("digest", "--dry-run", llm=priced).exit_code == 0


def test_a_mistake_in_the_settings_names_its_key(paperlark):
    refused = paperlark("digest", llm="paralel = 3\nbatch_size = 0\nprices = { x = { prompt = 1, completion = -1 } }")
    assert refused.exit_code == 2
    assert "did you mean parallel" in refused.stderr
    assert "llm.batch_size = 0" in refused.stderr
    assert "llm.prices.x.completion = -1" in refused.stderr


def test_a_killed_process_paid_at_most_for_what_was_in_flight(paperlark, server, tmp_path):
    """SIGKILL while the third request hangs; the next process asks for nothing that was answered."""
    paperlark("digest", "--dry-run", llm="batch_size = 3\nparallel = 1\nshare = 1.0")
    server.fault("hang", skip=2)
    program = [sys.executable, "-c", "from bot.cli import main; main()", "digest"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(
        program, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        hangs = server.wait_for(server.hanging, 60)
        process.kill()
    assert hangs
    assert len(server.answered()) == 2
    assert paperlark("digest", llm="batch_size = 3\nparallel = 1\nshare = 1.0").exit_code == 0
    answered = [one for seen in server.answered() for one in seen.papers]
    assert len(answered) == len(set(answered)) > 6


def test_auto_is_the_llm_where_a_key_or_an_address_is_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert load_settings().scorer_in_force is ScorerName.LOCAL
    monkeypatch.setenv("OPENAI_API_KEY", "")
    assert load_settings().scorer_in_force is ScorerName.LOCAL
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    assert load_settings().scorer_in_force is ScorerName.LLM
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:11434/v1")
    assert load_settings().scorer_in_force is ScorerName.LLM
    monkeypatch.setenv("PAPERLARK_SCORER", "local")
    assert load_settings().scorer_in_force is ScorerName.LOCAL


def test_the_demo_never_asks_a_model(paperlark, server):
    assert paperlark("demo", "--mornings", "1", "--no-input").exit_code == 0
    assert server.journal == []
