"""Make every check, whatever becomes of the others, and write the report."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping

from bot.errors import PaperlarkError, SettingsError
from bot.models import Finding, Severity
from bot.text import counted

logger = logging.getLogger(__name__)

Check = Callable[[], Awaitable[Iterable[Finding]]]
"""One look at one thing; what it raises is a finding as well."""

_LONGEST_S = 120.0
_MARKS = {Severity.OK: "ok", Severity.WARNING: "warning", Severity.PROBLEM: "PROBLEM"}


async def examine(checks: Mapping[str, Check], longest_s: float = _LONGEST_S) -> tuple[Finding, ...]:
    """What every check finds, in their order; they are made side by side, each for at most `longest_s` seconds."""
    found = await asyncio.gather(*(_made(subject, check, longest_s) for subject, check in checks.items()))
    return tuple(finding for findings in found for finding in findings)


async def _made(subject: str, check: Check, longest_s: float) -> tuple[Finding, ...]:
    try:
        async with asyncio.timeout(longest_s):
            return tuple(await check())
    except TimeoutError:
        message = f"could not be examined within {longest_s:g} s"
        return (Finding(Severity.PROBLEM, subject, message, "check the network, and what else this machine does"),)
    except SettingsError as error:
        return tuple(Finding(Severity.PROBLEM, subject, one, "fix it and run this again") for one in error.mistakes)
    except PaperlarkError as error:
        return (Finding(Severity.PROBLEM, subject, f"could not be examined: {error}", "fix that and run this again"),)
    except Exception as error:  # the edge: a fault in one check hides no other
        logger.exception("%s could not be examined", subject)
        return (Finding(Severity.PROBLEM, subject, f"could not be examined: {error}", "see the log"),)


def report(findings: Iterable[Finding]) -> str:
    """One line a finding, under it what to do, and at the end how many are bad."""
    lines, counts = [], dict.fromkeys(Severity, 0)
    for finding in findings:
        counts[finding.severity] += 1
        lines.append(f"{_MARKS[finding.severity]:8} {finding.subject}: {finding.message}")
        if finding.remedy and finding.severity is not Severity.OK:
            lines.append(f"{'':8} → {finding.remedy}")
    lines.append(_summary(counts[Severity.PROBLEM], counts[Severity.WARNING]))
    return "\n".join(lines)


def _summary(problems: int, warnings: int) -> str:
    parts = [counted(count, noun) for count, noun in ((problems, "problem"), (warnings, "warning")) if count]
    return " and ".join(parts) + "." if parts else "All is well."
