"""`python -m tests.pictures [FOLDER]`: draws docs/pictures anew from a real morning on each platform."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.pictures.draw import DARK, LIGHT, Theme, chat_svg
from tests.pictures.scenes import ROOT, on_discord, on_slack, on_terminal

FOLDER = ROOT / "docs" / "pictures"
_CHATS: dict[str, tuple[Callable[[Path], Awaitable[str]], Theme, str]] = {
    "slack": (on_slack, LIGHT, "Drawn from the transcript of the tests' loopback Slack, not from Slack itself."),
    "discord": (on_discord, DARK, "Drawn from the transcript of the tests' loopback Discord, not from Discord itself."),
}


def main(folder: Path = FOLDER) -> None:
    """Write a picture for each platform."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (scene, theme, label) in _CHATS.items():
        with tempfile.TemporaryDirectory(prefix="paperlark-picture-") as data:
            transcript = asyncio.run(scene(Path(data)))  # type: ignore[arg-type]
        _write(folder / f"{name}.svg", chat_svg(_last_morning(transcript), label, theme))
    with tempfile.TemporaryDirectory(prefix="paperlark-picture-") as data:
        _write(folder / "terminal.svg", asyncio.run(on_terminal(Path(data))))


def _last_morning(transcript: str) -> str:
    """The channel's name, and everything from the last header on."""
    channel, _, rest = transcript.partition("\n")
    messages = re.split(r"(?m)^(?=\d\d:\d\d:\d\d )", rest)
    headers = [number for number, message in enumerate(messages) if "Papers of" in message]
    return "\n".join([channel, "".join(messages[headers[-1] :])])


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8")
    print(f"{path.name}: {len(content):,} characters")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
