"""Read people's names: whether two spellings are one person, and a name short enough for a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.text import counted, folded, folded_words, readable

# Affiliations stand in parentheses, sometimes nested; an innermost pair goes at a time.
_PARENTHESES = re.compile(r"\s*\([^()]*\)")
_DEEPEST = 4
_LONGEST = 300

_COLLECTIVE = re.compile(
    r"\b(collaborations?|team|group|consortium|project|organi[sz]ation|institute|university|labs?|network|et al)\b",
    re.IGNORECASE,
)
_PARTICLES = (
    "af al ap ben bin da dal das de degli dei del della den der des di do dos du e el et ibn la las le lo los mac "
    "ten ter van vom von y zu zum zur st st. san santa 't"
)
_PARTICLE_SET = frozenset(_PARTICLES.split())
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|ph\.?d)\.?", re.IGNORECASE)
# Scripts whose names are written whole: Chinese, Japanese, Korean.
_EAST_ASIAN = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")


def is_author(wanted: str, name: str) -> bool:
    """Tell whether a name as typed is an author's name as printed.

    Every part of `wanted` has to be a part of `name`, whole or as an initial, and one of them whole. Case, accents,
    order and punctuation do not matter: "hashimoto", "T. Hashimoto" and "Hashimoto, Tatsunori" are all Tatsunori B.
    Hashimoto. An initial more than is printed does no harm: "T. B. Hashimoto" is Tatsunori Hashimoto too.
    """
    asked, left = _parts(wanted), list(_parts(name))
    if not any(len(part) > 1 and part in left for part in asked):
        return False
    matched, surplus = 0, []
    for part in sorted(asked, key=len, reverse=True):
        match = next((other for other in left if _fits(part, other)), None)
        if match is not None:
            left.remove(match)
            matched += 1
        elif len(part) > 1:
            return False
        else:
            surplus.append(part)
    return not surplus or (not left and matched > 1)


def person_key(name: str) -> str:
    """Write a name so that it is equal for "Lovelace, Ada", "ada lovelace" and "Ada LOVELACE"."""
    return " ".join(sorted(_parts(name)))


@lru_cache(maxsize=100_000)
def author_key(name: str) -> str:
    """Write a printed name as the ranking compares it: no case, accents or doubled spaces."""
    return " ".join(folded(name).split())


def author_line(authors: Sequence[str], most: int = 4) -> str:
    """The first `most` authors with initials, and how many more there are: "C. Zhou, Q. Qiao and 37 others".

    Empty names are left out; without any name the line is empty.
    """
    named = [author for author in authors if author.strip()]
    shown = [name for author in named[:most] if (name := short_name(author))]
    rest = len(named) - len(named[:most])
    line = ", ".join(shown)
    if not rest:
        return line
    others = counted(rest, "other" if shown else "author")
    return f"{line} and {others}" if line else others


def short_name(name: str) -> str:
    r"""A person's name with given names as initials: "Pietro Li\`o (MIT)" is "P. Liò".

    Affiliations in parentheses are dropped. Single names, Chinese, Japanese and Korean names and collaborations stay
    whole.
    """
    plain = _without_affiliation(readable(name[:_LONGEST]))
    words = plain.split()
    if len(words) < 2 or _EAST_ASIAN.search(plain) or _COLLECTIVE.search(plain):
        return plain
    if words[0].endswith(","):  # "Zhou, Changhai"
        words = [*words[1:], words[0].rstrip(",")]
    family = _family_from(words)
    return " ".join([*(_initial(word) for word in words[:family]), *words[family:]])


def _without_affiliation(name: str) -> str:
    whole = name
    for _ in range(_DEEPEST):
        shorter = _PARENTHESES.sub(" ", name)
        if shorter == name:
            break
        name = shorter
    name = " ".join(name.split("(")[0].split()) or whole
    return name.strip(" ,;")


def _family_from(words: list[str]) -> int:
    """The index where the family name begins: its particles and a suffix such as "Jr." belong to it."""
    last = len(words) - 1
    while last > 1 and _SUFFIX.fullmatch(words[last]):
        last -= 1
    while last > 1 and words[last - 1].lower() in _PARTICLE_SET:
        last -= 1
    return last


def _initial(word: str) -> str:
    """Initials of one given name: "Kwang-Ting" becomes "K.-T."; what is an initial already, or no letter, stays."""
    if word.endswith(".") or not word[:1].isalpha():
        return word
    return "-".join(f"{part[0]}." for part in word.split("-") if part)


@lru_cache(maxsize=100_000)
def _parts(name: str) -> tuple[str, ...]:
    return tuple(folded_words(readable(name[:_LONGEST])))


def _fits(part: str, other: str) -> bool:
    initial = len(part) == 1 or len(other) == 1
    return part == other or (initial and part[0] == other[0])
