"""Questions to the archive, commands to the bot, and what a search finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.models.papers import Paper


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the archive, taken apart. An empty part asks for nothing.

    `words` weigh in, `phrases` must occur, `excluded` words and phrases must not. `authors` and `categories` must each
    match ("cs.*" is a whole archive), `without_authors` and `without_categories` must not. `first` and `last` bound
    the listing day, both included. `seen` and `liked` tell papers apart by what the channel was shown and voted up;
    None does not ask. `arxiv_ids` name papers outright. `remarks` say what was not understood and left out.
    """

    text: str
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    without_authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    without_categories: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    seen: bool | None = None
    liked: bool | None = None
    arxiv_ids: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def topic(self) -> str:
        """What a paper should be about, in words; empty where only filters were given."""
        return " ".join((*self.words, *self.phrases))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for at all."""
        return not (self.topic or self.arxiv_ids or self.filters)

    @property
    def filters(self) -> bool:
        """Whether anything but words and phrases is asked for."""
        return any(
            (
                self.excluded, self.authors, self.without_authors, self.categories, self.without_categories,
                self.first, self.last, self.seen is not None, self.liked is not None,
            )
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CommandLine:
    """What a typed line says: a command with its argument, or a question (`name` is "ask", `argument` all of it).

    `arxiv_id` is the paper a command is about. `suggestion` is a command the line may have been meant for.
    """

    name: str
    argument: str = ""
    arxiv_id: str | None = None
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One paper that may answer a question; `closeness` is its centred cosine with it, 0.0 without a vector."""

    paper: Paper
    closeness: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What the archive offers for a question: a pool to choose from, in no particular order.

    `frequency` counts the papers that hold each word of the question, out of `n_papers`. `fitting` counts the papers
    its filters and phrases leave, None where it has neither.
    """

    pool: tuple[Found, ...]
    frequency: Mapping[str, int]
    n_papers: int
    fitting: int | None = None


@dataclass(frozen=True, slots=True)
class LiveSearch:
    """What a source's own search found for a question, and when."""

    arxiv_ids: tuple[str, ...]
    asked_at: datetime
