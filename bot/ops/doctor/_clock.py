"""Check the machine's clock against those of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.utils import parsedate_to_datetime

import aiohttp

from bot.models import Finding, Severity

MOST_SKEW_S = 60.0
_TIMEOUT_S = 10.0


def clock_findings(ours: datetime, theirs: datetime | None, shift: str) -> tuple[Finding, ...]:
    """How far the clock is off; `theirs` is what a server said just now, `shift` the setting that moves the clock."""
    findings = []
    if shift:
        remedy = "remove PAPERLARK_NOW (or now in the file) where real mornings are to be posted"
        findings.append(Finding(Severity.WARNING, "clock", f"the clock is moved on purpose: now = {shift!r}", remedy))
    if theirs is None:
        remedy = "nothing to do here if the network is known to be away; else see what else is wrong"
        findings.append(
            Finding(Severity.WARNING, "clock", "no server answered, so nothing tells the right time", remedy)
        )
        return tuple(findings)
    skew_s = (ours - theirs).total_seconds()
    if abs(skew_s) > MOST_SKEW_S:
        way = "ahead" if skew_s > 0 else "behind"
        remedy = "switch on time synchronisation (timedatectl set-ntp true); mornings and votes go by this clock"
        findings.append(Finding(Severity.WARNING, "clock", f"it is {abs(skew_s):,.0f} s {way}", remedy))
    else:
        findings.append(Finding(Severity.OK, "clock", f"within {MOST_SKEW_S:.0f} s of what a server says"))
    return tuple(findings)


async def time_at(urls: Iterable[str]) -> datetime | None:
    """What the first of these servers that answers says of the time; any answer will do, nothing secret is sent."""
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
        for url in urls:
            try:
                async with session.get(url, allow_redirects=False) as response:
                    moment = parsedate_to_datetime(response.headers.get("Date", ""))
            except (TimeoutError, aiohttp.ClientError, OSError, ValueError, TypeError):
                continue
            if moment.tzinfo is not None:
                return moment
    return None
