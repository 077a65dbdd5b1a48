"""What a run has brought, when there was too much confusion in it, and how papers are portioned out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.endpoints.failures import Failure
from bot.models import Paper
from bot.scorers.llm.completion import Answer
from bot.scorers.llm.parse import Parsed, Verdict


@dataclass(slots=True)
class Outcome:
    """What a run has brought so far, by arxiv_id."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    unscored: dict[str, Failure] = field(default_factory=dict)

    def of_failure(self, *failures: Failure) -> int:
        """How many papers are unscored for one of these reasons."""
        return sum(failure in failures for failure in self.unscored.values())


class Confusion:
    """Counts answers in a row that nobody understands, so that they do not cost a whole morning."""

    _PATIENCE = (3, 8)  # before and after the first one that was understood

    def __init__(self) -> None:
        self._in_a_row = 0
        self._has_understood = False

    def understood(self) -> None:
        """Note a usable answer."""
        self._in_a_row = 0
        self._has_understood = True

    def is_too_much(self) -> bool:
        """Note an answer without anything usable in it; whether that is enough of them."""
        self._in_a_row += 1
        return self._in_a_row >= self._PATIENCE[self._has_understood]


def reason_of(answer: Answer, parsed: Parsed) -> Failure:
    """Why papers that an answer left out stay without a score."""
    if answer.refused:
        return Failure.REFUSED
    return Failure.LEFT_OUT if parsed.verdicts or answer.cut_short or parsed.disputed else Failure.NOT_AN_ANSWER


def smaller(missing: Sequence[Paper], parsed: Parsed, asked: int) -> list[Sequence[Paper]]:
    """Smaller batches of what was left out; a disputed paper stands alone, out of its neighbours' reach."""
    alone: list[Sequence[Paper]] = [[paper] for paper in missing if paper.arxiv_id in parsed.disputed]
    others = [paper for paper in missing if paper.arxiv_id not in parsed.disputed]
    return alone + split(others, max(1, asked // 2))


def split(papers: Sequence[Paper], size: int) -> list[Sequence[Paper]]:
    """The papers in portions of this size."""
    return [papers[start : start + size] for start in range(0, len(papers), size)]
