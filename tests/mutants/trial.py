"""Runs tests on a mutant, in a copy of the tree, in processes that have the libraries loaded before they begin."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
import time
from pathlib import Path

from tests.mutants.packages import ROOT, Package
from tests.mutants.sample import Mutant

_LIBRARIES = ["hypothesis", "numpy", "pytest", "pytest_asyncio", "scipy.sparse", "sklearn.linear_model"]
_COPIED = ("bot", "handlers", "prompts", "tests", "docs", "bench", "README.md", "Makefile", "pyproject.toml")
_CONTEXT = multiprocessing.get_context("forkserver")
_AT_LEAST_S = 60.0


def copied_tree(folder: Path) -> Path:
    """A fresh copy of what tests read, so that the sources in use are left alone."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in _COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    _CONTEXT.set_forkserver_preload(_LIBRARIES)
    return folder


def healthy_s(tree: Path, package: Package) -> float:
    """How long the tests take without a fault.

    Raises:
        RuntimeError: They fail, so that nothing could be learned from mutants.
    """
    began = time.monotonic()
    for source in package.files():
        if not _passes(tree, package.suites(source)[-1], 3600.0):
            raise RuntimeError(f"the tests of {source} fail without a mutant: make them pass first")
        break
    return time.monotonic() - began


def is_noticed(tree: Path, package: Package, mutant: Mutant, healthy: float) -> bool:
    """Whether a test fails, or is still busy when ten times its usual time is over."""
    target = tree / mutant.source
    original = target.read_text(encoding="utf-8")
    target.write_text(mutant.code, encoding="utf-8")
    try:
        limit_s = _AT_LEAST_S + 10 * healthy
        return not all(_passes(tree, suite, limit_s) for suite in package.suites(mutant.source))
    finally:
        target.write_text(original, encoding="utf-8")


def _passes(tree: Path, tests: list[str], limit_s: float) -> bool:
    process = _CONTEXT.Process(target=_run, args=(str(tree), tests))
    process.start()
    process.join(limit_s)
    if process.exitcode is None:
        process.kill()
        process.join()
    return process.exitcode == 0


def _run(tree: str, tests: list[str]) -> None:
    sys.dont_write_bytecode = True
    for name in [one for one in sys.modules if one.partition(".")[0] in {"bot", "handlers", "prompts", "tests"}]:
        del sys.modules[name]
    os.chdir(tree)
    sys.path[:0] = [tree]
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    import pytest

    sys.exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests])))
