"""Tell lists of people from other words, and part them into names."""

from __future__ import annotations

import re

from bot.digest_file.escapes import split_authors
from bot.library.inline import stripped

_PARTICLES = frozenset(
    {
        "de",
        "van",
        "von",
        "der",
        "den",
        "la",
        "le",
        "di",
        "da",
        "del",
        "della",
        "dos",
        "du",
        "el",
        "al",
        "bin",
        "ten",
        "y",
        "e",
    }
)
_MOST_AUTHORS = 3000
_OTHERS = re.compile(r"(?:and )?(?:\d+ )?others?", re.IGNORECASE)
_SAYS_AUTHORS = re.compile(r"^(?:by|authors?\s?:|作者\s?[:：])\s*", re.IGNORECASE)
_DOTTED = ("Jr.", "Sr.", "al.")


def names(text: str) -> tuple[str, ...]:
    """The names in a list of authors."""
    text = _SAYS_AUTHORS.sub("", text).replace(" and ", ", ").replace(" & ", ", ")
    found = (_name(part) for part in split_authors(text[:_MOST_AUTHORS]))
    return tuple(name for name in found if name and not _OTHERS.fullmatch(name))


def _name(text: str) -> str:
    name = stripped(text)
    return name if name.endswith(_DOTTED) else name.rstrip(".")


def looks_like_names(text: str) -> bool:
    """Whether a text is a list of people rather than a sentence."""
    bare = re.sub(r"\s+et\s?\.?\s?al\.?$", "", text.strip(" .*_"), flags=re.IGNORECASE)
    parts = [part.strip() for part in re.split(r",|;|\band\b|&|、", bare) if part.strip()]
    if len(text) > _MOST_AUTHORS or not parts:
        return False
    if len(parts) == 1:
        return bare != text.strip(" .*_") and len(parts[0].split()) <= 3
    named = [part for part in parts if 1 <= len(part.split()) <= 5 and _is_capitalised(part)]
    return len(named) >= len(parts) - 1 and any(len(part.split()) > 1 for part in named)


def _is_capitalised(text: str) -> bool:
    """Whether every word of a text begins with a capital, as names do, but for particles."""
    words = text.split()
    return (
        ":" not in text
        and text[:1].isupper()
        and all(word[:1].isupper() or not word[:1].isalpha() or word in _PARTICLES for word in words)
    )


def are_whole_names(text: str) -> bool:
    """Whether every part of a text could be a person's given and family name."""
    parts = [part.split() for part in re.split(r", and |,| and |&", text.strip(" .")) if part.strip()]
    return bool(parts) and all(2 <= len(part) <= 4 and all(word[:1].isupper() for word in part) for part in parts[:-1])


def is_a_name(text: str) -> bool:
    """Tell whether a text could be one person's name."""
    words = text.strip(" .").split()
    return 2 <= len(words) <= 3 and all(word[:1].isupper() and ":" not in word for word in words)
