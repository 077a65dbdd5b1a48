"""Write a DigestFile as a Markdown page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.digest_file.contents import DigestEntry, DigestFile, FileCost, Remedial
from bot.digest_file.escapes import escape, escape_author, escape_cell, escape_title
from bot.digest_file.page import CONTENTS_HEADING, FALLBACK_LINE, PROMPT_HEADING, usd

_NEEDS_FENCE = re.compile(r"^\s{0,3}(?:#|```|~~~|<)|^\s*(?:=+|-+)\s*$", re.MULTILINE)
_BACKTICKS = re.compile(r"`{3,}")


def markdown(file: DigestFile) -> str:
    """The page, ending with a line end."""
    lines = [*_opening(file), *_contents(file), "---", ""]
    for number, entry in enumerate(file.entries, start=1):
        lines += [*_item(number, entry), "", "---", ""]
    if file.selected_by:
        lines += [PROMPT_HEADING, "", _prompt(file.selected_by), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _opening(file: DigestFile) -> Iterator[str]:
    if file.remedial:
        yield from _banner(file.remedial)
    yield f"# Personalized Daily ArXiv Papers {file.day or ''}".rstrip()
    yield ""
    if len(file.days) > 1:
        yield f"Listings: {', '.join(map(str, file.days))}"
        yield ""
    yield from _table(file.cost) if file.cost else _scored_without_model(file.scored_by)
    yield ""
    if file.totals:
        counts = {
            "arXiv": file.totals.announced,
            "scanned": file.totals.scanned,
            "relevant": file.totals.relevant,
        }
        for name, count in counts.items():
            if count is not None:
                yield f"Total {name} papers: {count}"
                yield ""
    for remark in file.remarks:
        yield f"Remark: {escape(remark)}"
        yield ""


def _banner(remedial: Remedial) -> Iterator[str]:
    first, last = remedial.first or "an unknown day", remedial.last or "an unknown day"
    yield f"> This is a remedial run for missed papers from {first} to {last}."
    if remedial.generated_on:
        yield "> "
        yield f"> Results generated on {remedial.generated_on}."
    yield ""


def _table(cost: FileCost) -> Iterator[str]:
    rows = (
        (f"*[{escape_cell(cost.model)}]*", "Prompt", "Completion", "Total"),
        ("**Token**", *map(_tokens, (cost.prompt_tokens, cost.completion_tokens, cost.total_tokens))),
        ("**Cost**", usd(cost.prompt_usd), usd(cost.completion_usd), usd(cost.total_usd)),
    )
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    head, *body = [
        "| " + " | ".join(f"{cell:<{width + 2}}" for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    yield head
    yield "|" + "|".join(f":{'-' * (width + 2)}:" for width in widths) + "|"
    yield from body


def _tokens(count: int | None) -> str:
    return "unknown" if count is None else str(count)


def _scored_without_model(scored_by: str) -> Iterator[str]:
    scorer = escape(scored_by) or "an unknown scorer"
    yield f"Scored without a language model by {scorer}: no tokens used, nothing to pay."


def _contents(file: DigestFile) -> Iterator[str]:
    yield CONTENTS_HEADING
    yield ""
    for number, entry in enumerate(file.entries, start=1):
        yield f"{number}. [{escape_title(entry.title)}](#user-content-link{number})"
        yield f"**Authors:** {_authors(entry)}".rstrip()
        yield ""


def _item(number: int, entry: DigestEntry) -> Iterator[str]:
    link = f"https://arxiv.org/abs/{entry.arxiv_id}"
    yield f'## {number}. [{escape_title(entry.title)}]({link}) <a id="link{number}"></a>'
    yield ""
    for label, text in (
        ("ArXiv ID", entry.arxiv_id),
        *([("Primary Topic", escape(entry.topic))] if entry.topic else []),
        ("Authors", _authors(entry)),
        ("Abstract", escape(entry.abstract)),
        ("Comment", escape(entry.comment)),
    ):
        yield f"**{label}:** {text}".rstrip()
        yield ""
    if entry.fallback:
        yield FALLBACK_LINE
    if entry.relevance is not None:
        yield f"**Relevance:** {entry.relevance}"
    if entry.novelty is not None:
        yield f"**Novelty:** {entry.novelty}"


def _authors(entry: DigestEntry) -> str:
    return ", ".join(map(escape_author, entry.authors))


def _prompt(text: str) -> str:
    """The text itself, or fenced where its own headings and rules would look like the page's."""
    if not _NEEDS_FENCE.search(text):
        return text
    fence = "`" * max([3, *(len(run) + 1 for run in _BACKTICKS.findall(text))])
    return f"{fence}markdown\n{text}\n{fence}"
