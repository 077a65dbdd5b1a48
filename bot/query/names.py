"""Whether a name as typed is an author's name as printed."""

from __future__ import annotations

import unicodedata


def is_author(wanted: str, name: str) -> bool:
    """Whether every part of `wanted` is a part of `name`, whole or as an initial; one part must be whole.

    Case, accents, order and punctuation do not matter: "hashimoto", "T. Hashimoto" and "Hashimoto, Tatsunori" are all
    Tatsunori B. Hashimoto.
    """
    asked, parts = _parts(wanted), _parts(name)
    if not asked or not any(len(part) > 1 and part in parts for part in asked):
        return False
    left = list(parts)
    for part in sorted(asked, key=len, reverse=True):
        match = next((other for other in left if _fits(part, other)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _fits(part: str, other: str) -> bool:
    initial = len(part) == 1 or len(other) == 1
    return part == other or (initial and part[0] == other[0])


def _parts(name: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in bare).split()
