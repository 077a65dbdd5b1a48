"""Check the database, its backups and its lock."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from bot.models import DatabaseState, Finding, Severity
from bot.settings import BackupSettings

_SUBJECT = "database"
_MB = 2**20
_LATE = timedelta(hours=36)


def database_findings(path: Path, state: DatabaseState | None) -> tuple[Finding, ...]:
    """What was seen of the file; None where there is none yet."""
    if state is None:
        return (Finding(Severity.OK, _SUBJECT, f"{path} is not there yet; the first morning makes it"),)
    size = f"{path} is sound: {state.size_bytes / _MB:,.1f} MB, schema {state.schema}"
    findings = [Finding(Severity.OK, _SUBJECT, size)]
    if state.pending:
        steps = ", ".join(state.pending)
        findings.append(
            Finding(
                Severity.WARNING,
                _SUBJECT,
                f"it was written by an older Paperlark: the next start takes the steps {steps}",
                "let it; a backup is made beside it first",
            )
        )
    if not state.is_writable:
        remedy = "give the user who runs Paperlark the file and its folder (chown)"
        findings.append(Finding(Severity.PROBLEM, _SUBJECT, f"{path} cannot be written by this user", remedy))
    return tuple(findings)


def backup_findings(
    settings: BackupSettings, folder: Path, newest: datetime | None, now: datetime, *, has_database: bool
) -> tuple[Finding, ...]:
    """Say how old the newest nightly backup is, `newest` None where there is none."""
    if not settings.enabled:
        return (Finding(Severity.OK, "backup", "nightly backups are switched off; whoever runs this makes their own"),)
    if newest is None:
        if not has_database:
            return (Finding(Severity.OK, "backup", "there is nothing to back up yet"),)
        remedy = "`paperlark run` makes one each night; make one now with `paperlark backup FILE`"
        return (Finding(Severity.WARNING, "backup", f"there is no nightly backup in {folder} yet", remedy),)
    age = now - newest
    hours = f"{age.total_seconds() / 3600:,.0f} hours old"
    if age > _LATE:
        remedy = "see the log of `paperlark run` for why it makes none, and the disk's free space"
        return (Finding(Severity.WARNING, "backup", f"the newest nightly backup in {folder} is {hours}", remedy),)
    return (Finding(Severity.OK, "backup", f"the newest nightly backup is {hours}"),)


def lock_finding(holder: str) -> Finding:
    """Whether `paperlark run` is running now; `holder` says who that is, "" for nobody. Neither is wrong by itself."""
    if holder:
        return Finding(Severity.OK, "lock", f"`paperlark run` is running: {holder}")
    return Finding(Severity.OK, "lock", "`paperlark run` is not running on this database")
