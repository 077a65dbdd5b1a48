"""Put into words what was read of a file: counts, topics, and what became of every line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.digest_file import DigestFile
from bot.library import LIBRARY, Branch, Fate, Parsed
from bot.models import ListUse
from bot.text import counted, one_line
from handlers.importing import Imported

_MOST_TOPICS = 24
_MOST_REASONS = 4
_MOST_IDS = 10


def first_line(name: str, origin: str, parsed: Parsed) -> str:
    """What a file was taken for, and at once if not all the ids in it are papers that were read."""
    told = f"{name}: {LIBRARY[parsed.format]().says}, {origin}"
    n_read = len(parsed.importable)
    if n_read >= parsed.n_ids:
        return told
    are = "is" if n_read == 1 else "are"
    return f"{told}; only {n_read:,} of the {counted(parsed.n_ids, 'arXiv id')} in it {are} read as papers"


def read_lines(parsed: Parsed, *, verbose: bool) -> Iterator[str]:
    """What was read, what was not and why; with `verbose` line by line, and the whole tree with its leaves."""
    for digest in parsed.digests:
        yield _digest_line(digest)
    if not parsed.digests:
        yield _papers_line(parsed)
    if outside := [paper for paper in parsed.papers if not paper.arxiv_id]:
        yield f"{counted(len(outside), 'paper')} without an arXiv id cannot be imported: " + _some(
            [f"{one_line(paper.title)} (line {paper.line})" for paper in outside], 4
        )
    if parsed.aside:
        yield f"left aside: {'; '.join(parsed.aside)}"
    if again := parsed.count(Fate.AGAIN):
        yield f"{counted(again, 'line')} say only what stands before"
    if skipped := _reasons(parsed):
        yield f"{counted(parsed.count(Fate.SKIPPED), 'line')} skipped: {skipped}"
    yield from (f"note: {one_line(warning)}" for warning in parsed.warnings)
    if verbose:
        yield "line by line:"
        yield from (f"  {line.number:>5}  {line.fate:<11}  {one_line(line.text)}".rstrip() for line in parsed.lines)
    yield from _tree_lines(parsed, whole=verbose)


def imported_lines(imported: Imported, use: ListUse, parsed: Parsed, weight: float) -> Iterator[str]:
    """What came of it: where its papers were found, and what they are to the channel."""
    fetched = imported.fetched
    yield f"{fetched.n_new:,} papers fetched from arXiv, {fetched.n_known:,} stored before"
    if fetched.unknown:
        lines = {paper.arxiv_id: paper.line for paper in parsed.papers}
        yield f"{counted(len(fetched.unknown), 'id')} that arXiv does not know: " + _some(
            [f"{one} (line {lines.get(one, 0)})" for one in fetched.unknown], _MOST_IDS
        )
    if imported.change is None:
        return
    papers = counted(imported.n_papers, "paper")
    means = {
        ListUse.POSTED: "known as posted; they teach nothing and will not be posted again",
        ListUse.DISLIKED: "known as disliked; they will not be posted again",
        ListUse.LIKED: f"liked, each as much as {weight:g} of a reader's like",
    }
    yield f"{imported.change}: {papers} {means[use]}"


def _papers_line(parsed: Parsed) -> str:
    topics = sum(not branch.is_paper for branch in parsed.branches)
    said = {
        "authors": sum(bool(paper.authors) for paper in parsed.importable),
        "a publication": sum(bool(paper.publication) for paper in parsed.importable),
        "a GitHub link": sum(bool(paper.link("github")) for paper in parsed.importable),
        "a date": sum(paper.listed_on is not None for paper in parsed.importable),
    }
    uses = Counter(paper.use for paper in parsed.importable)
    said |= {"a vote against it": uses[ListUse.DISLIKED]} if uses[ListUse.LIKED] or uses[ListUse.POSTED] else {}
    details = ", ".join(f"{count:,} with {name}" for name, count in said.items() if count)
    papers = counted(len(parsed.importable), "paper") + (f" in {counted(topics, 'topic')}" if topics else "")
    return f"{papers}; {details}" if details else papers


def _digest_line(digest: DigestFile) -> str:
    parts = [f"{counted(len(digest.entries), 'paper')} posted"]
    if digest.totals:
        named = ("announced", "scanned", "relevant")
        known = [f"{count:,} {name}" for name in named if (count := getattr(digest.totals, name)) is not None]
        parts.append(", ".join(known))
    if digest.cost:
        usd = "" if digest.cost.total_usd is None else f", ${digest.cost.total_usd:.2f}"
        tokens = "" if digest.cost.total_tokens is None else f", {digest.cost.total_tokens:,} tokens"
        parts.append(f"{one_line(digest.cost.model)}{tokens}{usd}")
    if digest.remedial:
        missed = digest.remedial
        parts.append(f"remedial run for {missed.first} to {missed.last}")
    if digest.selected_by:
        parts.append(f"a selection prompt of {counted(len(digest.selected_by), 'character')}")
    return f"{digest.day or 'no date'}: {'; '.join(parts)}"


def _reasons(parsed: Parsed) -> str:
    """Why lines were skipped, the most frequent reasons first."""
    why = Counter(
        one_line(line.text.partition(":")[0]) or "no reason" for line in parsed.lines if line.fate is Fate.SKIPPED
    )
    named = [f"{count} × {reason}" for reason, count in why.most_common(_MOST_REASONS)]
    others = sum(why.values()) - sum(count for _, count in why.most_common(_MOST_REASONS))
    return ", ".join([*named, *([f"{others} × other"] if others else [])])


def _tree_lines(parsed: Parsed, *, whole: bool) -> Iterator[str]:
    """The topic tree with the number of papers below each topic."""
    branches = parsed.branches
    paths, below = _paths(branches), _papers_below(parsed)
    shown = [index for index, branch in enumerate(branches) if whole or not branch.is_paper]
    if not any(not branch.is_paper for branch in branches):
        return
    yield "topics, and how many papers stand below each:"
    for index in shown if whole else shown[:_MOST_TOPICS]:
        branch = branches[index]
        leaf = f" · {branch.arxiv_id or one_line(branch.url)}" if branch.is_paper else ""
        count = f" ({below[paths[index]]})" if below[paths[index]] and not branch.is_paper else ""
        yield f"  {'  ' * _depth(branches, branch)}{one_line(branch.title)}{count}{leaf}"
    if not whole and len(shown) > _MOST_TOPICS:
        yield f"  … and {len(shown) - _MOST_TOPICS} more; --verbose shows the whole tree"


def _paths(branches: Sequence[Branch]) -> list[tuple[str, ...]]:
    """The titles from the outermost topic down to each branch, as papers name their sections."""
    paths: list[tuple[str, ...]] = []
    for branch in branches:
        above = () if branch.parent is None else paths[branch.parent]
        paths.append(above if branch.is_paper else (*above, branch.title))
    return paths


def _depth(branches: Sequence[Branch], branch: Branch) -> int:
    depth = 0
    while branch.parent is not None:
        branch, depth = branches[branch.parent], depth + 1
    return depth


def _papers_below(parsed: Parsed) -> Counter[tuple[str, ...]]:
    """How many papers stand in each section and below it, each paper once."""
    return Counter(
        path
        for paper in parsed.papers
        for path in {section[:depth] for section in paper.sections for depth in range(1, len(section) + 1)}
    )


def _some(words: Sequence[str], most: int) -> str:
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")
