"""What is built is what runs: the wheel, the image's steps, the promises of the Makefile."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import yaml

from bot.cli._shared import WRONG_USE
from bot.settings import Settings, TimingSettings

ROOT = Path(__file__).resolve().parents[1]


def test_the_wheel_holds_every_module_and_every_data_file(wheel):
    """Nothing that the checkout has is missing after an install."""
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(path.relative_to(ROOT))
        for package in ("bot", "handlers", "prompts")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted <= inside, f"missing from the wheel: {sorted(wanted - inside)}"


def test_the_wheel_holds_nothing_else(wheel):
    """Tests and benchmarks stay out of an install."""
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"bot", "handlers", "prompts"}


def test_the_installed_wheel_runs_the_demo_away_from_the_checkout(wheel, tmp_path):
    """The sample, the example topics and the word vectors are found where they were installed."""
    target = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    code = "import bot, sys; from bot.cli import main; print(bot.__file__, file=sys.stderr); main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "demo", "--mornings", "1", "--no-input"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert str(target) in done.stderr
    assert "Papers of Mon 5 May 2025" in done.stdout


def test_the_image_runs_as_nobody_special_with_one_writable_folder():
    """Non-root, a volume for data, certificates for openai, and the resident bot as its command."""
    text = (ROOT / "Dockerfile").read_text()
    assert text.count("\nFROM ") == 2
    final = text.split("\nFROM ")[-1]
    assert re.search(r"^USER (?!root)\w+$", final, re.MULTILINE)
    assert "VOLUME /data" in final
    assert "ca-certificates" in final
    assert 'CMD ["run"]' in final
    for name in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        assert all((ROOT / one).exists() for one in name.split())


def test_compose_mounts_what_the_bot_reads():
    """The compose file is valid YAML, read-only but for the data, and stops with a signal the bot heeds."""
    service = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["paperlark"]
    assert service["read_only"] is True
    assert any(mount.startswith("data:") for mount in service["volumes"])
    assert service["restart"] == "unless-stopped"


def test_the_systemd_unit_lets_the_bot_finish_and_does_not_repeat_a_mistake():
    """Longer than the longest stop the settings allow; exit status 2 is final; only the data folder is writable."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string((ROOT / "docs" / "paperlark.service").read_text())
    service = unit["Service"]
    longest_stop_s = TimingSettings(stop_s=10).stop_s
    assert float(service["TimeoutStopSec"]) > longest_stop_s
    assert service["RestartPreventExitStatus"] == str(WRONG_USE)
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == f"{service['WorkingDirectory']}/{Settings().data_dir}"
    assert service["ExecStart"].split()[-1] == "run"


def test_every_make_target_explains_itself():
    """`make help` names every target a person would call."""
    text = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", text, re.MULTILINE))
    explained = set(re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE))
    assert targets == explained
    assert {"demo", "run", "test", "lint", "bench", "prove", "help"} <= targets


def test_ci_calls_lint_and_test():
    """CI runs exactly what a person runs."""
    text = (ROOT / ".ci" / "run").read_text()
    assert "make lint" in text
    assert "make test" in text
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
