"""Take topics out of another tool's configuration: its keyword groups and categories, and nothing else of it.

Such a file holds keys, passwords and addresses. They are neither kept nor shown: what is not plainly a keyword, a
description of interests or a category is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.categories import CATEGORIES
from bot.text import cut, one_line

_SETTING = re.compile(r"\s*(?:-\s+)?[\"']?[A-Za-z_][\w.-]{0,60}[\"']?\s*[:=]\s*\S?.*")
_ITEM = re.compile(r"\s*(?:-\s+\S.*|[\[\]{}],?|[\"'][^\"']{1,200}[\"'](?:\s*:.*)?,?|\[[\w.-]{1,60}\])\s*")
_IDENTIFIER = re.compile(r"[A-Za-z][a-z0-9]*(?:[_.-][A-Za-z0-9]+)+|[a-z][a-z0-9]*|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_LABELS = re.compile(
    r"(?:(?:not|non|ir)[ _-]?)?relevant|taste|note|topic ?\d*|title|wanted|unwanted|(?:ex|in)clude|keep|filter",
    re.IGNORECASE,
)
_GROUPS = re.compile(
    r"(?:.*[_-])?(?:key_?words?|topics?|interests?|subjects?|groups?|fields?|themes?|searches)", re.IGNORECASE
)
_QUERIES = re.compile(r"(?:.*[_-])?(?:query|queries|search_(?:terms?|query)|terms?)", re.IGNORECASE)
_PHRASES = re.compile(
    r"filters?|key_?words?|include[sd]?|any|all|terms?|phrases?|queries|query|positive|must", re.IGNORECASE
)
_REFUSED = re.compile(r".*(?:exclu|negative|black_?list|ignore|block|unwanted|irrelevant|not_).*", re.IGNORECASE)
_PROSE = re.compile(r"(?:.*[_-])?(?:interests?|description|research_area|about|focus|profile)", re.IGNORECASE)
_CATEGORIES = re.compile(
    r"(?:.*[_-])?(?:categor(?:y|ies)|archives?|arxiv|subjects?|cats?|fields?|sources?)", re.IGNORECASE
)
_CATEGORY_IN_QUERY = re.compile(r"\bcat:\s?([a-z-]+(?:\.[A-Za-z-]+)?)")
_TERM = re.compile(r"\"([^\"]{2,100})\"|'([^']{2,100})'|([^\s()\"']{2,60}(?: [^\s()\"']{2,60})*)")
_OPERATORS = re.compile(r"\b(?:OR|AND|ANDNOT|NOT)\b|\b(?:ti|abs|au|all|cat|co|jr):|[()+]")
_UNSAFE = re.compile(
    r"://|www\.|@|\$\{|\bsk-|[A-Za-z0-9+/_=-]{24,}|\d{6,}|^/|\\|\b(?:password|token|secret|api.?key|not-a-real-key)\b",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    r".*(?:api|key$|keys$|token|secret|pass|mail|smtp|user|sender|receiver|url|host|address|server|webhook|account|path|"
    r"dir|file|model|prompt|header|proxy|port|id$|ids$|language|style|format|name$).*",
    re.IGNORECASE,
)
_ANCHOR = re.compile(r"(?:^|[\s\[,:-])[&*][\w-]+", re.MULTILINE)
_FEWEST_LINES = 2
_MOST_TOPICS = 60
_MOST_PHRASES = 60
_MOST_NODES = 5_000
_DEEPEST = 12
_LONGEST_PHRASE = 120
_LONGEST_PROSE = 600


@dataclass
class Configuration:
    """What a configuration says about interests: topics with their phrases, what is refused, sentences, categories."""

    topics: dict[str, list[str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    n_nodes: int = 0

    @property
    def text(self) -> str:
        """The topics as a topics file, "" if there are none."""
        lines = []
        for number, (title, phrases) in enumerate(list(self.topics.items())[:_MOST_TOPICS], start=1):
            lines.append(f"{number}. {title}")
            if others := [phrase for phrase in phrases if phrase != title][:_MOST_PHRASES]:
                lines.append(f"   - Relevant: {', '.join(others)}")
        if self.prose:
            lines += ["", *self.prose]
        if self.refused:
            lines += ["", "## Keywords", f"- Irrelevant: {', '.join(self.refused[:_MOST_PHRASES])}"]
        return "".join(f"{line}\n" for line in lines).lstrip("\n")


def read_configuration(text: str) -> Configuration | None:
    """What a configuration says of topics; None for a text that is none."""
    if not _looks_like_one(text):
        return None
    value = _loaded(text)
    if not isinstance(value, dict) or not _is_of_settings(value):
        return Configuration() if _has_secrets(text) or _ANCHOR.search(text) else None
    found = Configuration()
    _walk(found, value, 0)
    return found


def _looks_like_one(text: str) -> bool:
    """Whether most lines are settings: `name: value`, `name = value`, or the items of a list below one."""
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith(("#", "//", ";"))]
    if len(lines) < _FEWEST_LINES:
        return False
    settings = sum(_SETTING.fullmatch(line[:2_000]) is not None for line in lines)
    items = sum(_ITEM.fullmatch(line[:2_000]) is not None for line in lines)
    return settings > 0 and settings + items >= 0.7 * len(lines)


def _loaded(text: str) -> Any:
    import tomllib

    import yaml

    if _ANCHOR.search(text):  # a few aliases can stand for billions of values
        return None
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError):
        pass
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_of_settings(value: Mapping[Any, Any]) -> bool:
    """Whether the names are those of settings rather than words for people: topics and "Relevant" are none."""
    names = [str(name) for name in value]
    if any(_LABELS.fullmatch(name.strip()) for name in names):
        return False
    nested = any(isinstance(one, (dict, list)) for one in value.values())
    settings = sum(_IDENTIFIER.fullmatch(name) is not None for name in names)
    has_shape = any("_" in name or _PRIVATE.fullmatch(name) for name in names) or nested
    return settings > len(names) // 2 and has_shape and (len(names) >= _FEWEST_LINES or nested)


def _has_secrets(text: str) -> bool:
    return (
        re.search(r"^\s*[\w.-]*(?:api[_-]?key|token|password|secret)[\w.-]*\s*[:=]", text, re.IGNORECASE | re.MULTILINE)
        is not None
    )


def _walk(found: Configuration, value: Mapping[Any, Any], depth: int) -> None:
    for key, one in value.items():
        found.n_nodes += 1
        if found.n_nodes > _MOST_NODES or depth > _DEEPEST:
            return
        if _take(found, str(key), one):
            continue
        for part in one[:_MOST_NODES] if isinstance(one, list) else [one]:
            if isinstance(part, dict):
                _walk(found, part, depth + 1)


def _take(found: Configuration, name: str, one: Any) -> bool:
    """Take what a setting says of interests; False for one that says nothing, though others may lie in it."""
    if _REFUSED.fullmatch(name):
        found.refused += _phrases(one)
    elif _CATEGORIES.fullmatch(name) and (categories := _categories(one)):
        found.categories += [cat for cat in categories if cat not in found.categories]
        return not isinstance(one, dict)
    elif _PROSE.fullmatch(name) and isinstance(one, str) and not _UNSAFE.search(one):
        found.prose.append(cut(one_line(one), _LONGEST_PROSE))
    elif _GROUPS.fullmatch(name) and isinstance(one, (dict, list)):
        _groups(found, one)
    elif _GROUPS.fullmatch(name) and isinstance(one, str):
        _group(found, "", _split(one))
    elif _QUERIES.fullmatch(name):
        _query(found, one)
    else:
        return False
    return True


def _groups(found: Configuration, value: Any) -> None:
    if isinstance(value, dict):
        for name, one in value.items():
            if _REFUSED.fullmatch(str(name)):
                found.refused += _phrases(one)
            elif _PHRASES.fullmatch(str(name)):
                _groups(found, one if isinstance(one, (dict, list)) else _phrases(one))
            else:
                found.refused += [
                    phrase
                    for inner, part in (one.items() if isinstance(one, dict) else ())
                    if _REFUSED.fullmatch(str(inner))
                    for phrase in _phrases(part)
                ]
                _group(found, str(name), _phrases(one))
        return
    for one in value[:_MOST_NODES]:
        if isinstance(one, dict):
            title = next((str(one[name]) for name in ("name", "title", "topic", "label") if one.get(name)), "")
            _group(found, title, [text for text in _phrases(one) if text != title])
            found.categories += [cat for cat in _categories(one.get("categories")) if cat not in found.categories]
        else:
            _group(found, "", _phrases(one))


def _group(found: Configuration, name: str, phrases: list[str]) -> None:
    title = _safe(name)
    for one in [title] if title else phrases:
        known = found.topics.setdefault(one, [])
        known += [phrase for phrase in (phrases if title else ()) if phrase not in known]


def _phrases(value: Any) -> list[str]:
    """The keywords in a value, however it is nested; settings inside of it are none."""
    if isinstance(value, dict):
        parts = [part for name, part in value.items() if not _REFUSED.fullmatch(str(name))]
        names = [str(name) for name in value]
        inner = [one for name, one in value.items() if _PHRASES.fullmatch(str(name))] or (
            [] if any(_PRIVATE.fullmatch(name) for name in names) else parts
        )
        return [phrase for one in inner for phrase in _phrases(one)]
    if isinstance(value, list):
        return [phrase for one in value[:_MOST_NODES] for phrase in _phrases(one)]
    if not isinstance(value, str):
        return []
    terms = _terms(value) if _OPERATORS.search(value) else [value]
    return [safe for term in terms if (safe := _safe(term))]


def _split(text: str) -> list[str]:
    return [safe for part in re.split(r"[,;\n|]", text) if (safe := _safe(part))]


def _query(found: Configuration, value: Any) -> None:
    for text in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
        if isinstance(text, str):
            found.categories += [
                name for name in _CATEGORY_IN_QUERY.findall(text) if name in CATEGORIES and name not in found.categories
            ]
            wanted, *refused = re.split(r"\b(?:ANDNOT|AND NOT|NOT)\b", _CATEGORY_IN_QUERY.sub(" ", text))
            if terms := _terms(wanted):
                _group(found, terms[0], terms[1:])
            found.refused += [term for part in refused for term in _terms(part)]


def _terms(query: str) -> list[str]:
    bare = _OPERATORS.sub("\n", _CATEGORY_IN_QUERY.sub(" ", query))
    found = (next(filter(None, match)) for match in _TERM.findall(bare))
    return list(dict.fromkeys(safe for term in found if (safe := _safe(term))))


def _safe(text: str) -> str:
    """A keyword as it may be shown; "" for an address, a key, a number, or what is too long to be one."""
    bare = one_line(text).strip("\"' .,;:")
    if not bare or len(bare) > _LONGEST_PHRASE or _UNSAFE.search(bare) or not re.search(r"[^\W\d]", bare):
        return ""
    return "" if bare.casefold() in ("true", "false", "null", "none") else bare


def _categories(value: Any) -> list[str]:
    """The categories of arXiv in a value: a list, a text with commas or plus signs, or such a list one level below."""
    if isinstance(value, dict):
        return [cat for name, one in value.items() if _CATEGORIES.fullmatch(str(name)) for cat in _categories(one)]
    if isinstance(value, list):
        return [cat for one in value[:_MOST_NODES] if isinstance(one, str) for cat in _categories(one)]
    words = re.split(r"[\s,+;|]+", value) if isinstance(value, str) else []
    return [word.removeprefix("cat:") for word in words if word.removeprefix("cat:") in CATEGORIES]
