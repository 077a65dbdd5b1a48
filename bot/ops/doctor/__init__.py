"""Find what is wrong, and say what to do about it."""

from bot.ops.doctor._clock import clock_findings, time_at
from bot.ops.doctor._database import backup_findings, database_findings, lock_finding
from bot.ops.doctor._disk import disk_findings
from bot.ops.doctor._examination import Check, examine, report
from bot.ops.doctor._interpreter import expat_findings
from bot.ops.doctor._listings import listing_findings
from bot.ops.doctor._privacy import privacy_findings
from bot.ops.doctor._settings import settings_findings, topics_findings

__all__ = [
    "Check",
    "backup_findings",
    "clock_findings",
    "database_findings",
    "disk_findings",
    "examine",
    "expat_findings",
    "listing_findings",
    "lock_finding",
    "privacy_findings",
    "report",
    "settings_findings",
    "time_at",
    "topics_findings",
]
