r"""Read LaTeX, as arXiv's authors write it, as Unicode: "$\alpha$-$\beta$" is "α-β", "Li\`o" is "Liò".

pylatexenc knows the macros. Around it stands what arXiv needs: prices are no mathematics, a percent sign is no
comment, and whatever is unbalanced, deep or long still comes out as text in bounded time.
"""

from __future__ import annotations

import re

from bot.text.clean import one_line
from bot.text.macros import convert
from bot.text.scripts import plain_math, with_powers

# Only the vicinity of LaTeX is given to pylatexenc (about 5 µs a character), and no more of it than this in one text.
_MOST_LATEX = 100_000
_LONGEST_PIECE = 4_000
_LONGEST_MATH = 2_000
_DEEPEST = 15

_HAS_LATEX = re.compile(r"[\\${}~]|--|``")
_NEEDS_CONVERSION = re.compile(r"[\\${}]")
_TOKENS = re.compile(
    r"\\(?:begin|end)\s?\{[^{}\\$]{0,40}\}(?:\[[^\[\]]{0,40}\])?|\\(?:[a-zA-Z]+\*?|.)|[${}]|[^\\${}]+|\\"
)
_IS_MATHEMATICAL = re.compile(r"[\\^_{}]")
_WORD = re.compile(r"\b[a-z]{3,}\b")
_DISPLAY = re.compile(r"(?<![^\s(])\$\$([^$]+)\$\$(?![\w$])")

# Characters that mean something to LaTeX but are meant literally here are hidden from it behind noncharacters, which
# `one_line` has removed from the input.
_LITERAL = "$_^&#%~"
_HIDDEN = {char: chr(0xFDD0 + index) for index, char in enumerate(_LITERAL)}
_SHOW = {ord(hidden): char for char, hidden in _HIDDEN.items()}
_HIDE = str.maketrans(_HIDDEN)
# What pylatexenc's parser would misread inside a formula: "^\\text{T}", a script without content, a macro that wants
# more.
_UNGROUPED = re.compile(r"([\^_]) ?(\\[a-zA-Z]+)(\{[^{}]*\})")
_EMPTY_SCRIPT = re.compile(r"[\^_](?= ?(?:[}^_]|$))")
_OPEN_MACRO = re.compile(r"\\[a-zA-Z]+ ?$")
_HIDE_IN_MATH = str.maketrans({char: _HIDDEN[char] for char in "$&#%"})
_ESCAPED = {f"\\{char}": _HIDDEN[char] for char in "$_&#%"}

# "--flag" keeps its dashes; "Fig.~1" has a space where "costs ~1 s" has a tilde.
_EM_DASH = re.compile(r"(?<=[^\s-])---(?!-)|(?<!-)---(?=\s)")
_EN_DASH = re.compile(r"(?<=[^\s-])--(?!-)|(?<!-)--(?=\s)")
_TIE = re.compile(r"(?<=[^\s(\[/\\~])~(?=[^\s~])")


def readable(text: str) -> str:
    """The text with its LaTeX as Unicode, as one clean line (see `one_line`). Never fails.

    A dollar sign that opens no formula is a dollar sign. Macros nobody knows leave their name or their argument. Beyond
    100,000 characters of LaTeX in one text the rest only loses its mark-up.
    """
    text = one_line(text)
    if not _HAS_LATEX.search(text):
        return with_powers(text)
    pieces = _pieces(_balanced(_marked(_TOKENS.findall(_typeset(text)))))
    return one_line(with_powers(plain_math("".join(_converted(pieces))).translate(_SHOW)))


def _typeset(text: str) -> str:
    """Ties, dashes, double quotation marks and displayed formulas, which need no parsing."""
    text = _DISPLAY.sub(r"$\1$", text)
    text = _EN_DASH.sub("–", _EM_DASH.sub("—", _TIE.sub(" ", text)))
    return text.replace("``", "“").replace("''", "”") if "``" in text else text


def _marked(parts: list[str]) -> list[tuple[str, bool]]:
    """Each part of the text with whether it is a whole formula, `$…$`; every other dollar sign is hidden."""
    marked: list[tuple[str, bool]] = []
    index = 0
    while index < len(parts):
        part = parts[index]
        end = _formula_end(parts, index) if part in _CLOSER else None
        if end is None:
            marked.append((_outside(part), False))
            index += 1
        else:
            marked.append((_formula("".join(parts[index + 1 : end])), True))
            index = end + 1
    return marked


