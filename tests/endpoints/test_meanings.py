"""What a refusal means, in the words of many servers: those on record, and others like them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.endpoints.bodies import said_in
from bot.endpoints.failures import Failure
from bot.endpoints.meanings import Meaning, batch_limit_in, meaning_of
from bot.endpoints.waits import wait_of
from tests.endpoints.refusals import REFUSALS

NOW = datetime(2025, 5, 8, 7, tzinfo=UTC)
RECORDED = Path(__file__).resolve().parents[3] / "shared" / "findings" / "inputs" / "error-bodies.txt"
MEANS = (
    ("own temperature", {Failure.UNSUPPORTED}),
    ("content check", {Failure.REFUSED}),
    ("credit or budget", {Failure.QUOTA}),
    ("wait 26 s", {Failure.RATE_LIMITED}),
    ("key is wrong", {Failure.KEY_REFUSED}),
    ("longer than the context", {Failure.TOO_LONG}),
    ("no such model", {Failure.MODEL_UNKNOWN}),
    ("answer's limit", {Failure.ANSWER_LIMIT}),
    ("passing fault", {Failure.SERVER_ERROR}),
    ("page of a proxy", {Failure.FIREWALL}),
    ("serve this country", {Failure.REGION}),
    ("proxy on the way", {Failure.PROXY}),
)


def meaning(status: int, body: str, **headers: str) -> Meaning:
    return meaning_of(status, said_in(body.encode()), headers, NOW, asked_tokens=9_000)


def test_the_recorded_bodies_are_understood_as_meant():
    if not RECORDED.exists():
        pytest.skip("the recorded error bodies do not lie beside this checkout")
    wrong = []
    for case in RECORDED.read_text(encoding="utf-8").split("\n## ")[1:]:
        status, means, body = (
            re.search(rf"^{key}: +(.*)", case, re.MULTILINE)[1] for key in ("status", "means", "body")
        )
        expected = next(kinds for words, kinds in MEANS if words in means)
        found = meaning(int(status), body)
        if found.kind not in expected:
            wrong.append((case.splitlines()[0], found))
    assert wrong == []


@pytest.mark.parametrize(("kind", "parameter", "status", "body"), REFUSALS)
def test_what_servers_say_is_understood(kind: Failure, parameter: str, status: int, body: str):
    found = meaning(status, body)
    assert (found.kind, found.parameter) == (kind, parameter)


@pytest.mark.parametrize(
    ("headers", "body", "wait_s"),
    [
        ({"retry-after": "7"}, "", 7),
        ({"retry-after-ms": "2500"}, "", 2.5),
        ({"retry-after": "1m2s"}, "", 62),
        ({}, "Please retry in 26.66s.", 26.66),
        ({}, '{"retryDelay": "26s"}', 26),
        ({}, "Please try again in 1m26.5s. Visit https://x.example/limits", 86.5),
        ({}, "Please try again in 250ms.", 0.25),
        ({}, "Please retry after 12 seconds.", 12),
        ({}, '{"error": "Model is currently loading", "estimated_time": 20.0}', 20),
        ({}, '{"retry_after": 12}', 12),
        ({}, "请在 20 秒后重试", 20),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6s"}, "", 6),
        ({"x-ratelimit-remaining-tokens": "100", "x-ratelimit-reset-tokens": "6s"}, "", None),
        ({"x-ratelimit-reset": str(int(NOW.timestamp() + 9) * 1000)}, "", 9),
        ({}, "The engine is overloaded, try again later. Limit 5, used 5.", None),
        ({"retry-after": "nan"}, "", None),
        ({}, "max_tokens: 26 seconds of audio", None),
    ],
)
def test_a_wait_is_found_wherever_it_is_named(headers: dict[str, str], body: str, wait_s: float | None):
    found = wait_of(headers, said_in(body).text, NOW)
    assert found == (None if wait_s is None else pytest.approx(wait_s, abs=0.01))


def test_a_limit_on_texts_is_found_or_guessed():
    said = said_in('{"message": "batch size is invalid, it should not be larger than 10.: input.contents"}')
    assert batch_limit_in(said, 128) == 10
    assert batch_limit_in(said_in("too many inputs"), 128) == 64
    assert batch_limit_in(said_in("no such model"), 128) is None


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' * 2_000, b"<" * 100_000, b"9" * 7_000])
def test_any_body_is_read_without_failing(body: bytes):
    assert isinstance(meaning_of(400, said_in(body), {}, NOW).kind, Failure)
