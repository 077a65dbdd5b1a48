"""Every command that the README and the docs name is run here, as they write it, or by the test named for it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.conftest import Paperlark, folder, paperlark
from tests.app.test_replaying import files

__all__ = ["files", "folder", "paperlark"]  # fixtures

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted(set((ROOT / "docs").glob("*.md")) - {ROOT / "docs" / "commands.md"})]
_SPAN = re.compile(r"`((?:paperlark|make) [a-z][^`\n]*)`|^ *(?:\$ )?((?:paperlark|make) [a-z][^#\n]*)", re.MULTILINE)
_OPTIONAL = re.compile(r"\[([^\]]*)\]")
# What stands for something in the documents, and what it is here.
_STANDS_FOR = {
    "FILE.md\\|.json": "out.md", "FILE.png": "out.png", "FILE...": "list.md", "FILE": "topics.md",
    "FOLDER": "folder", "FORMAT": "awesome", "KEY": "terminal", "TEXT": "KV cache", "D": "2025-05-07", "N": "3", "NAME": "ann",
    "PAPERS": "papers.jsonl", "USERS": "users.json", "USER": "console:you", "…": "", "...": "",
}  # fmt: skip
# What goes on for ever, or needs a server, is run by a test of its own.
_ELSEWHERE = {
    "run": "tests/app/resident/test_resident_process.py",
    "demo": "tests/test_bot_packaging.py",
}


def documented() -> Iterator[str]:
    """The commands of all documents, each once."""
    seen = dict.fromkeys(
        (match[1] or match[2]).strip()
        for path in DOCUMENTS
        for match in _SPAN.finditer(path.read_text(encoding="utf-8"))
    )
    yield from seen


def spelled_out(usage: str) -> Iterator[list[str]]:
    """The command without what is optional, and once with each optional part."""
    optional = _OPTIONAL.findall(usage)
    plain = _OPTIONAL.sub("", usage)
    for part in ["", *optional]:
        words = shlex.split(f"{plain} {part}".replace("\\|", "|"))
        yield [_STANDS_FOR.get(word, word.split("|")[0]) for word in words if _STANDS_FOR.get(word, word)]


def runnable(usages: list[str]) -> list[str]:
    """What can be run; a command's mere name is a mention where it is written out elsewhere."""
    lines = {shlex.join(words[1:]) for usage in usages for words in spelled_out(usage) if words[0] == "paperlark"}
    return sorted(line for line in lines if not any(other.startswith(f"{line} ") for other in lines))


PAPERLARK = runnable(list(documented()))
MAKE = sorted({words[1] for usage in documented() for words in spelled_out(usage) if words[0] == "make"})


@pytest.mark.parametrize("line", PAPERLARK)
def test_a_documented_command_works_as_it_is_written(line: str, paperlark: Paperlark, files: list[str]):
    arguments = shlex.split(line)
    if where := _ELSEWHERE.get(arguments[0]):
        assert f'"{arguments[0]}"' in (ROOT / where).read_text(encoding="utf-8")
        return
    if arguments[0] not in {"digest", "topics", "replay"}:
        assert paperlark("digest").exit_code == 0
    Path("list.md").write_text(
        "# A list\n## Reasoning\n- [A paper](https://arxiv.org/abs/2505.00776)\n", encoding="utf-8"
    )
    if arguments[0] in {"backup", "restore"}:
        arguments[1] = "copy.db"
        assert paperlark("backup", "copy.db").exit_code == 0
    done = paperlark(*arguments)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("target", MAKE)
def test_a_documented_make_target_exists(target: str):
    assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