_CLOSER = {"$": "$", r"\(": r"\)", r"\[": r"\]"}


def _formula_end(parts: list[str], start: int) -> int | None:
    """The index of the part that closes the formula opened at `start`, None if it opens none."""
    length = 0
    for index in range(start + 1, len(parts)):
        if parts[index] == _CLOSER[parts[start]]:
            inner = "".join(parts[start + 1 : index])
            after = parts[index + 1][0] if index + 1 < len(parts) else ""
            return index if parts[start].startswith("\\") or _is_formula(inner, after) else None
        length += len(parts[index])
        if length > _LONGEST_MATH or parts[index] in _CLOSER:
            return None
    return None


def _is_formula(inner: str, after: str) -> bool:
    """Whether what stands between two dollar signs is mathematics rather than two prices."""
    if not inner.strip():
        return False
    if _IS_MATHEMATICAL.search(inner):
        return True
    if inner[0].isspace() or inner[-1].isspace():
        return False
    return not inner[0].isdigit() or not (after.isdigit() or _WORD.search(inner))


def _formula(inner: str) -> str:
    parts = [(_ESCAPED.get(part, part), False) for part in _TOKENS.findall(inner)]
    balanced = "".join(part for part, _ in _balanced(parts))
    balanced = _UNGROUPED.sub(r"\1{\2\3}", _EMPTY_SCRIPT.sub(lambda sign: _HIDDEN[sign[0]], balanced))
    if _OPEN_MACRO.search(balanced):
        balanced += " {}{}"
    return f"${balanced.translate(_HIDE_IN_MATH)}$"


def _outside(part: str) -> str:
    """A part of running text: environments vanish, special characters become literal."""
    if part.startswith((r"\begin", r"\end")) and part.endswith(("}", "]")):
        return " "
    if part[0] == "\\":
        return _ESCAPED.get(part, part) if part != "\\" else ""
    return part.translate(_HIDE)


def _balanced(parts: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The parts without braces that close or open nothing, and without those nested too deeply."""
    kept = list(parts)
    opened: list[int] = []
    for index, (part, _) in enumerate(parts):
        if part == "{":
            opened.append(index)
        elif part == "}" and opened:
            start = opened.pop()
            if len(opened) >= _DEEPEST:
                kept[start], kept[index] = _gap(parts, start), _gap(parts, index)
        elif part == "}":
            kept[index] = _gap(parts, index)
    for index in opened:
        kept[index] = _gap(parts, index)
    return kept


def _gap(parts: list[tuple[str, bool]], index: int) -> tuple[str, bool]:
    """What stands in a brace's place: a space where a macro's name would run into what follows."""
    return (" " if index and _OPEN_MACRO.search(parts[index - 1][0]) else "", False)


def _pieces(parts: list[tuple[str, bool]]) -> list[str]:
    """The text in pieces that can be converted one by one: no macro is parted from its argument, no group is opened."""
    pieces: list[str] = []
    piece: list[str] = []
    depth = 0
    for part, is_formula in parts:
        depth += (part == "{") - (part == "}")
        is_option = part.startswith("[") and bool(piece) and bool(_OPEN_MACRO.search(piece[-1]))
        end = 0 if depth or is_formula or is_option else _first_word(part)
        if not end:
            piece.append(part)
            continue
        pieces += ["".join([*piece, part[:end]]), part[end:]]
        piece = []
    return [*pieces, "".join(piece)]


def _first_word(part: str) -> int:
    """Where the first word of running text ends, so that a macro before it cannot reach further; 0 if it has none."""
    if not part or part[0] in "\\{}":
        return 0
    start = len(part) - len(part.lstrip())
    end = part.find(" ", start)
    return end if end > start else 0


def _converted(pieces: list[str]) -> list[str]:
    converted: list[str] = []
    room = _MOST_LATEX
    for piece in pieces:
        if not _NEEDS_CONVERSION.search(piece):
            converted.append(piece)
        elif len(piece) <= min(room, _LONGEST_PIECE) and (result := convert(piece)) is not None:
            converted.append(result)
            room -= len(piece)
        else:
            converted.append(_stripped(piece))
    return converted


_MACRO = re.compile(r"\\(?:([^a-zA-Z\s])|[a-zA-Z]+\*?\s?|\s?)")


def _stripped(piece: str) -> str:
    """What is left when mark-up is taken away without understanding it."""
    return _MACRO.sub(lambda macro: macro[1] or "", piece).translate({ord(char): None for char in "${}"})
