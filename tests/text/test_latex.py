"""bot.text.latex: LaTeX as readers should see it."""

import gzip
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import one_line, readable

PIECES = [
    *"\\${}^_~%&#[]()|*'` a1",
    "\\\\",
    "\\frac",
    "\\sqrt[",
    "\\textbf{",
    "\\begin{a}",
    "\\end{a}",
    "\\left(",
    "\\'",
    "\\(",
    "\\)",
    "$$",
    "\\unicode{xd800}",
    "\\href{",
    "\\input{/etc/passwd}",
    "\\verb|",
    "\\newcommand{\\x}",
    "\\alpha",
    "\\not",
    "\\footnote{",
    "\ufdd0",
    "\ufde0",
    "\ud800",
    "\u202e",
    "---",
    "x^{y_",
]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"via $\alpha$-$\beta$-Divergence", "via α-β-Divergence"),
        (r"Pietro Li\`o", "Pietro Liò"),
        (r"M{\"u}ller, Br\'{e}zis, {\O}stergaard, \v{S}, \c{c}", "Müller, Brézis, Østergaard, Š, ç"),
        (r"the \textbf{\textit{Hardness-Concentration}} effect", "the Hardness-Concentration effect"),
        (r"{\Lambda}-shaped and {BERT}", "Λ-shaped and BERT"),
        (r"\emph{a} \texttt{b_c} \textsc{d}", "a b_c d"),
    ],
)
def test_letters_and_styles(source, expected):
    assert readable(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("M$^2$AD and CO$_2$", "M²AD and CO₂"),
        (r"A$^\text{T}$A, H$^{\mathbf{3}}$DP, 1$^{st}$, 360$^\circ$", "AᵀA, H³DP, 1ˢᵗ, 360°"),
        (r"$n\geq 2$ and $x \in X$", "n ≥ 2 and x ∈ X"),
        (r"$10^{-3}$ and $x_{i}^{n+1}$", "10⁻³ and xᵢⁿ⁺¹"),
        (r"$D_{\mathrm{KL}}$ and $n^{2/3}$ and $x^{y^{z}}$", "D_KL and n^(2/3) and x^yᶻ"),
        ("R^2 = 0.9 and 10^-117", "R² = 0.9 and 10⁻¹¹⁷"),
        (r"$\mathcal{O}(n\log n)$ in $\mathbb{R}^d$", "O(n log n) in ℝᵈ"),
        (r"$\frac{a}{b+c}$, $\sqrt{x+1}$, $\frac12$", "a/(b+c), √(x+1), 1/2"),
        (r"$50\times$ of $\ell_1 \leq \infty$", "50× of ℓ₁ ≤ ∞"),
        (r"\(x\) and \[y\] and $$z$$", "x and y and z"),
        (r"Think$\unicode{x2014}$but", "Think—but"),
        (r"$\{a, b\}$, $p<0.05$", "{a, b}, p<0.05"),
        (r"FaSTA$^*$ and $\theta^\dagger$", "FaSTA* and θ†"),
    ],
)
def test_formulas(source, expected):
    assert readable(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("at $5 per token", "at $5 per token"),
        ("from $5 to $10", "from $5 to $10"),
        ("$5-$10 for $n$ tokens", "$5-$10 for n tokens"),
        ("it costs $0.07 $0.04", "it costs $0.07 $0.04"),
        (r"\$PINN and 4.89\% of 50%, not a comment", "$PINN and 4.89% of 50%, not a comment"),
        ("AT&T, C#, snake_case, a^b", "AT&T, C#, snake_case, a^b"),
        (r"a \& b \# c \_ d", "a & b # c _ d"),
        ("about ~5 ms (~6) at http://x.org/~me", "about ~5 ms (~6) at http://x.org/~me"),
        ("Fig.~1 of K.~Sun", "Fig. 1 of K. Sun"),
        ("pages 1--2, yes---no, a -- b, --flag", "pages 1–2, yes—no, a – b, --flag"),
        ("``quoted''", "“quoted”"),
    ],
)
def test_what_looks_like_latex_and_is_not(source, expected):
    assert readable(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"we propose \method, which", "we propose method, which"),
        (r"\model{} and \foo{bar}", "model and bar"),
        (r"as in \cite{a_b} shown \citep[p.~3]{x}", "as in shown"),
        (r"see \href{http://x}{here} and \url{http://a/b_c}", "see here and http://a/b_c"),
        (r"\begin{itemize} \item one \item two \end{itemize}", "one two"),
        (r"\textcolor{red}{x}\footnote{y}", "x (y)"),
        (r"\today", "today"),
    ],
)
def test_macros_leave_their_text(source, expected):
    assert readable(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"\emph{never closed", "never closed"),
        ("}} odd {{", "odd"),
        ("a trailing \\", "a trailing"),
        ("$^$ and $x_$", "^ and x_"),
        (r"\frac", "()/()"),
        ("{" * 3000 + "x" + "}" * 3000, "x"),
    ],
)
def test_malformed_latex_still_gives_its_text(source, expected):
    assert readable(source) == expected


def test_no_file_is_read():
    """A file that LaTeX would include is none of ours."""
    assert "root" not in readable(r"\input{/etc/passwd} \include{/etc/passwd}")


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_mixture_of_latex_gives_a_clean_line(source):
    line = readable(source)
    assert line == one_line(line)


@given(st.text(st.characters(), max_size=80))
def test_any_text_gives_a_clean_line(source):
    line = readable(source)
    assert line == one_line(line)


@given(st.text("abc xyz.,:;!?()+=/0123", max_size=60))
def test_text_without_latex_is_only_put_on_one_line(source):
    assert readable(source) == one_line(source)


@pytest.mark.parametrize(
    "unit",
    [
        "$x_i$ ",
        "{",
        "{}",
        "}",
        "$",
        "\\",
        "\\alpha ",
        "\\'e",
        "\\begin{a}",
        "$x^",
        "a~",
        "--",
        "\\(",
        "{a ",
        "\\textbf{w} word ",
    ],
)
def test_long_texts_of_latex_end(unit):
    """Two megabytes of the worst kinds for the balancing of braces, and abstracts far beyond 50,000 characters."""
    for length in (50_000, 2_000_000 if unit in {"{", "\\"} else 300_000):
        assert isinstance(readable(unit * (length // len(unit))), str)


def test_real_titles_come_out_without_mark_up():
    """Of the real titles with LaTeX, next to none keeps a backslash, a brace or a formula's dollar sign."""
    path = Path(__file__).resolve().parents[3] / "shared" / "data" / "replay" / "papers.jsonl.gz"
    if not path.exists():
        pytest.skip(f"the real papers are not at {path}")
    with gzip.open(path, "rt", encoding="utf-8") as papers:
        titles = [title for line in papers if re.search(r"[\\$]", title := json.loads(line)["title"])]
    marked = [title for title in titles if re.search(r"[\\{}]|\$(?!PINN)", readable(title))]
    assert len(titles) > 100
    assert marked == []
