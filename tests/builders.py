"""Small, valid values for tests; every field a test is about is given by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from bot.models import (
    AnnounceType,
    CandidateRecord,
    Contribution,
    DigestKind,
    DigestPlan,
    DigestRecord,
    Intent,
    Listing,
    ListingEntry,
    ListingState,
    MessageRef,
    Paper,
    Post,
    PostKey,
    PostRole,
    PostState,
    Ranked,
    Score,
    Totals,
    Vote,
)

NOON = datetime(2025, 5, 8, 12, 0, tzinfo=UTC)
THURSDAY = date(2025, 5, 8)
CHANNEL = "terminal"


def a_paper(arxiv_id: str = "2505.03801", **changes) -> Paper:
    values = {
        "title": f"On the matter of {arxiv_id}",
        "abstract": f"We study {arxiv_id} and find it quantized.",
        "authors": ("Ada Lovelace", "Pietro Liò"),
        "categories": ("cs.CL",),
        "primary_category": "cs.CL",
        "published_at": datetime(2025, 5, 6, 18, 0, tzinfo=UTC),
        "updated_at": datetime(2025, 5, 6, 18, 0, tzinfo=UTC),
    }
    return Paper(arxiv_id=arxiv_id, **{**values, **changes})


def some_papers(n: int, day: int = 3, **changes) -> tuple[Paper, ...]:
    """`n` papers with the ids 2505.0<day>001 and so on."""
    return tuple(a_paper(f"2505.{day:02d}{number:03d}", **changes) for number in range(1, n + 1))


def a_listing(
    papers: Sequence[Paper],
    day: date = THURSDAY,
    kind: AnnounceType = AnnounceType.NEW,
    categories: Sequence[str] = ("cs.CL",),
    state: ListingState = ListingState.COMPLETE,
) -> Listing:
    entries = tuple(ListingEntry(paper.arxiv_id, name, day, kind) for paper in papers for name in categories)
    return Listing(day, tuple(categories), state, entries, tuple(papers), "test")


def a_ranked(paper: Paper, position: int = 1, relevance: int = 8) -> Ranked:
    score = Score(paper.arxiv_id, paper.version, relevance, 5, "a comment", topics=(1,), closeness=1.5)
    return Ranked(paper, score, position, 1.5, (Contribution("topic", "topic 1", 1.5),))


def a_plan(
    papers: Sequence[Paper] = (),
    *,
    number: int = 1,
    day: date | None = THURSDAY,
    after: date | None = None,
    kind: DigestKind = DigestKind.MORNING,
    occasion: str = "",
    shown: int = 5,
    channel: str = CHANNEL,
) -> DigestPlan:
    """A digest that shows all these papers: a header and a message each."""
    ranked = tuple(a_ranked(paper, position) for position, paper in enumerate(papers, start=1))
    record = DigestRecord(
        channel=channel,
        number=number,
        kind=kind,
        occasion=occasion or f"{kind} {day or number}",
        days=(day,) if day else (),
        totals=Totals(len(papers), len(papers), len(papers)),
        planned_at=NOON,
        completed_at=None,
        scored_by="local scorer",
        selected_by="1. Quantization",
        shown=min(shown, len(papers)),
        remarks=("a remark",),
    )
    subjects = ["", *(paper.arxiv_id for paper in papers)]
    intents = tuple(
        Intent(
            key=PostKey(channel, number, PostRole.PAPER if index else PostRole.HEADER, subject),
            sequence=index,
            state=PostState.PLANNED,
            platform="console",
            channel_id=channel,
            post=Post(PostRole.PAPER if index else PostRole.HEADER, f"text {index}"),
            in_thread=index > shown,
        )
        for index, subject in enumerate(subjects)
    )
    candidates = tuple(CandidateRecord(one.arxiv_id, 8, 1.5, "shown") for one in papers)
    return DigestPlan(record, after, candidates, ranked, intents)


def paper_key(arxiv_id: str, digest: int = 1, channel: str = CHANNEL) -> PostKey:
    return PostKey(channel, digest, PostRole.PAPER, arxiv_id)


def a_ref(message: str, channel_id: str = CHANNEL, platform: str = "console") -> MessageRef:
    return MessageRef(platform, channel_id, message)


def a_vote(message: str, event_id: str, *, order: float = 1.0, added: bool = True, **changes) -> Vote:
    values = {"person": "ada", "emoji": "👍", "at": datetime.fromtimestamp(1_746_700_000 + order, UTC)}
    return Vote(event_id=event_id, ref=a_ref(message), added=added, order=order, **{**values, **changes})
