"""Apply follows and mutes, which no learning overrules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.models import Paper
from bot.people import is_author, person_key
from bot.text import folded_words


class RuleKind(StrEnum):
    """What a rule does and what its text is compared with."""

    MUTE_AUTHOR = "mute author"
    MUTE_PHRASE = "mute phrase"
    FOLLOW_AUTHOR = "follow author"
    FOLLOW_PHRASE = "follow phrase"


@dataclass(frozen=True, slots=True)
class Rule:
    """One standing order about an author's name or a phrase in title or abstract."""

    kind: RuleKind
    text: str

    @property
    def of_author(self) -> bool:
        """Whether the text is a person's name."""
        return self.kind in {RuleKind.MUTE_AUTHOR, RuleKind.FOLLOW_AUTHOR}

    @property
    def key(self) -> str:
        """The text as rules of one kind are told apart: "RL-HF" is "RL HF", and "Lovelace, Ada" is "Ada Lovelace"."""
        return person_key(self.text) if self.of_author else " ".join(folded_words(self.text))

    @property
    def mutes(self) -> bool:
        """Whether a matching paper is left out."""
        return self.kind in {RuleKind.MUTE_AUTHOR, RuleKind.MUTE_PHRASE}

    def matches(self, paper: Paper) -> bool:
        """Whether the paper is by this author, as a search for `author:` finds them, or holds this phrase.

        A phrase is found as whole words; case, accents and punctuation do not matter. A rule without letters or digits
        matches nothing.
        """
        if self.of_author:
            return any(is_author(self.text, author) for author in paper.authors)
        phrase = folded_words(self.text)
        return bool(phrase) and any(_holds(text, phrase) for text in (paper.title, paper.abstract))


def matching(rules: Sequence[Rule], paper: Paper, *, mutes: bool) -> Rule | None:
    """The first rule of that kind (mutes or follows) that matches the paper."""
    return next((rule for rule in rules if rule.mutes == mutes and rule.matches(paper)), None)


def _holds(text: str, phrase: Sequence[str]) -> bool:
    return f" {' '.join(phrase)} " in f" {' '.join(folded_words(text))} "
