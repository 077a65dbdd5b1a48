"""Write superscripts, subscripts and styled letters in Unicode."""

from __future__ import annotations

import re
import unicodedata

# Noncharacters that stand around a superscript or subscript and before a named operator, until both are drawn.
SUP_OPEN, SUP_CLOSE, SUB_OPEN, SUB_CLOSE, OPERATOR = "\ufde0", "\ufde1", "\ufde2", "\ufde3", "\ufde4"

_SUP = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδθϕφχ⊤∘",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᶿᵠᵠᵡᵀ°",
        strict=True,
    )
)
_SUB = dict(zip("0123456789+-−=()aehijklmnoprstuvxβγρφϕχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵩᵪ", strict=True))
# These stand as high as a superscript already.
_RAISED = frozenset("*′″'†‡°¬®™⋆∗")
_LONGEST_WORD = 3

_SCRIPT = re.compile(
    f"{SUP_OPEN}([^{SUP_OPEN}{SUP_CLOSE}{SUB_OPEN}{SUB_CLOSE}]*){SUP_CLOSE}"
    f"|{SUB_OPEN}([^{SUP_OPEN}{SUP_CLOSE}{SUB_OPEN}{SUB_CLOSE}]*){SUB_CLOSE}"
)
_DEEPEST = 16
_OPERATOR_AFTER = re.compile(rf"(?<=[\w)\]}}]){OPERATOR}")
_RELATION = re.compile(r"(?<=[^\s(\[{]) ?([≤≥≈≠≡∈∉⊂⊆∝⇒⇔↦]) ?(?=[^\s)\]}])")
_STYLED = re.compile("[\U0001d400-\U0001d7ff]+")
_SIMPLE = re.compile(r"[\w.′']*|.")
_POWER = re.compile(r"(?<=[\w)\]])\^([-−]?\d+)")


def plain_math(text: str) -> str:
    """The text with its marked scripts drawn and styled letters plain.

    A script Unicode cannot draw is written as in "x^(n/2)" or "D_KL".
    """
    text = _STYLED.sub(lambda letters: unicodedata.normalize("NFKC", letters[0]), text)
    for _ in range(_DEEPEST):
        drawn = _SCRIPT.sub(_draw, text)
        if drawn == text:
            break
        text = drawn
    return _RELATION.sub(r" \1 ", _OPERATOR_AFTER.sub(" ", text)).translate(_NO_MARKS)


def with_powers(text: str) -> str:
    """The text with powers outside of formulas drawn: "R^2" is "R²"."""
    return _POWER.sub(lambda power: power[1].translate(_SUP_DIGITS), text)


_SUP_DIGITS = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
_NO_MARKS = {ord(mark): None for mark in (SUP_OPEN, SUP_CLOSE, SUB_OPEN, SUB_CLOSE, OPERATOR)}


def _draw(script: re.Match[str]) -> str:
    is_raised = script[1] is not None
    content = (script[1] if is_raised else script[2]).strip()
    if is_raised and content and set(content) <= _RAISED:
        return content
    table = _SUP if is_raised else _SUB
    bare = content.replace(" ", "")
    # Digits and signs can be read at any length, letters only in twos or threes.
    short_enough = len(bare) <= _LONGEST_WORD or not any(char.isalpha() for char in bare)
    if short_enough and all(char in table for char in bare):
        return "".join(table[char] for char in bare)
    mark = "^" if is_raised else "_"
    return f"{mark}{content}" if _SIMPLE.fullmatch(content) else f"{mark}({content})"
