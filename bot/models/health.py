"""How Paperlark itself is doing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a doctor's finding is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: what was checked, what was seen, and what to do about it."""

    severity: Severity
    subject: str
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class PlatformStatus:
    """Whether a platform is connected now, and since when or why not."""

    connected: bool
    detail: str = ""
