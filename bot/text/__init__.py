"""Make text from outside readable: LaTeX, control characters, length, names of people.

Everything here is pure, never fails on any string, and takes time about linear in its length. Escaping for a platform
is the platform's own work.
"""

from __future__ import annotations

from bot.text.clean import cut, one_line, whole
from bot.text.latex import readable
from bot.text.lines import clean_lines, split_at_addresses, units
from bot.text.names import author_line, short_name

__all__ = [
    "author_line",
    "clean_lines",
    "cut",
    "one_line",
    "readable",
    "short_name",
    "split_at_addresses",
    "units",
    "whole",
]
