"""What is wrong, and what to do about it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from bot.models import Finding, Severity
from bot.ports import ChatPlatform

logger = logging.getLogger(__name__)

_MARKS = {Severity.OK: "ok", Severity.WARNING: "warning", Severity.PROBLEM: "PROBLEM"}


async def examine(platforms: Mapping[str, ChatPlatform]) -> tuple[Finding, ...]:
    """What every platform finds out about itself; one that fails at that is a problem like any other."""
    findings: list[Finding] = []
    for name, platform in platforms.items():
        try:
            findings += await platform.check()
        except Exception as error:  # the edge: one platform's fault hides no other's
            logger.exception("%s could not be examined", name)
            findings.append(Finding(Severity.PROBLEM, name, f"could not be examined: {error}", "see the log"))
    return tuple(findings)


def report(findings: Iterable[Finding]) -> str:
    """One line a finding, and under it what to do."""
    lines = []
    for finding in findings:
        lines.append(f"{_MARKS[finding.severity]:8} {finding.subject}: {finding.message}")
        if finding.remedy and finding.severity is not Severity.OK:
            lines.append(f"{'':8} → {finding.remedy}")
    return "\n".join(lines)
