"""The Python that runs the bot, as far as it can hurt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.models import Finding, Severity

SOUND_EXPAT = (2, 7, 0)  # earlier ones crash on long chains of entities (CVE-2024-8176)


def expat_findings(version: str) -> Iterator[Finding]:
    """What to think of the XML parser inside this interpreter; `version` as `pyexpat.EXPAT_VERSION` has it."""
    numbers = tuple(int(part) for part in re.findall(r"\d{1,4}", version)[:3])
    if numbers >= SOUND_EXPAT:
        yield Finding(Severity.OK, "python", f"{version.replace('_', ' ')} reads XML")
        return
    remedy = "take a newer Python; documents with entities are refused before parsing meanwhile"
    known = f"{version.replace('_', ' ')} has a known weakness (CVE-2024-8176)"
    yield Finding(Severity.WARNING, "python", known, remedy)
