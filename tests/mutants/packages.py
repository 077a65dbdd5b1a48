"""Which sources get mutants, and which tests must notice them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Package:
    """Sources and their tests as patterns from the root, so that a file may move within its folder."""

    sources: str
    tests: str

    def files(self) -> list[Path]:
        """The sources, sorted.

        Raises:
            ValueError: The pattern fits no file any more.
        """
        found = sorted(path.relative_to(ROOT) for path in ROOT.glob(self.sources) if path.stem != "__init__")
        if not found:
            raise ValueError(f"no source fits {self.sources}: correct it in tests/mutants/packages.py")
        return found

    def suites(self, source: Path) -> list[list[str]]:
        """The tests named for a source, which most likely notice, and then all of the folder."""
        folder = sorted(ROOT.glob(self.tests))
        named = [str(path) for one in folder for path in one.rglob(f"test_{source.stem.lstrip('_')}*.py")]
        relative = [str(Path(path).relative_to(ROOT)) for path in named]
        return [part for part in (relative, [str(one.relative_to(ROOT)) for one in folder]) if part]


PACKAGES: Mapping[str, Package] = {
    "ranking": Package("bot/ranking/*.py", "tests/ranking"),
    "ledger": Package("bot/store/ledger/*.py", "tests/store"),
    "delivery": Package("handlers/**/delivery.py", "tests/handlers"),
    "recovery": Package("handlers/**/recovery.py", "tests/handlers"),
    "slack-api": Package("bot/platforms/slack/_api.py", "tests/platforms/slack"),
    "slack-history": Package("bot/platforms/slack/_history.py", "tests/platforms/slack"),
    "discord-api": Package("bot/platforms/discord/_api.py", "tests/platforms/discord"),
    "discord-history": Package("bot/platforms/discord/_history.py", "tests/platforms/discord"),
}
