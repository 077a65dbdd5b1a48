"""Read where a paper was accepted and where its code is from arXiv's comment field and abstract.

Both are free text. Only what is plain is taken: a paper that was submitted somewhere, or is under review, is not
published there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from bot.models import Paper
from bot.text import cut, one_line, readable

_LONGEST_NOTE = 60
_MOST_LINKS = 4
_LONGEST_URL = 300

_VENUES = (
    "AAAI|ACL|ACM MM|AAMAS|AISTATS|ALT|ASPLOS|BMVC|CAV|CCS|CHI|CIKM|COLING|COLM|COLT|CoNLL|CoRL|CVPR|DAC|EACL|ECAI|"
    "ECCV|ECIR|ECML|EMNLP|FAccT|FOCS|HPCA|ICASSP|ICCV|ICDE|ICDM|ICLR|ICML|ICRA|ICSE|IJCAI|IJCNLP|INTERSPEECH|"
    "Interspeech|IROS|ISCA|ISSTA|JMLR|KDD|LREC|LREC-COLING|MICCAI|MICRO|MLSys|NAACL|NDSS|NeurIPS|NIPS|NSDI|OOPSLA|OSDI|"
    "PLDI|POPL|RecSys|RSS|SaTML|SC|SIGGRAPH|SIGIR|SIGMOD|SODA|SOSP|STOC|TACL|TMLR|TPAMI|UAI|UbiComp|USENIX Security|"
    "VLDB|WACV|WSDM|WWW"
)
_YEAR = r"(?:[ ,:_-]{0,2}|\s?['’`])(?P<year>20\d\d|(?<=['’`])\d\d)(?!\d)"
_PART = r"(?P<part>Findings|Workshops?|Industry(?: Track)?|Demos?|Tutorial)"
_KNOWN = re.compile(
    rf"(?<![\w-])(?:(?P<before>Findings) of (?:the )?)?(?P<venue>{_VENUES})(?![\w])"
    rf"(?:{_YEAR})?(?:[ ,(]{{1,2}}(?:the )?{_PART})?",
)
_NO_YEAR_NEEDED = frozenset({"TMLR", "JMLR", "TACL", "TPAMI"})
_ACCEPTED = re.compile(
    r"\b(?:accepted|accept|appears?|appear(?:ed|ing)|published|publication|presented|to be presented|camera[- ]ready|"
    r"forthcoming)\b(?P<rest>.*)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:at|in|to|by|for|with)\s+(?:the\s+)?(?:publication\s+(?:in|at|by)\s+(?:the\s+)?)?(?P<name>[A-Z][^.;,()\[\]]{2,})"
)
_NOT_YET = re.compile(
    r"\b(?:submitted|submission|under review|in review|in submission|rejected|preprint|withdrawn|"
    r"(?:code|data|extended version|follow[- ]up|based on|builds? (?:up)?on|challenge|competition|competing))\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[;\n]|\.(?=\s|$)|,(?=\s*(?:code|project|\d+ (?:pages|figures|tables)|submitted|under|in review))"
)

_URL = re.compile(r"https?://[^\s<>\"'{}\\^`|\[\]]+|(?<![\w/.@-])github\.com/[\w.-]+/[\w.-]+", re.IGNORECASE)
_UNESCAPED = re.compile(r"\\([_%#&~])|\\(?:url|href)\b")
_HANGING = ".,;:!?)'\"*"
_CODE = frozenset({"github.com", "www.github.com", "gitlab.com", "codeberg.org", "bitbucket.org"})
_MODELS = frozenset({"huggingface.co", "hf.co", "modelscope.cn"})
_NOT_THEIRS = ("arxiv.org", "doi.org", "creativecommons.org", "overleaf.com")
_SAFE = "/:?#@!$&'*+,;=-._~%"


@dataclass(frozen=True, slots=True)
class WebLink:
    """A link a paper gives: `label` is "Github", "Model" or "Page"; `url` holds no character Markdown would read."""

    label: str
    url: str


def publication_note(comment: str | None) -> str:
    """Where a paper was accepted, in a few words: "NeurIPS 2025", "ACL 2025 Findings"; "" if nothing says so."""
    for clause in _CLAUSE_END.split(one_line(readable(comment or ""))):
        accepted = _ACCEPTED.search(clause)
        if _NOT_YET.search(clause) and not (accepted and not _NOT_YET.search(clause[accepted.start() :])):
            continue
        if note := _venue(clause, is_accepted=accepted is not None) or _journal(accepted):
            return note
    return ""


def web_links(paper: Paper) -> tuple[WebLink, ...]:
    """The addresses of code, models and pages in comment and abstract, each once, at most four."""
    found: dict[str, WebLink] = {}
    for text in (paper.comment or "", paper.abstract):
        for link in _links(text):
            found.setdefault(link.url.rstrip("/").casefold(), link)
    order = ("Github", "Model", "Page")
    return tuple(sorted(found.values(), key=lambda link: order.index(link.label))[:_MOST_LINKS])


def _venue(clause: str, *, is_accepted: bool) -> str:
    """A venue that is known by name; without a word of acceptance only with its year."""
    for known in _KNOWN.finditer(clause):
        venue, year = known["venue"], known["year"]
        if not year and not is_accepted and venue not in _NO_YEAR_NEEDED:
            continue
        year = f"20{year}" if year and len(year) == 2 else year
        part = known["part"] or known["before"] or ("Workshop" if _of_a_workshop(clause) else "")
        return " ".join(filter(None, (venue, year, part.rstrip("s") if part.startswith("Workshop") else part)))
    return ""


def _of_a_workshop(clause: str) -> bool:
    return re.search(r"\bworkshops?\b", clause, re.IGNORECASE) is not None


def _journal(accepted: re.Match[str] | None) -> str:
    """What stands after "accepted at", where it has a name."""
    named = _NAMED.search(accepted["rest"]) if accepted else None
    if named is None:
        return ""
    name = re.split(r"\s(?:as|with|main|oral|poster|spotlight|proceedings)\b", named["name"].strip())[0]
    return cut(name.strip(" -–:"), _LONGEST_NOTE, "")


def _links(text: str) -> Iterator[WebLink]:
    for match in _URL.finditer(_UNESCAPED.sub(lambda escape: escape[1] or " ", one_line(text))):
        url = match[0].rstrip(_HANGING)
        url = url if "://" in url else f"https://{url}"
        label = _label(url)
        if label and len(url) <= _LONGEST_URL:
            yield WebLink(label, quote(url, safe=_SAFE))


def _label(url: str) -> str:
    """What a reader would call the place; "" for one that is not worth a link or is no proper address."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").casefold()
    except ValueError:
        return ""
    if "." not in host or parts.username or any(host == name or host.endswith(f".{name}") for name in _NOT_THEIRS):
        return ""
    if host in _CODE:
        return "Github" if parts.path.strip("/") else ""
    return "Model" if host in _MODELS else "Page"
