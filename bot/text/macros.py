"""Render the macros that pylatexenc does not know, or renders for another purpose than a line in a chat."""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.text.scripts import OPERATOR, SUB_CLOSE, SUB_OPEN, SUP_CLOSE, SUP_OPEN

if TYPE_CHECKING:
    from pylatexenc.macrospec import LatexContextDb

_Render = Callable[[Any, Any], str]

# Their argument is their text.
_TRANSPARENT = (
    "texttt textbf textit textsc textrm textsf textmd textup textsl textnormal text emph mbox hbox fbox underline "
    "uline ul bm boldsymbol pmb ensuremath mathrm mathbf mathit mathsf mathtt mathnormal mathcal mathscr mathfrak "
    "operatorname num hl sout title author"
)
# They change how others look.
_SILENT = (
    "bf it em rm tt sc sf sl bfseries itshape scshape ttfamily rmfamily sffamily upshape mdseries normalfont tiny "
    "scriptsize footnotesize small normalsize large Large LARGE huge Huge displaystyle textstyle scriptstyle "
    "limits nolimits left right big Big bigg Bigg bigl bigr Bigl Bigr xspace noindent centering par maketitle "
    "date protect boldmath unboldmath null relax leavevmode hfill vfill quad qquad newline linebreak newpage item"
)
# References into a text the reader does not see.
_DROPPED = (
    "cite citep citet citealp citeauthor citeyear ref cref Cref eqref autoref label vspace hspace includegraphics"
)
_OPERATORS = (
    "log ln lg exp sin cos tan tanh sinh cosh max min sup inf lim argmax argmin det dim ker arg deg gcd Pr mod bmod"
)
_WORDS = {
    "deg": "°",
    "degree": "°",
    "eg": "e.g.",
    "ie": "i.e.",
    "etc": "etc.",
    "etal": "et al.",
    "textunderscore": "_",
    "textpertenthousand": "‱",
    "textbackslash": "\\",
    "LaTeX": "LaTeX",
    "TeX": "TeX",
    "today": "today",
    "prime": "′",
    "lbrack": "[",
    "rbrack": "]",
    "-": "",
    "/": "",
    ",": " ",
    ";": " ",
    ":": " ",
    "!": "",
    " ": " ",
    "\\": " ",
    "|": "‖",
    "sim": "~",
    "neg": "¬",
    "lnot": "¬",
    "circledR": "®",
    "textgreater": ">",
    "textless": "<",
    "textbar": "|",
    "percent": "%",
    "colon": ":",
    "space": " ",
    "n": " ",
}
_HEX = re.compile(r"\s*(?:x|0x|U\+|\")?([0-9a-fA-F]{2,6})\s*")
_ATOM = re.compile(r"[^\W\d_]|[\d.]+|\(.*\)|\w+")


def convert(piece: str) -> str | None:
    """A short piece of balanced LaTeX as text with marked scripts (`bot.text.scripts`), None if it is unreadable."""
    from pylatexenc.latex2text import LatexNodes2Text
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    parsing, rendering = _contexts()
    try:
        nodes, _, _ = LatexWalker(piece, latex_context=parsing, tolerant_parsing=True).get_latex_nodes()
        return str(LatexNodes2Text(latex_context=rendering, math_mode="text").nodelist_to_text(nodes))
    except (LatexWalkerError, RecursionError, LookupError, ValueError, TypeError, AttributeError):
        # The library promises tolerance but not for every malformed input; what it cannot read is only stripped.
        return None


@functools.cache
def _contexts() -> tuple[LatexContextDb, LatexContextDb]:
    """What pylatexenc should know, for its parser and for its renderer."""
    from pylatexenc import latex2text, latexwalker, macrospec

    # It warns about macros without their arguments, which are authors' business.
    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)
    renders = _renders()
    parsing = latexwalker.get_default_latex_context_db()
    parsing.add_context_category(
        "paperlark",
        prepend=True,
        macros=[macrospec.std_macro(name, arguments) for name, (arguments, _) in renders.items()],
        specials=[
            macrospec.SpecialsSpec(sign, args_parser=macrospec.MacroStandardArgsParser("{")) for sign in _SCRIPTS
        ],
    )
    rendering = latex2text.get_default_latex_context_db()
    rendering.add_context_category(
        "paperlark",
        prepend=True,
        macros=[latex2text.MacroTextSpec(name, simplify_repl=_named(render)) for name, (_, render) in renders.items()],
        specials=[latex2text.SpecialsTextSpec(sign, simplify_repl=_named(render)) for sign, render in _SCRIPTS.items()],
    )
    rendering.set_unknown_macro_spec(latex2text.MacroTextSpec("", simplify_repl=_named(_unknown)))
    return parsing, rendering


