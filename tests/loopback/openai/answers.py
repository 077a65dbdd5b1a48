"""What the stand-in model says, and the many ways in which real ones say it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

Papers = Sequence[dict[str, str]]
Entries = list[dict[str, Any]]

_COMMENT = (
    "Replaces full attention by a learned low-rank summary of earlier tokens, which halves memory at equal accuracy and "
    "matches the second topic closely."
)
_WORDS = tuple(_COMMENT.split())


def realistic_verdict(paper: dict[str, str]) -> dict[str, Any]:
    """Scores that follow from the paper's id, and a comment of a usual length."""
    digest = hashlib.sha256(paper["id"].encode()).digest()
    return {
        "id": paper["id"],
        "relevance": 1 + digest[0] % 10,
        "novelty": 1 + digest[1] % 10,
        "topics": [1 + digest[2] % 3],
        "comment": " ".join(_WORDS[: 14 + digest[3] % 9]) + ".",
    }


def read_papers(message: str) -> list[dict[str, str]]:
    """The papers of a request: the JSON lines between the two lines of its code."""
    found = re.search(r"^Code: (\S+)$", message, re.MULTILINE)
    code = found[1] if found else ""
    inside = message.split(f"\n{code}\n", 1)[-1].rsplit(f"\n{code}", 1)[0]
    return [json.loads(line) for line in inside.splitlines() if line.startswith("{")]


def obeyed(papers: Papers) -> Entries:
    """What a gullible model adds because a text told it to: every entry after the word OBEY."""
    found: Entries = []
    for paper in papers:
        text = f"{paper['title']} {paper.get('abstract', '')}"
        found += [json.loads(entry) for entry in re.findall(r"OBEY (\{[^{}]*\})", text)]
    return found


def plain(entries: Entries) -> str:
    return json.dumps({"papers": entries}, ensure_ascii=False)


def _fenced(entries: Entries) -> str:
    return f"Here are the scores you asked for:\n```json\n{json.dumps({'papers': entries}, indent=2)}\n```\nEnjoy!"


def _jsonl(entries: Entries) -> str:
    return "\n".join(json.dumps(entry) for entry in entries)


def _seed_form(entries: Entries) -> str:
    lines = [
        {"ARXIVID": e["id"], "COMMENT": e["comment"], "RELEVANCE": e["relevance"], "NOVELTY": e["novelty"]}
        for e in entries
    ]
    return "\n".join(json.dumps(line) for line in lines)


def _trailing_commas(entries: Entries) -> str:
    return "[" + "".join(f"{json.dumps(entry)[:-1]},}},\n" for entry in entries) + "]"


def _out_of_ten(entries: Entries) -> str:
    return plain([{**e, "relevance": f"{e['relevance']}/10", "novelty": f"{e['novelty']} out of 10"} for e in entries])


def _floats(entries: Entries) -> str:
    return plain([{**e, "relevance": float(e["relevance"]), "novelty": f"{e['novelty']}.0"} for e in entries])


def _by_key(entries: Entries) -> str:
    return json.dumps({e["id"]: {key: value for key, value in e.items() if key != "id"} for e in entries})


def _versioned(entries: Entries) -> str:
    return plain([{**e, "id": f"arXiv:{e['id']}v1"} for e in entries])


def _thinking(entries: Entries) -> str:
    return '<think>Maybe {"id": "x"} deserves a 10? Hmm.</think>\n' + plain(entries)


def _shuffled(entries: Entries) -> str:
    return plain(list(reversed(entries)))


def _single_quotes(entries: Entries) -> str:
    return "\n".join(
        f"{{'id': '{e['id']}', 'relevance': {e['relevance']}, 'novelty': {e['novelty']}}}" for e in entries
    )


def _with_invented(entries: Entries) -> str:
    return plain([*entries, {**entries[0], "id": "9999.99999"}, {**entries[0], "id": "2505.3801"}])


STYLES: dict[str, Callable[[Entries], str]] = {
    "plain": plain,
    "array": json.dumps,
    "fenced": _fenced,
    "jsonl": _jsonl,
    "seed form": _seed_form,
    "trailing commas": _trailing_commas,
    "out of ten": _out_of_ten,
    "floats": _floats,
    "by key": _by_key,
    "versioned ids": _versioned,
    "thinking": _thinking,
    "shuffled": _shuffled,
    "single quotes": _single_quotes,
    "invented ids": _with_invented,
}
