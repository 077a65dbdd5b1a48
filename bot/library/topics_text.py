"""Write what a file is about as a topics file: a digest's own prompt, or a list's sections."""

from __future__ import annotations

from collections.abc import Sequence

from bot.library.parsed import Branch, Parsed
from bot.text import cut

_MOST_TOPICS = 30
_MOST_BELOW = 12
_LONGEST_TITLE = 120


def topics_text(parsed: Parsed) -> str:
    """Topics to begin with, "" if the file says nothing about what it is about.

    The newest digest's prompt as it is; of a list its outermost sections, unless nothing is in them, with those below
    them as what is relevant.
    """
    prompts = [digest.selected_by for digest in parsed.digests if digest.selected_by]
    if prompts:
        return prompts[-1]
    below = _topics_below(parsed.branches)
    top = below.get(None, [])
    while len(top) == 1 and len(below.get(top[0], [])) > 1:
        top = below[top[0]]
    used = {title for paper in parsed.papers for section in paper.sections for title in section}
    top = [index for index in top if index in below or parsed.branches[index].title in used]
    lines = []
    for number, index in enumerate(top[:_MOST_TOPICS], start=1):
        lines.append(f"{number}. {cut(parsed.branches[index].title, _LONGEST_TITLE)}")
        if children := [cut(parsed.branches[child].title, _LONGEST_TITLE) for child in below.get(index, [])]:
            lines.append(f"   - Relevant: {', '.join(children[:_MOST_BELOW])}")
    return "".join(f"{line}\n" for line in lines)


def _topics_below(branches: Sequence[Branch]) -> dict[int | None, list[int]]:
    """The indices of the topics below each topic, in order; papers are none."""
    below: dict[int | None, list[int]] = {}
    for index, branch in enumerate(branches):
        if not branch.is_paper:
            below.setdefault(branch.parent, []).append(index)
    return below
