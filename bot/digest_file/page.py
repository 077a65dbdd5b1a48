"""The words and lines of the Markdown form that its writer and its reader share."""

from __future__ import annotations

import re
from datetime import date

PROMPT_HEADING = "# Paper Selection Prompt"
CONTENTS_HEADING = "**Table of contents with paper titles:**"
FALLBACK_LINE = "**Scored by:** local scorer in place of the model"

_USD = re.compile(r"\$(\d[\d,]{0,15}(?:\.\d{1,12})?(?:e-\d{1,2})?)")
_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def read_date(text: str) -> date | None:
    """A date as 2025-05-08, 5/8/2025 or 05/08/2025 anywhere in a text, None if there is none that exists."""
    if iso := _ISO_DATE.search(text):
        year, month, day = map(int, iso.groups())
    elif us := _US_DATE.search(text):
        month, day, year = map(int, us.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_usd(text: str) -> float | None:
    """A cost such as "$0.1", None for "unknown" or anything else."""
    amount = _USD.fullmatch(text.strip())
    return float(amount[1].replace(",", "")) if amount else None


def usd(cost: float | None) -> str:
    """A cost as its readers know it: rounded to cents without a trailing zero; never $0 for an unknown one."""
    return "unknown" if cost is None else f"${round(cost, 2)}"
