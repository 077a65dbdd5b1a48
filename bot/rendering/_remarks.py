"""Word why a morning is as it is, and the alarms: one wording for each reason."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo

from bot.rendering._words import long_date
from bot.text import counted

_LOCALLY = "scored locally"
_REST_FOLLOWS = "; the rest follows"
_DISAGREE = "arXiv's feed and index disagree"
_CAME_LATE = re.compile(r"[\d,]+ papers? of this listing came late, with digest \d+")
_GIVEN_UP = re.compile(r"[\d,]+ papers? could not be posted here: .*")
_FAILED = "the LLM failed"


def no_announcement(reason: str) -> str:
    """A quiet day that is no fault: `reason` is "weekend", "holiday" or another short word."""
    return f"no announcement: {reason}"


def arxiv_unreachable(next_try: datetime | None, zone: tzinfo) -> str:
    """ArXiv gave nothing believable. `next_try` is aware and shown in the channel's `zone`."""
    if next_try is None:
        return "arXiv could not be reached; no more tries today"
    local = next_try.astimezone(zone)
    return f"arXiv could not be reached; next try at {local:%H:%M} on {long_date(local.date())}"


def llm_failed(papers: int, reason: str = "") -> str:
    """The LLM gave no scores for `papers` papers; `reason` is a short clause about it ("its key was refused")."""
    why = f" ({reason})" if reason else ""
    return f"{_FAILED}{why}: {counted(papers, 'paper')} {_LOCALLY}"


def llm_has_failed(remark: str) -> bool:
    """Whether this remark of a digest says that the LLM gave no scores."""
    return remark.startswith(_FAILED)


def llm_left_out(papers: int) -> str:
    """The LLM worked, but left a few papers out however often it was asked."""
    return f"the LLM left {counted(papers, 'paper')} out: {_LOCALLY}"


def budget_reached(papers: int) -> str:
    """The day's budget left `papers` papers to the local scorer."""
    return f"the day's budget is reached: {counted(papers, 'paper')} {_LOCALLY}"


def left_to_local(remarks: Sequence[str]) -> bool:
    """Whether one of a digest's remarks says that papers meant for the LLM were scored locally."""
    return any(remark.endswith(_LOCALLY) for remark in remarks)


def scored_again(number: int) -> str:
    """A digest that brings what the LLM finds among the papers it could not score for digest `number`."""
    return f"scored again: what the LLM adds to digest {number}"


def nothing_relevant(min_relevance: int) -> str:
    """All were scored and none was relevant enough."""
    return f"nothing above the threshold (relevance {min_relevance})"


def late_papers(papers: int) -> str:
    """Some papers belong to an earlier listing and came late."""
    return f"{counted(papers, 'late paper')} of an earlier listing among them"


def witnesses_disagree(in_feed: int, in_index: int) -> str:
    """A clause: the feed and the index show so many papers of one day."""
    return f"{_DISAGREE}: {in_feed:,} and {in_index:,}"


def feed_misdated(dated: date, shown: date) -> str:
    """A clause: the feed carries another day's date than its papers."""
    return f"{_DISAGREE}: the feed of {long_date(dated)} shows the papers of {long_date(shown)}"


def feed_repeats(day: date) -> str:
    """A clause: what the feed calls new was announced before."""
    return f"{_DISAGREE}: all that the feed of {long_date(day)} calls new was announced before"


def index_unasked() -> str:
    """A clause: nobody could say whether the feed is whole."""
    return "arXiv's index could not be asked whether its feed is whole"


def papers_missed(papers: int) -> str:
    """A clause: a listing that was thought complete lacked papers."""
    return f"{_DISAGREE}: {counted(papers, 'paper')} found a day later"


def is_disagreement(note: str) -> bool:
    """Whether a listing's note says that its witnesses did not agree."""
    return _DISAGREE in note


def rest_follows(doubt: str) -> str:
    """What is there is posted; what a doubtful listing lacks comes later."""
    return f"{doubt}{_REST_FOLLOWS}"


def promises_rest(remark: str) -> bool:
    """Whether this remark of a digest says that more of its listing will come."""
    return remark.endswith(_REST_FOLLOWS)


def corrected(
    remarks: Sequence[str], late: Mapping[int, int], given_up: int = 0, *, is_settled: bool
) -> tuple[str, ...]:
    """A digest's remarks, put right: `late` papers of its listing came by the number of the digest they came with.

    The chat takes none of the `given_up` papers. What was promised while the listing was doubtful is said to be settled
    once it is. Repeating it changes nothing.
    """
    kept = [one for one in remarks if not (_CAME_LATE.fullmatch(one) or _GIVEN_UP.fullmatch(one))]
    if is_settled:
        kept = [f"{one.removesuffix(_REST_FOLLOWS)} (settled since)" if promises_rest(one) else one for one in kept]
    came = [f"{counted(n, 'paper')} of this listing came late, with digest {number}" for number, n in late.items()]
    lost = [f"{counted(given_up, 'paper')} could not be posted here: the chat refuses the message"] if given_up else []
    return (*kept, *came, *lost)


def alarm_text(trouble: str) -> str:
    """Something needs a person: `trouble` is one or more sentences about what and what to do."""
    return f"🐦 Paperlark needs somebody: {trouble}"


def relief_text(trouble: str, since: datetime, zone: tzinfo) -> str:
    """What somebody was told about is over; its first sentence is enough to know it by."""
    local = since.astimezone(zone)
    first = trouble.partition(". ")[0].removesuffix(".")
    return f"🐦 All is well again, after trouble since {local:%H:%M} on {long_date(local.date())}: {first}."
