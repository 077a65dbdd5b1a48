"""Write papers as BibTeX entries that LaTeX can set.

What arXiv gives is LaTeX already, more or less: formulas and accents stay, what would stop LaTeX or mean something else
to it (a bare %, & or _, letters beyond ASCII, a lost brace or dollar sign) is written so that it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from bot.models import Paper
from bot.text import one_line

_FORMULA = re.compile(r"\\\(.{1,2000}?\\\)|(?<!\\)\$(?:[^$\\]|\\.){1,2000}\$")
_MACRO_OR_SPECIAL = re.compile(r"\\(?P<name>[A-Za-z]+)(?P<taken>\{[^{}]{0,200}\})?|\\.|(?P<bare>[#$%&_^~])")
_TEXT_MACROS = frozenset({
    "L", "l", "O", "o", "AE", "ae", "OE", "oe", "ss", "aa", "AA", "i", "j", "c", "v", "u", "H", "k", "b", "d", "r", "t",
    "dots", "ldots", "S", "P", "DH", "dh", "DJ", "dj", "TH", "th", "NG", "ng", "emph", "url", "href", "bf", "it", "em",
    "rm", "tt", "sc", "sf", "sl", "mbox", "underline", "ensuremath", "lbrace", "rbrace", "relax", "copyright", "pounds",
    "dag", "ddag", "TeX", "LaTeX", "newline",
})  # fmt: skip
_WORDED = {"^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
_BARE_IN_FORMULA = re.compile(r"\\.|(?P<bare>[#%&])")
_ESCAPED = re.compile(r"\\(.)")
# To some readers the second backslash of a line break escapes the brace behind it.
_BREAK_AT_BRACE = re.compile(r"(?P<whole>\\\\)(?=[{}])|\\.")
_AND = re.compile(r"\band\b", re.IGNORECASE)
# BibTeX counts escaped braces too, so that they are written as words; until then they hide behind noncharacters.
_LEFT, _RIGHT = "\ufdd0", "\ufdd1"
_TEXT_BRACES = {ord(_LEFT): r"\textbraceleft{}", ord(_RIGHT): r"\textbraceright{}"}
_FORMULA_BRACES = {ord(_LEFT): r"\lbrace{}", ord(_RIGHT): r"\rbrace{}"}


def bibtex(paper: Paper) -> str:
    """The entry arXiv's readers expect: @misc with eprint, archivePrefix and primaryClass, its key made of the id."""
    fields = {
        "title": f"{{{latex(paper.title)}}}" if paper.title.strip() else "",  # the braces keep its capitals
        "author": " and ".join(name for author in paper.authors if (name := _name(author))),
        "year": str(paper.published_at.year),
        "eprint": paper.arxiv_id,
        "archivePrefix": "arXiv",
        "primaryClass": paper.primary_category,
        "url": paper.abs_url,
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{arXiv:{paper.arxiv_id},\n{lines}\n}}"


def bibtex_file(papers: Sequence[Paper]) -> str:
    """A library of these papers in their order, each once; empty for none."""
    entries = {paper.arxiv_id: bibtex(paper) for paper in papers}
    return "".join(f"{entry}\n\n" for entry in entries.values()).removesuffix("\n")


def latex(text: str) -> str:
    """A text, perhaps with LaTeX in it, as LaTeX in ASCII as far as letters have a macro; its braces match."""
    text = one_line(text).rstrip("\\")  # it would hide the brace that closes the field
    text = _balanced(_ESCAPED.sub(_without_braces, text))
    written: list[str] = []
    index = 0
    for formula in _FORMULA.finditer(text):
        written += [_running(text[index : formula.start()]), _formula(formula[0])]
        index = formula.end()
    whole = "".join([*written, _running(text[index:])])
    return _balanced(_BREAK_AT_BRACE.sub(lambda found: f"{found[0]} " if found["whole"] else found[0], whole))


def _without_braces(pair: re.Match[str]) -> str:
    """An escaped brace behind its stand-in; no macro begins with a letter beyond ASCII, which stays alone."""
    char = pair[1]
    return {"{": _LEFT, "}": _RIGHT}.get(char, pair[0] if char.isascii() else char)


def _name(author: str) -> str:
    """A name as BibTeX has to see it: one that it would part or turn around is held together by braces."""
    name = latex(author)
    return f"{{{name}}}" if _AND.search(name) or "," in name else name


def _running(text: str) -> str:
    """Text outside of formulas: macros stay, characters that mean something to LaTeX are shown."""
    return _encoded(_MACRO_OR_SPECIAL.sub(_shown, text).translate(_TEXT_BRACES))


def _known(macro: str, name: str, taken: str) -> str:
    """A macro that LaTeX knows in running text; one of formulas as a formula, an unknown one as its name."""
    if name in _TEXT_MACROS or name.startswith("text"):
        return f"\\{name}{_MACRO_OR_SPECIAL.sub(_shown, taken)}"
    shown = _formulas().get_macro_spec(name)
    if shown is None:
        return rf"\textbackslash{{}}{name}{_MACRO_OR_SPECIAL.sub(_shown, taken)}"
    takes_some = not isinstance(shown.simplify_repl, str) or "%" in shown.simplify_repl
    return (
        rf"\ensuremath{{{macro}}}" if takes_some else rf"\ensuremath{{\{name}}}{_MACRO_OR_SPECIAL.sub(_shown, taken)}"
    )


def _shown(found: re.Match[str]) -> str:
    """A macro, or a character that means something to LaTeX, as it may stand in running text."""
    if bare := found["bare"]:
        return _WORDED.get(bare, f"\\{bare}")
    return _known(found[0], found["name"], found["taken"] or "") if found["name"] else found[0]


@cache
def _formulas() -> Any:
    from pylatexenc.latex2text import get_default_latex_context_db

    return get_default_latex_context_db()


def _formula(text: str) -> str:
    escaped = _BARE_IN_FORMULA.sub(lambda found: f"\\{found['bare']}" if found["bare"] else found[0], text)
    return _encoded(escaped.translate(_FORMULA_BRACES))


def _encoded(text: str) -> str:
    """The text with letters beyond ASCII as macros; those without one, such as Chinese, stay."""
    if text.isascii():
        return text
    encoded: str = _encoder().unicode_to_latex(text)
    return encoded


@cache
def _encoder() -> Any:
    from pylatexenc.latexencode import UnicodeToLatexEncoder

    return UnicodeToLatexEncoder(
        non_ascii_only=True,
        replacement_latex_protection="braces-all",
        unknown_char_policy="keep",
        unknown_char_warning=False,
    )


def _balanced(text: str) -> str:
    """The text with its braces if they match, else without: a lost one would swallow the rest of the file."""
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            break
    return text if depth == 0 else text.replace("{", "").replace("}", "")
