"""The audit's verdict: clean only where everything was looked up and nothing found."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.audit import Outcome, installed_here, plain, verdict

INSTALLED = {"click": "8.2.1", "flask": "0.5"}
CLICK = {"name": "click", "version": "8.2.1", "vulns": []}
FLASK = {"name": "Flask", "version": "0.5", "vulns": []}
# As pip-audit 2.10 writes it.
WEAK = {
    "name": "flask",
    "version": "0.5",
    "vulns": [
        {"id": "PYSEC-2019-179", "fix_versions": ["1.0"], "aliases": ["CVE-2019-1010083"], "description": "…"},
        {"id": "PYSEC-2018-66", "fix_versions": [], "aliases": [], "description": "…"},
    ],
}
SKIPPED = {"name": "flask", "skip_reason": "Dependency not found on PyPI and could not be audited: flask (0.5)"}
UNREACHABLE = (
    "ERROR:pip_audit._cli:Tip: your network may be blocking this service. Try another service with `-s SERVICE`\n"
)


def answer(*dependencies: object) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


@pytest.mark.parametrize(
    ("status", "output", "errors", "outcome", "said"),
    [
        (0, answer(CLICK, FLASK), "No known vulnerabilities found", Outcome.CLEAN, "clean: 2 dependencies"),
        (
            1,
            answer(CLICK, WEAK),
            "Found 2 known vulnerabilities",
            Outcome.WEAK,
            "flask 0.5: PYSEC-2019-179, fixed in 1.0",
        ),
        (0, answer(CLICK, WEAK), "", Outcome.WEAK, "PYSEC-2018-66, fixed in no version yet"),
        (1, "", UNREACHABLE, Outcome.NOT_AUDITED, "your network may be blocking this service"),
        (1, "", "", Outcome.NOT_AUDITED, "it said nothing"),
        (1, "", "ERROR:pip_audit._cli:flask: Dependency not found on PyPI", Outcome.NOT_AUDITED, "flask"),
        (0, answer(CLICK, SKIPPED), "", Outcome.NOT_AUDITED, "flask 0.5: skipped (Dependency not found"),
        (0, answer(CLICK), "", Outcome.NOT_AUDITED, "flask 0.5: missing in the answer"),
        (1, answer(WEAK), "", Outcome.NOT_AUDITED, "WEAK flask 0.5"),
        (0, answer({**CLICK, "version": "8.2.0"}, FLASK), "", Outcome.NOT_AUDITED, "8.2.0 was looked up instead"),
        (1, answer(CLICK, FLASK), "a late fault", Outcome.NOT_AUDITED, "a late fault"),
        (0, answer(), "", Outcome.NOT_AUDITED, "2 of 2 dependencies"),
        (0, "[]", "", Outcome.NOT_AUDITED, "no answer"),
        (0, '{"dependencies": [3]}', "", Outcome.NOT_AUDITED, "no answer"),
        (-9, "", "", Outcome.NOT_AUDITED, "status -9"),
    ],
)
def test_only_a_whole_answer_without_finds_is_clean(status, output, errors, outcome, said):
    found = verdict(INSTALLED, status, output, errors)
    assert found.outcome is outcome
    assert said in "\n".join(found.lines)
    assert (outcome is Outcome.NOT_AUDITED) == ("NOT AUDITED" in found.lines[0])


def test_nothing_installed_is_not_clean():
    assert verdict({}, 0, answer(), "").outcome is Outcome.NOT_AUDITED


def test_everything_installed_here_is_meant_but_paperlark_itself():
    meant = installed_here()
    assert {"click", "openai", "slack-bolt", "discord-py"} <= set(meant)
    assert "paperlark" not in meant
    assert plain("Discord.PY__x") == "discord-py-x"


def test_an_advisory_service_that_cannot_be_reached_is_not_audited(monkeypatch):
    """pip-audit for real, with every way out closed."""
    pytest.importorskip("pip_audit", reason="pip-audit is not installed: `make audit` installs it")
    code = "import sys; from tests.audit import run; found = run({'click': '8.2.1'}); print(found.lines); sys.exit(found.outcome)"
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).resolve().parents[1],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == Outcome.NOT_AUDITED, done.stdout + done.stderr
    assert "NOT AUDITED" in done.stdout
