"""Word the alarms that the bot's owner gets."""

from __future__ import annotations

from datetime import datetime, tzinfo

from bot.rendering._words import long_date


def alarm_text(trouble: str) -> str:
    """Something needs a person: `trouble` is one or more sentences about what and what to do."""
    return f"🐦 Paperlark needs somebody: {trouble}"


def relief_text(trouble: str, since: datetime, zone: tzinfo) -> str:
    """What somebody was told about is over; its first sentence is enough to know it by."""
    local = since.astimezone(zone)
    first = trouble.partition(". ")[0].removesuffix(".")
    return f"🐦 All is well again, after trouble since {local:%H:%M} on {long_date(local.date())}: {first}."
