"""The search language of arXiv's API, read as Lucene's classic parser reads it.

That parser has no precedence: AND makes both neighbours compulsory, and what only OR joins becomes optional beside
them. `cat:A OR cat:B AND submittedDate:[…]` therefore means "must be B and in the span; A is welcome": parentheses are needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from tests.loopback.arxiv.papers import StoredPaper

Matches = Callable[[StoredPaper], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))|(?P<operator>ANDNOT|AND|OR)(?=[\s()]|$)"
    r"|(?:(?P<field>[A-Za-z]+):)?(?:\[(?P<span>[^\]]*)\]|\"(?P<phrase>[^\"]*)\"|(?P<word>[^\s()\"\[\]]+)))"
)
_SPAN = re.compile(r"\s*(\d{8}(?:\d{2}){0,3}|\*)\s+TO\s+(\d{8}(?:\d{2}){0,3}|\*)\s*")


class BadQuery(ValueError):
    """The search query cannot be read."""


def parse_query(text: str) -> Matches:
    """The test a paper must pass.

    Raises:
        BadQuery: the text is not in the search language.
    """
    tokens = _tokens(text)
    matches, end = _clauses(tokens, 0)
    if end != len(tokens):
        raise BadQuery("unbalanced )")
    return matches


def _tokens(text: str) -> list[re.Match[str]]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise BadQuery(f"malformed query at {text[at : at + 20]!r}")
        tokens.append(match)
        at = match.end()
    return tokens


def _clauses(tokens: list[re.Match[str]], at: int) -> tuple[Matches, int]:
    """Clauses up to the closing parenthesis, each "must", "should" or "not"."""
    clauses: list[tuple[str, Matches]] = []
    operator = "OR"
    while at < len(tokens) and not tokens[at]["close"]:
        token = tokens[at]
        if token["operator"]:
            operator = token["operator"]
            if not clauses:
                raise BadQuery(f"{operator} needs something before it")
            at += 1
            continue
        if token["open"]:
            matches, at = _clauses(tokens, at + 1)
            if at >= len(tokens):
                raise BadQuery("unbalanced (")
        else:
            matches = _term(token)
        if operator in {"AND", "ANDNOT"} and clauses[-1][0] == "should":
            clauses[-1] = ("must", clauses[-1][1])
        clauses.append(({"AND": "must", "ANDNOT": "not", "OR": "should"}[operator], matches))
        operator = "OR"
        at += 1
    if not clauses:
        raise BadQuery("nothing to search for")
    return _combined(clauses), at


def _combined(clauses: list[tuple[str, Matches]]) -> Matches:
    must = [matches for kind, matches in clauses if kind == "must"]
    should = [matches for kind, matches in clauses if kind == "should"]
    never = [matches for kind, matches in clauses if kind == "not"]

    def matches(paper: StoredPaper) -> bool:
        if any(clause(paper) for clause in never) or not all(clause(paper) for clause in must):
            return False
        return bool(must) or any(clause(paper) for clause in should)

    return matches


def _term(token: re.Match[str]) -> Matches:
    field = token["field"] or "all"
    if token["span"] is not None:
        return _span(field, token["span"])
    wanted = (token["phrase"] if token["phrase"] is not None else token["word"]).lower()
    if field == "cat":
        return _category(wanted)
    readers: dict[str, Callable[[StoredPaper], str]] = {
        "ti": lambda paper: paper.title,
        "abs": lambda paper: paper.abstract,
        "au": lambda paper: " ; ".join(paper.authors),
        "co": lambda paper: paper.comment or "",
        "id": lambda paper: paper.arxiv_id,
        "all": lambda paper: " ; ".join([paper.title, paper.abstract, *paper.authors, *paper.categories]),
    }
    if field not in readers:
        raise BadQuery(f"unknown field {field}")
    words = [re.escape(word) for word in wanted.replace("_", " ").split()]
    pattern = re.compile(r"\b" + r"\W+".join(words) + r"\b", re.IGNORECASE)
    return lambda paper: pattern.search(readers[field](paper)) is not None


def _category(wanted: str) -> Matches:
    if wanted.endswith("*"):
        prefix = wanted[:-1]
        return lambda paper: any(category.lower().startswith(prefix) for category in paper.categories)
    return lambda paper: any(category.lower() == wanted for category in paper.categories)


def _span(field: str, text: str) -> Matches:
    match = _SPAN.fullmatch(text)
    if field not in {"submittedDate", "lastUpdatedDate"} or not match:
        raise BadQuery(f"malformed date range {field}:[{text}]")
    first, last = _stamp(match[1], "0"), _stamp(match[2], "9")

    def matches(paper: StoredPaper) -> bool:
        moment = paper.published_at if field == "submittedDate" else paper.updated_at
        return first <= f"{moment:%Y%m%d%H%M%S}" <= last

    return matches


def _stamp(text: str, fill: str) -> str:
    """A comparable stamp: a missing minute or second is the first or the last one."""
    if text == "*":
        return fill * 14
    try:
        datetime.strptime(text[:8], "%Y%m%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise BadQuery(f"malformed date {text}") from error
    return text.ljust(14, fill)
