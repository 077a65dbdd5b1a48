"""Make papers of the entries of a list: each once, titled by what stands above it where it has no title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.library.parsed import Branch, Fate, LineNote, ListedPaper
from bot.library.row import Row
from bot.library.titles import clean, n_words, titled
from bot.library.tree import BOLD_RANK, BULLET_RANK, repetitions
from bot.text import cut

_LONGEST_NOTE = 100
_FEWEST_WORDS = 3  # of a heading that is taken for a title


@dataclass
class Entry:
    """A paper as it is being read. `branch` is the index of its topic, `leaf` that of its own in an outline."""

    row: Row
    line: int
    section: tuple[str, ...]
    level: int | None = None  # the indent of its bullet; None for a table's row
    branch: int | None = None
    leaf: int | None = None


def adopt_titles(entries: Sequence[Entry], branches: list[Branch], ranks: Sequence[float]) -> frozenset[int]:
    """Give an entry without a title that of the heading or bullet it stands alone below; what is no topic any more."""
    alone = Counter(entry.branch for entry in entries)
    dropped: set[int] = set()
    for entry in entries:
        index = entry.branch
        if entry.row.title or index is None or alone[index] != 1 or not entry.row.arxiv_id:
            continue
        branch = branches[index]
        words = n_words(branch.title)
        is_bullet = ranks[index] >= BOLD_RANK
        if (words >= _FEWEST_WORDS and (entry.row.is_labelled or is_bullet)) or (is_bullet and entry.row.is_labelled):
            entry.row.title = titled(branch.title)[0] or clean(branch.title)
            entry.section = entry.section[:-1]
            if entry.leaf is None:
                dropped.add(index)
            else:
                dropped.add(entry.leaf)
                branches[index] = replace(branch, arxiv_id=entry.row.arxiv_id)
    return frozenset(dropped)


def papers_of(
    entries: Sequence[Entry], repeated: frozenset[int], notes: dict[int, LineNote]
) -> tuple[ListedPaper, ...]:
    """Each paper once; a second mention adds its section and what the first one left open.

    The lines of `repeated` belong to a part of the list that stands in it twice: their sections are no others.
    """
    found: dict[str, ListedPaper] = {}
    told: dict[int, LineNote] = {}
    for entry in entries:
        paper = entry.row.paper(entry.line, () if entry.line in repeated else entry.section)
        key = paper.arxiv_id or entry.row.address or paper.title
        if key in found:
            found[key] = _merged(found[key], paper)
            text = f"{paper.arxiv_id or paper.title}: line {found[key].line} has it"
            note = LineNote(entry.line, Fate.AGAIN, text)
        else:
            found[key] = paper
            title = f"{paper.arxiv_id} {paper.title}".strip()
            note = LineNote(entry.line, Fate.PAPER if paper.arxiv_id else Fate.NO_ID, title)
        told[entry.line] = _both(told.get(entry.line), note)
    notes.update(told)
    return tuple(found.values())


def _both(first: LineNote | None, second: LineNote) -> LineNote:
    """One note for a line with several papers: that it holds one counts most."""
    if first is None:
        return replace(second, text=cut(second.text, _LONGEST_NOTE))
    order = (Fate.PAPER, Fate.NO_ID, Fate.AGAIN)
    fate = min(first.fate, second.fate, key=order.index)
    return LineNote(first.number, fate, cut(f"{first.text}; {second.text}", _LONGEST_NOTE))


def _merged(known: ListedPaper, again: ListedPaper) -> ListedPaper:
    return replace(
        known,
        title=known.title or again.title,
        authors=known.authors or again.authors,
        sections=tuple(dict.fromkeys((*known.sections, *again.sections))),
        publication=known.publication or again.publication,
        tags=tuple(dict.fromkeys((*known.tags, *again.tags))),
        links=tuple(dict.fromkeys((*known.links, *again.links))),
        listed_on=known.listed_on or again.listed_on,
        note=known.note or again.note,
    )


def repeated_branches(branches: Sequence[Branch], ranks: Sequence[float], notes: dict[int, LineNote]) -> frozenset[int]:
    """The indices of all that stands in the tree twice, noted as such."""
    dropped = set(repetitions(branches, ranks))
    for index, branch in enumerate(branches):
        if branch.parent in dropped and ranks[index] >= BULLET_RANK:
            dropped.add(index)
        noted = notes.get(branch.line)  # papers have their notes later
        if index in dropped and noted is not None and noted.fate is Fate.SECTION:
            notes[branch.line] = LineNote(branch.line, Fate.AGAIN, f"{branch.title}: the list has it before")
    return frozenset(dropped)


def second_leaves(branches: Sequence[Branch], notes: dict[int, LineNote]) -> frozenset[int]:
    """The indices of leaves whose paper stands in the tree before: it has both sections, and one leaf."""
    parents = {branch.parent for branch in branches}
    return frozenset(
        index
        for index, branch in enumerate(branches)
        if branch.is_paper and index not in parents and notes[branch.line].fate is Fate.AGAIN
    )
