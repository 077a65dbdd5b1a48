"""How to replay: the ways to order papers that are compared, and what readers reveal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.replay.simulated import RaterKind


class Arm(StrEnum):
    """A way to order the mornings' papers."""

    RANDOM = "random"
    TOPICS = "topics"
    LEARNED = "learned"
    EXPLORING = "learned, one place of k explored"
    UNRATED = "learned, without the rater"
    UNLISTED = "learned, without the list"

    @property
    def learns(self) -> bool:
        """Whether readers' reactions change it."""
        return self in {Arm.LEARNED, Arm.EXPLORING, Arm.UNRATED, Arm.UNLISTED}

    @property
    def rated(self) -> bool:
        """Whether a simulated rater, where there is one, has a say in it."""
        return self in {Arm.LEARNED, Arm.EXPLORING}

    @property
    def has_list(self) -> bool:
        """Whether it is taught by a reader's imported list, where there is one."""
        return self.learns and self is not Arm.UNLISTED


RATED_ARMS = (Arm.RANDOM, Arm.TOPICS, Arm.LEARNED, Arm.UNRATED)  # what is compared where a rater is simulated
NEWCOMER_ARMS = (Arm.TOPICS, Arm.LEARNED, Arm.UNLISTED)  # what is compared where a list is imported first
FIRST_MORNINGS = 10  # judged ones after an import
COUNTED = (Arm.TOPICS, Arm.LEARNED)  # arms whose choice of papers for an LLM is looked at


class Feedback(StrEnum):
    """Which likes are revealed: those among the posted papers, or every one."""

    SHOWN = "shown"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How to replay. `keep` is the share of likes ever revealed, `flip` that of shown papers with the wrong label.

    A simulated `rater` scores the best of each morning in place of an LLM. With `cascade` it is counted how many
    likes are among the papers that would be sent to one. With `import_first` each reader's first so many likes are a
    list imported before the first morning, and only the first judged mornings after it are replayed.
    """

    k: int = 10
    seed: int = 0
    arms: tuple[Arm, ...] = (Arm.RANDOM, Arm.TOPICS, Arm.LEARNED, Arm.EXPLORING)
    feedback: Feedback = Feedback.SHOWN
    keep: float = 1.0
    flip: float = 0.0
    rater: RaterKind | None = None
    cascade: bool = False
    import_first: int = 0


DEFAULTS = ReplayOptions()
