"""The answer in whatever form a server sends it: APIs of others passed on, pieces, wrappings, errors as answers."""

from __future__ import annotations

import json

import pytest

from bot.endpoints.failures import CallFailed
from bot.scorers.llm.completion import Answer, ErrorInside, read_completion
from bot.scorers.llm.parse import parse_scores

IDS = ("2505.03001", "2505.03002")
ENTRIES = [
    {"id": "2505.03001", "relevance": 8, "novelty": 5, "comment": "One does."},
    {"id": "2505.03002", "relevance": 3, "novelty": 6, "comment": "Two does."},
]
TEXT = json.dumps({"papers": ENTRIES})
BODIES = {
    "tool": {
        "choices": [
            {
                "message": {"content": None, "tool_calls": [{"function": {"name": "x", "arguments": TEXT}}]},
                "finish_reason": "tool_calls",
            }
        ]
    },
    "dict content": {"choices": [{"message": {"content": {"papers": ENTRIES}}}]},
    "list direct": {"choices": [{"message": {"content": ENTRIES}}]},
    "text": {"choices": [{"text": TEXT}]},
    "anthropic": {
        "content": [{"type": "thinking", "thinking": "h"}, {"type": "text", "text": TEXT}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 10, "output_tokens": 5},
    },
    "gemini": {
        "candidates": [{"content": {"parts": [{"text": TEXT}], "role": "model"}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 40},
    },
    "responses": {
        "output": [
            {"type": "reasoning", "summary": []},
            {"type": "message", "content": [{"type": "output_text", "text": TEXT}]},
        ],
        "status": "completed",
    },
    "wrapped": {"code": 0, "data": {"choices": [{"message": {"content": TEXT}}]}},
    "list of completions": [{"choices": [{"message": {"content": TEXT}}]}],
    "refusal": {"choices": [{"message": {"content": None, "refusal": "no"}}]},
    "reasoning only": {"choices": [{"message": {"content": "", "reasoning_content": TEXT}, "finish_reason": "stop"}]},
    "minimax": {"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}, "choices": None},
    "success false": {"success": False, "message": "Rate limit"},
    "detail": {"detail": "no"},
    "direct answer": {"papers": ENTRIES},
    "hf": [{"generated_text": TEXT}],
}
STREAMS = {
    "ollama nd": "\n".join(
        json.dumps({"message": {"content": TEXT[i : i + 30]}, "done": False}) for i in range(0, len(TEXT), 30)
    )
    + "\n"
    + json.dumps({"done": True, "done_reason": "stop", "prompt_eval_count": 3, "eval_count": 4}),
    "anthropic sse": "".join(
        "event: content_block_delta\ndata: "
        + json.dumps({"type": "content_block_delta", "delta": {"type": "text_delta", "text": TEXT[i : i + 30]}})
        + "\n\n"
        for i in range(0, len(TEXT), 30)
    ),
    "sse error": 'data: {"error":{"message":"Overloaded","code":529}}\n\n',
    "sse last full": 'data: {"choices":[{"delta":{"role":"assistant"}}]}\n\ndata: '
    + json.dumps({"choices": [{"delta": {"content": TEXT}}]})
    + "\n\ndata: [DONE]",
    "bom": "\ufeff" + json.dumps({"choices": [{"message": {"content": TEXT}}]}),
    "keepalive": "\n\n   \n" + json.dumps({"choices": [{"message": {"content": TEXT}}]}),
}

ERRORS = {"minimax", "success false", "detail", "sse error"}


def scores(answer: Answer) -> dict[str, tuple[int, int]]:
    verdicts = parse_scores(answer.text or answer.thoughts, IDS).verdicts
    return {one: (verdict.relevance, verdict.novelty) for one, verdict in verdicts.items()}


@pytest.mark.parametrize("name", [name for name in (*BODIES, *STREAMS) if name not in ERRORS and name != "refusal"])
def test_an_answer_is_found_in_every_envelope(name: str):
    body = json.dumps(BODIES[name]) if name in BODIES else STREAMS[name]
    assert scores(read_completion(body.encode())) == {IDS[0]: (8, 5), IDS[1]: (3, 6)}


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_an_error_that_came_as_an_answer_is_one(name: str):
    body = json.dumps(BODIES[name]) if name in BODIES else STREAMS[name]
    with pytest.raises(ErrorInside):
        read_completion(body.encode())


def test_a_refusal_is_no_answer():
    assert read_completion(json.dumps(BODIES["refusal"]).encode()).refused


def test_thinking_that_stands_in_the_total_alone_is_the_completions():
    usage = read_completion(json.dumps(BODIES["gemini"]).encode()).usage
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.reasoning_tokens) == (10, 30, 25)


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"7", b"<html></html>", b"[" * 100_000, b"\xff\xfe\x00", b"data: x"]
)
def test_what_is_no_answer_fails_and_never_otherwise(body: bytes):
    with pytest.raises(CallFailed):
        read_completion(body)
