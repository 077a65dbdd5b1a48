"""What all tests share: golden files, refreshed with `--refresh-golden`, and what properties are tried on.

`make test` tries them on the same examples everywhere and always; `make prove` on new ones (`tests.prove.properties`).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).parents[1]
PROPERTY_TIMEOUT_S = 1800

# A slow or busy machine is no reason for a property to fail.
_UNHURRIED = settings(
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("fixed", _UNHURRIED, derandomize=True)
settings.register_profile("random", _UNHURRIED)
settings.load_profile("fixed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh-golden",
        action="store_true",
        help="write what the tests get now into the golden files instead of comparing with them",
    )


@pytest.hookimpl(trylast=True)  # after hypothesis has chosen the profile
def pytest_configure(config: pytest.Config) -> None:
    """With the fixed profile, take from hypothesis the constants of modules that happen to be loaded.

    It sprinkles them among its examples, which would then depend on the tests that ran before in the same process.
    """
    if settings.get_current_profile_name() == "fixed":
        providers._get_local_constants = providers.Constants


@pytest.hookimpl(trylast=True)  # after hypothesis has marked its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give properties time: what they take depends on the machine, and each bounds its own work."""
    for item in items:
        if item.get_closest_marker("hypothesis") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(PROPERTY_TIMEOUT_S))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Lone surrogates in failures and captured logs are spelled out: no runner can pass them on."""
    report = yield
    words = str(report.longrepr or "")
    if words != _spelled(words):
        report.longrepr = _spelled(words)
    report.sections = [(title, _spelled(content)) for title, content in report.sections]
    return report


def _spelled(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as the Dockerfile builds it, without fetching a build environment."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "bot", "handlers", "prompts"):
        (source / name).symlink_to(ROOT / name)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with a file below `tests/golden`: `golden("rendering/headers.txt", text)`."""
    refresh = request.config.getoption("--refresh-golden")

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        text = text.rstrip("\n") + "\n"
        if refresh:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is missing: run pytest with --refresh-golden and read what it wrote"
        assert text == path.read_text(encoding="utf-8")

    return compare
