"""The two parts of a request: a constant one with task and topics, and the papers, fenced in as data."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.models import Paper, Topics
from bot.prompting import Prompt
from bot.text import cut, readable

MOST_TITLE = 400
MOST_ABSTRACT = 4_000
_MOST_LABEL = 80
MASK = "[another paper]"


class Purpose(StrEnum):
    """What a request is for."""

    SCORE = "score"
    SIFT = "sift"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Message:
    """A request's text. `system` is the same for every request of a kind, so that a provider can cache it."""

    system: str
    user: str


def hash_of(*texts: str) -> str:
    """A short hash that stands for texts in the database."""
    joined = "\0".join(texts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:16]


def score_system(prompt: Prompt, topics: Topics) -> str:
    """The constant part of a request for scores.

    Raises:
        PromptError: the prompt's variables are not the expected ones.
    """
    numbers = "\n".join(f"{topic.number}: {cut(readable(topic.title), _MOST_LABEL)}" for topic in topics.topics)
    return prompt.render(
        {"topics": topics.raw.strip("\n"), "numbers": numbers or "(there are none: leave topics empty)"}
    )


def sift_system(prompt: Prompt, topics: Topics) -> str:
    """The constant part of a request to choose by title.

    Raises:
        PromptError: the prompt's variables are not the expected ones.
    """
    return prompt.render({"topics": topics.raw.strip("\n")})


def user_part(purpose: Purpose, papers: Sequence[Paper], nonce: str, asked_for: int) -> str:
    """The papers as data between two lines of `nonce`; the same arguments always give the same text.

    A paper's text cannot break out: it is one line of JSON, the nonce is unknown to whoever wrote it, and the ids of
    the other papers in the request are masked in it.
    """
    task = f"Code: {nonce}\n"
    if purpose is Purpose.SCORE:
        task += f"Papers to score: {asked_for}\n"
    elif purpose is Purpose.ANSWER:
        task += f"Papers to answer from: {asked_for}\n"
    else:
        task += f"Name at most {asked_for} of these {len(papers)} papers.\n"
    lines = (json.dumps(_fields(purpose, paper, papers), ensure_ascii=False) for paper in papers)
    return "\n".join([task + nonce, *lines, nonce])


def _fields(purpose: Purpose, paper: Paper, papers: Sequence[Paper]) -> dict[str, str]:
    others = [other.arxiv_id for other in papers if other.arxiv_id != paper.arxiv_id]
    fields = {"id": paper.arxiv_id, "title": _masked(cut(readable(paper.title), MOST_TITLE), others)}
    if purpose is not Purpose.SIFT:
        fields["abstract"] = _masked(cut(readable(paper.abstract), MOST_ABSTRACT), others)
    return fields


def _masked(text: str, arxiv_ids: Sequence[str]) -> str:
    """The text without the names of others: what it says about them is not for it to say."""
    found = [one for one in arxiv_ids if one in text]
    if not found:
        return text
    # The longest first: one old id can begin like another.
    names = "|".join(re.escape(one) for one in sorted(found, key=len, reverse=True))
    return re.sub(names, MASK, text)


def score_schema() -> dict[str, Any]:
    """The JSON schema of an answer with scores, in the form the API wants it."""
    # An enumeration, because not every server knows bounds.
    whole = {"type": "integer", "enum": list(range(1, 11))}
    entry = _object(
        {
            "id": {"type": "string"},
            "relevance": whole,
            "novelty": whole,
            "topics": {"type": "array", "items": {"type": "integer"}},
            "comment": {"type": "string"},
        }
    )
    return _named("paper_scores", _object({"papers": {"type": "array", "items": entry}}))


def sift_schema() -> dict[str, Any]:
    """The JSON schema of an answer with chosen ids."""
    return _named("chosen_papers", _object({"ids": {"type": "array", "items": {"type": "string"}}}))


def answer_schema() -> dict[str, Any]:
    """The JSON schema of an answer in sentences, each with the papers it rests on."""
    sentence = _object({"text": {"type": "string"}, "papers": {"type": "array", "items": {"type": "string"}}})
    return _named("answer", _object({"sentences": {"type": "array", "items": sentence}}))


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _named(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "strict": True, "schema": schema}
