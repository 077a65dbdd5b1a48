"""What a model says, before anybody reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.citations import checked
from bot.scorers.llm.parse import parse_scores
from bot.text import model_words, names_address

ADDRESSES = (
    "https://evil.example/login",
    "evil.example",
    "www.evil",
    "login.evil.co.uk/x",
    "discord.gg/abc",
    "evil\u3002com",
    "evil\uff0eexample",
    "evil\u2024example",
    "ev\u200bil.example",
    "evil[.]example",
    "evil (dot) example",
    "hxxp:evil",
    "mailto:a",
    "javascript:alert(1)",
    "ada@evil",
    "10.0.0.7/login",
    "\u0435vil.\u0440\u0444",
    "<https://evil.example|here>",
    "[here](https://evil.example)",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_sentence_with_an_address_is_left_out_everywhere(address):
    said = f"Halves the cache. Sign in at {address} to go on. Keeps accuracy."
    assert model_words(said) == "Halves the cache. Keeps accuracy."
    answer = f'[{{"id": "2505.00001", "relevance": 7, "novelty": 6, "comment": "Sign in at {address} now"}}]'
    assert parse_scores(answer, ["2505.00001"]).verdicts["2505.00001"].comment == ""
    assert checked([f"Your session expired, sign in at {address} to go on [1]."], 1) == ()


@pytest.mark.parametrize(
    "said",
    [
        "Improves on GPT-4.1 and Llama-3.1-8B by 2.5 points, i.e. at half the cost (cf. prior work).",
        "Compares v2.0 with v1.5 in the U.S. and the E.U. alike...",
        "Works at 3.5x the speed; see Sec. 4.2.",
    ],
)
def test_what_only_has_dots_stays(said):
    assert model_words(said) == said


@given(st.text(max_size=200))
def test_nothing_that_comes_out_names_an_address(said):
    assert not any(names_address(sentence) for sentence in model_words(said).split("\n"))
    assert "\n" not in model_words(said)
