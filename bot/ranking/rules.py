"""Apply follows and mutes, which no learning overrules."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.models import Paper


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
    def mutes(self) -> bool:
        """Whether a matching paper is left out."""
        return self.kind in {RuleKind.MUTE_AUTHOR, RuleKind.MUTE_PHRASE}

    def matches(self, paper: Paper) -> bool:
        """Whether the paper is by this author, or holds this phrase as whole words.

        Case, accents and punctuation do not matter. "C. Zhou" matches any first name with that initial. A rule without
        letters or digits matches nothing.
        """
        wanted = _plain(self.text)
        if not wanted:
            return False
        if self.kind in {RuleKind.MUTE_AUTHOR, RuleKind.FOLLOW_AUTHOR}:
            return any(_same_person(wanted, _plain(author)) for author in paper.authors)
        phrase = f" {' '.join(wanted)} "
        return any(phrase in f" {' '.join(_plain(text))} " for text in (paper.title, paper.abstract))


def matching(rules: Sequence[Rule], paper: Paper, *, mutes: bool) -> Rule | None:
    """The first rule of that kind (mutes or follows) that matches the paper."""
    return next((rule for rule in rules if rule.mutes == mutes and rule.matches(paper)), None)


def _plain(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in bare).split()


def _same_person(wanted: list[str], name: list[str]) -> bool:
    if wanted == name:
        return True
    if len(wanted) < 2 or len(name) < 2 or wanted[-1] != name[-1]:
        return False
    initial = len(wanted[0]) == 1 or len(name[0]) == 1
    return initial and wanted[0][0] == name[0][0]