def _named(render: _Render) -> Callable[..., str]:
    """Give `render` the parameter name by which pylatexenc hands in the renderer."""

    def simplify(node: Any, l2tobj: Any) -> str:
        return render(node, l2tobj)

    return simplify


def _renders() -> dict[str, tuple[str, _Render]]:
    """For each macro the arguments its parser reads and how it is rendered."""
    renders: dict[str, tuple[str, _Render]] = {name: ("{", _argument(0)) for name in _TRANSPARENT.split()}
    renders |= {name: ("", _constant("")) for name in _SILENT.split()}
    renders |= {name: ("[[{" if name.lower().startswith("cite") else "*[{", _constant("")) for name in _DROPPED.split()}
    renders |= {name: ("", _constant(OPERATOR + name)) for name in _OPERATORS.split()}
    renders |= {name: ("", _constant(word)) for name, word in _WORDS.items()}
    return renders | {
        "frac": ("{{", _fraction),
        "tfrac": ("{{", _fraction),
        "dfrac": ("{{", _fraction),
        "nicefrac": ("{{", _fraction),
        "sqrt": ("[{", _root),
        "textsuperscript": ("{", lambda node, to: SUP_OPEN + to.node_arg_to_text(node, 0) + SUP_CLOSE),
        "textsubscript": ("{", lambda node, to: SUB_OPEN + to.node_arg_to_text(node, 0) + SUB_CLOSE),
        "textcolor": ("[{{", _argument(2)),
        "colorbox": ("{{", _argument(1)),
        "color": ("[{", _constant("")),
        "href": ("{{", _argument(1)),
        "hyperlink": ("{{", _argument(1)),
        "url": ("{", _argument(0)),
        "footnote": ("[{", lambda node, to: f" ({to.node_arg_to_text(node, 1)})"),
        "SI": ("[{{", lambda node, to: f"{to.node_arg_to_text(node, 1)} {to.node_arg_to_text(node, 2)}"),
        "unicode": ("{", _code_point),
    }


def _argument(index: int) -> _Render:
    return lambda node, to: str(to.node_arg_to_text(node, index))


def _constant(text: str) -> _Render:
    return lambda _node, _to: text


def _fraction(node: Any, to: Any) -> str:
    return "/".join(_grouped(to.node_arg_to_text(node, index)) for index in (0, 1))


def _root(node: Any, to: Any) -> str:
    return f"√{_grouped(to.node_arg_to_text(node, 1))}"


def _grouped(text: str) -> str:
    return text if _ATOM.fullmatch(text) else f"({text})"


def _code_point(node: Any, to: Any) -> str:
    r"""MathJax's \unicode{x2014}, which abstracts take over from TeX converted elsewhere."""
    content = to.node_arg_to_text(node, 0)
    number = _HEX.fullmatch(content)
    return chr(int(number[1], 16)) if number and int(number[1], 16) <= 0x10FFFF else content


def _unknown(node: Any, _to: Any) -> str:
    """An unknown macro with an argument only styles it; one without is usually a method's name."""
    end = node.pos + 1 + len(node.macroname)
    following = node.parsing_state.s[end : end + 2]
    if not node.macroname.isalpha() or (following[:1] == "{" and following != "{}"):
        return ""
    return f"{node.macroname}{node.macro_post_space}"


def _script(opened: str, closed: str) -> _Render:
    return lambda node, to: f"{opened}{to.node_arg_to_text(node, 0)}{closed}"


_SCRIPTS: dict[str, _Render] = {"^": _script(SUP_OPEN, SUP_CLOSE), "_": _script(SUB_OPEN, SUB_CLOSE)}
