"""Invariants over the whole tree: registries, docstrings, the documentation, and what is imported when."""

from __future__ import annotations

import ast
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

from bot.cli import main
from bot.embedders import EMBEDDERS, EmbedderOptions
from bot.platforms import PLATFORMS
from bot.scorers import SCORERS
from bot.settings import ScorerName, Settings
from bot.sources import SOURCES, SourceParts
from bot.store import Store
from tests.fakes import FakeClock

ROOT = Path(__file__).resolve().parents[1]
SOURCE_FILES = sorted(path for folder in ("bot", "handlers", "prompts") for path in (ROOT / folder).rglob("*.py"))
TEST_FILES = sorted((ROOT / "tests").rglob("test_*.py"))
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SLOW = {"slack_bolt", "slack_sdk", "discord", "openai", "sklearn", "wordllama", "scipy", "arxiv", "matplotlib", "rich"}
REGISTRIES = {"SOURCES": SOURCES, "SCORERS": SCORERS, "EMBEDDERS": EMBEDDERS, "PLATFORMS": PLATFORMS}


class NoThrottle:
    """Every turn is free."""

    async def turn(self) -> None:
        """Return at once."""


@pytest.mark.parametrize("name", REGISTRIES)
def test_a_registry_is_a_mapping_of_names_to_factories_with_at_least_two_entries(name):
    registry = REGISTRIES[name]
    assert isinstance(registry, Mapping)
    assert len(registry) >= 2
    assert all(isinstance(key, str) and callable(factory) for key, factory in registry.items())


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_source_can_be_made_and_knows_its_name(name):
    source = SOURCES[name](SourceParts(throttle=NoThrottle(), clock=FakeClock(), random=random.Random(0)))
    assert source.name == name


def mirrored(folder: Path) -> Iterator[Path]:
    """The folders that a folder of tests may be about: the one it mirrors, and itself, for what only tests use."""
    inside = folder.relative_to(ROOT / "tests")
    yield from (ROOT / "bot" / inside, ROOT / inside, folder)


@pytest.mark.parametrize("path", TEST_FILES, ids=lambda path: str(path.relative_to(ROOT / "tests")))
def test_every_test_file_is_named_for_a_module_or_a_package_that_it_mirrors(path):
    """`tests/store/test_ledger.py`, or with more words behind it, is about `bot/store/ledger`; so is `_ledger.py`."""
    parts = path.stem.split("_")[1:]
    names = {"_".join(parts[:length]) for length in range(1, len(parts) + 1)}
    known = {
        one.stem.lstrip("_")
        for folder in mirrored(path.parent)
        if folder.is_dir()
        for one in [folder, *folder.iterdir()]
        if (one.is_dir() or one.suffix == ".py") and not one.stem.startswith("test_")
    }
    assert names & known, f"no module or package in {path.parent.relative_to(ROOT)} is called like {path.name}"


@pytest.mark.parametrize("name", sorted(EMBEDDERS))
def test_every_embedder_can_be_made(name):
    options = EmbedderOptions(model="a-model", base_url="http://127.0.0.1:9/v1")
    embedder = EMBEDDERS[name](options)
    assert embedder.name
    assert embedder.dimensions > 0


def test_every_choice_of_the_settings_is_in_its_registry(tmp_path):
    choices = Settings.model_fields
    assert set(choices["embedder"].annotation.__args__) == set(EMBEDDERS)
    assert {name.value for name in ScorerName} - {"auto"} == set(SCORERS)


@pytest.mark.parametrize("path", SOURCE_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, f"{path} has no docstring"
    assert docstring.strip().endswith((".", "!", "?", ")", ":", '"', "…", "`")) or "\n" in docstring


def commands(group: click.Command = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its words."""
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from commands(command, (*path, name))
    else:
        yield " ".join(path), group


def test_every_command_and_option_is_documented(golden):
    """docs/commands.md is what the commands say of themselves; `--refresh-golden` writes it."""
    parts = ["# Every command", "Written from the program itself: each command's own `--help`."]
    for name, command in commands():
        assert command.help, f"paperlark {name} has no help text"
        assert all(option.help for option in command.params if isinstance(option, click.Option)), name
        with click.Context(
            command,
            info_name=f"paperlark {name}",
            max_content_width=100,
            terminal_width=100,
            help_option_names=["-h", "--help"],
        ) as context:
            parts.append(f"## paperlark {name}\n\n```text\n{command.get_help(context)}\n```")
    golden("../../docs/commands.md", "\n\n".join(parts))


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_is_named_in_the_readme_or_the_docs(name):
    assert any(f"paperlark {name}" in path.read_text(encoding="utf-8") for path in DOCUMENTS)


def test_help_is_quick_because_it_imports_no_sdk():
    script = "import sys\nfrom bot.cli import main\ntry:\n    main(['--help'])\nfinally:\n    print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "Usage:" in done.stdout
    assert loaded & {*SLOW, "numpy", "pydantic", "sqlite_utils", "apscheduler"} == set()


def test_handlers_import_no_sdk():
    names = sorted(f"handlers.{path.stem}" for path in (ROOT / "handlers").glob("[a-z]*.py"))
    script = f"import sys, {', '.join(names)}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded & {"slack_bolt", "slack_sdk", "discord", "openai", "arxiv", "wordllama"} == set()


def test_every_table_is_made_by_the_first_start(tmp_path):
    """Every subject of docs/design.md has its tables."""
    store = Store(tmp_path / "paperlark.db")
    tables = set(store._database._writer.table_names())
    store.close()
    assert tables >= {
        *("papers", "papers_fts", "vectors", "listings", "listing_entries", "topics_versions", "scores", "digests"),
        *("candidates", "posts", "impressions", "feedback_events", "ranking_weights", "turns"),
    }
