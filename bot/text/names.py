"""Names of people, short enough for a line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.text.latex import readable

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
    others = f"{rest} other{'s' if rest > 1 else ''}" if shown else f"{rest} author{'s' if rest > 1 else ''}"
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
