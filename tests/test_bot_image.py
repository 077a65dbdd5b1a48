"""The image's recipe, and what it rests on: a bot without rights that writes to its data folder and nowhere else.

No container engine is needed: the recipe is read, and the wheel runs as an ordinary user in read-only folders.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import HealthSettings
from tests.app.conftest import SETTINGS, TOPICS, environment

ROOT = Path(__file__).resolve().parents[1]
NOBODY = 65534


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile, continuation lines joined, comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


@pytest.fixture
def final() -> dict[str, str]:
    """The last stage's instructions; of several alike the last one counts."""
    steps = instructions((ROOT / "Dockerfile").read_text())
    last = max(index for index, (name, _) in enumerate(steps) if name == "FROM")
    return dict(steps[last:])


@pytest.fixture
def service() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["paperlark"]


def test_the_image_runs_as_a_numbered_user_who_owns_the_volume_and_nothing_else(final):
    assert final["USER"].isdecimal()
    assert int(final["USER"]) >= 1000
    volume = final["VOLUME"]
    assert f"chown {final['USER']} {volume}" in final["RUN"]
    assert final["RUN"].count("chown") == 1
    assert f"PAPERLARK_DATA_DIR={volume}" in final["ENV"]


def test_what_writes_caches_is_sent_to_the_temporary_file_system(final):
    assert "MPLCONFIGDIR=/tmp/" in final["ENV"]
    assert "PYTHONDONTWRITEBYTECODE=1" in final["ENV"]


def test_the_health_check_asks_where_the_bot_answers_by_default(final):
    _, _, command = final["HEALTHCHECK"].partition("CMD ")
    program, *arguments = json.loads(command)
    assert program == "python"
    compile(arguments[1], "health check", "exec")
    health = HealthSettings()
    assert {health.host, str(health.port), "/healthz"} <= set(re.split(r"[\s,()'\"]+", arguments[1]))
    assert health.enabled


def test_compose_keeps_everything_read_only_but_the_volume_and_drops_all_rights(final, service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]
    assert "user" not in service, "the image says who"
    assert not service.get("privileged")
    assert not service.get("ports"), "health and figures stay inside"
    mounts = [mount.split(":") for mount in service["volumes"]]
    writable = [mount for mount in mounts if mount[2:] != ["ro"]]
    assert writable == [["data", final["VOLUME"]]]
    assert {target for _, target, *_ in mounts} == {final["VOLUME"], "/data/paperlark.toml", "/data/topics.md"}


def test_neither_recipe_holds_or_copies_a_secret():
    for name in ("Dockerfile", "compose.yaml"):
        text = (ROOT / name).read_text()
        assert not re.search(r"xox|xapp|sk-|TOKEN|API_KEY|PASSWORD|SECRET", text), name
        assert not re.search(r"^(COPY|ADD)\s.*(\.env|\.\s)", text, re.MULTILINE), name
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", "data", ".git"} <= set(ignored)


@dataclass(frozen=True)
class Installed:
    """The wheel installed where its user cannot write, and a folder in which only `data` is theirs."""

    base: Path
    python: str
    user: int | None

    def run(self, *arguments: str, code: str = "from bot.cli import main; main()") -> subprocess.CompletedProcess[str]:
        paths = [str(self.base / "site"), sysconfig.get_path("purelib")]
        ours = {"PYTHONPATH": os.pathsep.join(paths), "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}
        as_user = {"user": self.user, "group": self.user, "extra_groups": []} if self.user is not None else {}
        return subprocess.run(
            [self.python, "-c", code, *arguments],
            cwd=self.base / "work",
            env={**environment(), **ours, "TMPDIR": str(self.base / "none")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
            **as_user,
        )


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Iterator[Installed]:
    """As root the wheel runs as nobody; an ordinary user takes their own right to write away."""
    base = Path(tempfile.mkdtemp(prefix="paperlark-image-"))  # pytest's own folders are closed to other users
    try:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(base / "site")]
        subprocess.run([*install, str(wheel)], check=True, capture_output=True)
        data = base / "work" / "data"
        data.mkdir(parents=True)
        (base / "work" / "paperlark.toml").write_text(SETTINGS, encoding="utf-8")
        (base / "work" / "topics.md").write_text(TOPICS, encoding="utf-8")
        user = NOBODY if os.geteuid() == 0 else None
        if user is not None:
            os.chown(data, user, user)
        for path in [base, *base.rglob("*")]:
            path.chmod(0o755 if path == data else 0o555 if path.is_dir() else 0o444)
        yield Installed(base, _python_for(base, user), user)
    finally:
        for path in base.rglob("*"):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        shutil.rmtree(base, ignore_errors=True)


def _python_for(base: Path, user: int | None) -> str:
    """An interpreter of this version that the user may run; a developer's own often lies in a closed home."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in dict.fromkeys([sys.executable, f"/usr/local/bin/{name}", f"/usr/bin/{name}"]):
        try:
            if Installed(base, python, user).run(code="import numpy, click, bot.cli").returncode == 0:
                return python
        except OSError:
            continue
    pytest.skip(f"no {name} that user {user} may run: this one is {sys.executable}")


def test_an_ordinary_user_posts_a_morning_and_writes_to_the_data_folder_only(installed):
    done = installed.run("digest")
    assert done.returncode == 0, done.stderr
    assert "Papers of Thu 8 May 2025" in done.stdout
    data = installed.base / "work" / "data"
    assert {path.name for path in data.iterdir()} >= {"paperlark.db", "terminal.jsonl"}
    owner = os.geteuid() if installed.user is None else installed.user
    assert {path.stat().st_uid for path in data.iterdir()} == {owner}
    if installed.user is not None:
        theirs = [path for path in installed.base.rglob("*") if path.lstat().st_uid == owner]
        assert all(data == path or data in path.parents for path in theirs)


def test_the_same_user_can_write_nowhere_else(installed):
    code = (
        "import pathlib, sys\n"
        "for name in ('../site/bot/x', '../x', 'x', 'paperlark.toml'):\n"
        "    try:\n        pathlib.Path(name).open('a')\n    except OSError:\n        continue\n"
        "    sys.exit(f'{name} can be written')\n"
    )
    done = installed.run(code=code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "arguments", [("demo", "--mornings", "1", "--no-input"), ("ask", "quantization"), ("stats",), ("doctor",)]
)
def test_other_commands_need_no_more(installed, arguments):
    assert installed.run("digest").returncode == 0
    done = installed.run(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_written_is_a_plain_message(installed):
    data = installed.base / "work" / "closed"
    (installed.base / "work").chmod(0o755)
    data.mkdir(exist_ok=True)
    data.chmod(stat.S_IRUSR | stat.S_IXUSR | stat.S_IROTH | stat.S_IXOTH)
    done = installed.run(
        "digest", code="import os; os.environ['PAPERLARK_DATA_DIR'] = 'closed'; from bot.cli import main; main()"
    )
    assert done.returncode == 1
    assert "check the owner and permissions of the data folder" in done.stderr
    assert "Traceback" not in done.stderr
