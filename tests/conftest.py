"""What all tests share: golden files, refreshed with `--refresh-golden`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# A machine under load is no reason for a test to fail; pytest's own timeout stops what hangs.
settings.register_profile("paperlark", deadline=None)
settings.load_profile("paperlark")

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh-golden",
        action="store_true",
        help="write what the tests get now into the golden files instead of comparing with them",
    )


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
