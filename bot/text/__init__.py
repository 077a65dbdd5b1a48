"""Make text from outside readable: LaTeX, control characters, length, words.

Everything here is pure, never fails on any string, and takes time about linear in its length. Escaping for a platform
is the platform's own work.
"""

from __future__ import annotations

from bot.text.clean import cut, one_line, whole
from bot.text.latex import readable
from bot.text.lines import clean_lines, split_at_addresses, units
from bot.text.model_words import model_words, names_address
from bot.text.words import counted, folded, folded_words, plural, without_accents

__all__ = [
    "clean_lines",
    "counted",
    "cut",
    "folded",
    "folded_words",
    "model_words",
    "names_address",
    "one_line",
    "plural",
    "readable",
    "split_at_addresses",
    "units",
    "whole",
    "without_accents",
]
