"""How to replay."""

from __future__ import annotations

from dataclasses import dataclass

from bot.replay.report import Arm, Feedback
from bot.replay.simulated import RaterKind


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How to replay. `keep` is the share of likes ever revealed, `flip` that of shown papers with the wrong label.

    A simulated `rater` scores the best of each morning in the place of an LLM. With `cascade` it is counted how many
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
