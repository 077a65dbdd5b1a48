"""What a stranger, a member, a paper's author and a model's endpoint try, and how much of it is let through.

Each attempt is a test of its own over the real SDKs and the loopback servers; here they are run together, by who tries.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_LONGEST_S = 900
ATTEMPTS = {
    "a stranger: tokens to foreign hosts, look-alikes and redirects": ("tests/test_addresses.py",),
    "a stranger: remote, endless and uninvited files on Slack": ("tests/platforms/slack/test_files.py",),
    "a web page: the health port by a name of its own": ("tests/ops/test_health.py",),
    "another user of the machine: database, backups, lock": ("tests/store/test_private.py",),
    "a member: sharing by proxy, votes from outside, floods": (
        "tests/handlers/commands/test_fair_use.py",
        "tests/platforms/slack/test_platform_members.py",
    ),
    "a member: forged buttons": ("tests/platforms/slack/test_listeners.py", "-k", "forged"),
    "a member: capturing what the channel learned": ("tests/ranking/test_readers.py",),
    "a member: the whole budget for questions": ("tests/store/test_costs.py", "-k", "leave"),
    "a paper's author: pings, mark-up, addresses": (
        "tests/platforms/test_platforms_hostile.py",
        "tests/text/test_model_words.py",
    ),
    "a paper's author: other papers' scores": ("tests/scorers/llm/test_prompt_injection.py",),
    "a model's endpoint: garbage": ("tests/scorers/llm/test_parse.py",),
}


def prove(options: argparse.Namespace) -> bool:
    """Try all of it; True if nothing was let through."""
    del options
    through = 0
    for who, arguments in ATTEMPTS.items():
        tried, let_through = _run(arguments)
        through += let_through
        print(f"{who}: {tried} tried, {let_through} let through", flush=True)
    print(f"let through: {through}")
    return through == 0


def _run(arguments: tuple[str, ...]) -> tuple[int, int]:
    """How many attempts there were, and how many were not refused; one that cannot be tried counts as let through."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-o", "addopts=-p no:simcord", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_LONGEST_S, check=False)
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", done.stdout)}
    failed = counts.get("failed", 0) + counts.get("error", 0)
    tried = counts.get("passed", 0) + failed
    return tried, max(failed, int(done.returncode != 0 or tried == 0))
