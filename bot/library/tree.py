"""Keep the topic tree of a list while it is read, line by line, and what is left of it in the end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.library.parsed import Branch, ListedPaper

BOLD_RANK = 7
BULLET_RANK = 10


@dataclass(frozen=True, slots=True)
class _Open:
    """A section that lines may still belong to; `index` is its branch, None for one that is no topic."""

    rank: float
    index: int | None


class Tree:
    """Branches in the file's order. Deeper ranks go below shallower ones: headings 1-6, then bold, then bullets."""

    def __init__(self) -> None:
        self.branches: list[Branch] = []
        self.ranks: list[float] = []
        self._open: list[_Open] = []

    def close(self, rank: float) -> None:
        """End every section that something of this rank cannot be in."""
        while self._open and self._open[-1].rank >= rank:
            self._open.pop()

    def open(self, rank: float, branch: Branch | None) -> None:
        """Begin a section; None stands for one that is no topic, such as "Past 30 days"."""
        self.close(rank)
        if branch is None:
            self._open.append(_Open(rank, None))
            return
        self.branches.append(replace(branch, parent=self.here))
        self.ranks.append(rank)
        self._open.append(_Open(rank, len(self.branches) - 1))

    def rank_below(self, limit: float) -> float:
        """A rank just below the innermost open section of a rank under `limit`, for a part that headings may be in."""
        return max((one.rank for one in self._open if one.rank < limit), default=0.0) + 0.01

    @property
    def here(self) -> int | None:
        """The index of the branch that the current line belongs to."""
        return next((one.index for one in reversed(self._open) if one.index is not None), None)

    @property
    def path(self) -> tuple[str, ...]:
        """The titles of the topics that the current line belongs to, from the outermost."""
        indices = [one.index for one in self._open if one.index is not None]
        return tuple(self.branches[index].title for index in indices if not self.branches[index].is_paper)


def kept(branches: Iterable[Branch], dropped: Collection[int]) -> tuple[Branch, ...]:
    """The branches without those of the dropped indices and all below them."""
    moved: dict[int, int] = {}
    left: list[Branch] = []
    for index, branch in enumerate(branches):
        if index in dropped or (branch.parent is not None and branch.parent not in moved):
            continue
        moved[index] = len(left)
        left.append(branch if branch.parent is None else replace(branch, parent=moved[branch.parent]))
    return tuple(left)


def without_papers(branches: Sequence[Branch], papers: Iterable[ListedPaper]) -> frozenset[int]:
    """The indices of branches with no paper of these below them; `sections` name where a paper is."""
    wanted = {section[: depth + 1] for paper in papers for section in paper.sections for depth in range(len(section))}
    paths: list[tuple[str, ...]] = []
    for branch in branches:
        above = paths[branch.parent] if branch.parent is not None else ()
        paths.append((*above, branch.title)[:_DEEPEST])
    return frozenset(index for index, path in enumerate(paths) if path not in wanted)


_DEEPEST = 60


def repetitions(branches: Sequence[Branch], ranks: Sequence[float]) -> dict[int, int]:
    """Parts of the tree that stand in it twice: the index of each repeated top bullet and the one it repeats.

    A bold heading or line of text whose bullets are all repeated, and whose title came before, is repeated too.
    """
    signature = _signatures(branches)
    top = BULLET_RANK
    first: dict[int, int] = {}
    repeated: dict[int, int] = {}
    for index, rank in enumerate(ranks):
        if rank == top and first.setdefault(signature[index], index) != index:
            repeated[index] = first[signature[index]]
    children: dict[int, list[int]] = {}
    for index, branch in enumerate(branches):
        if branch.parent is not None:
            children.setdefault(branch.parent, []).append(index)
    titles: dict[str, int] = {}
    for index, rank in enumerate(ranks):
        title = branches[index].title
        came_before = rank == BOLD_RANK and titles.setdefault(title, index) != index
        if came_before and all(child in repeated for child in children.get(index, ())):
            repeated[index] = titles[title]
    return repeated


def _signatures(branches: Sequence[Branch]) -> list[int]:
    """A number for each branch, the same for the same titles and links all the way down."""
    numbers: dict[tuple[object, ...], int] = {}
    below: list[list[int]] = [[] for _ in branches]
    signature = [0] * len(branches)
    for index in range(len(branches) - 1, -1, -1):
        branch = branches[index]
        key = (branch.title, branch.arxiv_id, branch.url, tuple(below[index]))
        signature[index] = numbers.setdefault(key, len(numbers))
        if branch.parent is not None:
            below[branch.parent].append(signature[index])
    return signature
