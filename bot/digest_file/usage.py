"""Read what a digest's page says about tokens, cost and totals, in whichever table its generation had."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape as from_html

from bot.digest_file.contents import FileCost, FileTotals
from bot.digest_file.escapes import unescape
from bot.digest_file.page import read_usd

_MODEL = re.compile(r"\*?\[(?P<model>.*)\]\*?")
_WHOLE_COST = re.compile(r"Total cost: *(?P<usd>\$\S{1,30})\s*", re.IGNORECASE)
_HTML_ROW = re.compile(r"<tr\b[^<>]*>(.*?)</tr>", re.IGNORECASE | re.DOTALL)
_HTML_CELL = re.compile(r"<t[dh]\b[^<>]*>(.*?)</t[dh]>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_TOKENS = ("token", "tokens")
_COSTS = ("cost", "costs")
_TOTALS = ("total arxiv", "scanned", "relevant")
_MOST_DIGITS = 12
_LONGEST_TABLE = 50_000


def read_usage(opening: Sequence[str]) -> tuple[FileCost | None, FileTotals | None]:
    """Tokens and cost, and the totals where they stand in the same table; None for what the page does not say."""
    text = "\n".join(opening)
    table = text.find("<table")
    html = text[table : table + _LONGEST_TABLE] if table >= 0 else ""
    rows = list(_html_rows(html)) if html else list(_piped_rows(opening))
    tokens = _after(rows, _TOKENS)
    costs = [read_usd(cell) for cell in (_after(rows, _COSTS) or [])[:3]]
    totals = _counted(rows, tokens or [])
    if not tokens and not costs:
        whole = next((found for line in opening if (found := _WHOLE_COST.fullmatch(line))), None)
        return (FileCost("", total_usd=read_usd(whole["usd"])) if whole else None), totals
    counts = [*map(_count, (tokens or [])[:3]), None, None, None][:3]
    return FileCost(_model(rows), *counts, *[*costs, None, None, None][:3]), totals


def _piped_rows(opening: Sequence[str]) -> Iterator[list[str]]:
    for line in opening:
        if line.lstrip().startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if len(cells) == 4:
                yield cells


def _html_rows(html: str) -> Iterator[list[str]]:
    for row in _HTML_ROW.findall(html):
        yield [" ".join(from_html(_TAG.sub(" ", cell)).split()) for cell in _HTML_CELL.findall(row)]


def _after(rows: Sequence[Sequence[str]], labels: Sequence[str]) -> list[str] | None:
    """The cells behind the one with this label."""
    for row in rows:
        for index, cell in enumerate(row[:2]):
            if cell.strip("* ").casefold() in labels:
                return list(row[index + 1 :])
    return None


def _model(rows: Sequence[Sequence[str]]) -> str:
    for row in rows:
        if found := _MODEL.fullmatch(row[0] if row else ""):
            return unescape(found["model"])
        if len(row) > 1 and row[1].strip("* ").casefold() in _TOKENS:
            return row[0]
    return ""


def _counted(rows: Sequence[Sequence[str]], tokens: Sequence[str]) -> FileTotals | None:
    """The totals in the columns that the head of an HTML table calls so."""
    heads = next((row for row in rows if any(cell.casefold() in _TOTALS for cell in row)), None)
    if heads is None:
        return None
    counts: Mapping[str, int | None] = {
        head.casefold(): _count(cell) for head, cell in zip(heads, tokens, strict=False)
    }
    return FileTotals(*(counts.get(name) for name in _TOTALS))


def _count(cell: str) -> int | None:
    digits = cell.replace(",", "").strip()
    return int(digits) if digits.isdecimal() and len(digits) <= _MOST_DIGITS else None
