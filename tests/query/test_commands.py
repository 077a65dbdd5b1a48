"""Which lines are commands, which are questions, and what is suggested."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import CommandLine
from bot.query import COMMANDS, parse_line

TODAY = date(2026, 10, 14)


def said(text):
    return parse_line(text, TODAY)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("", CommandLine("help")),
        ("why 2505.03801", CommandLine("why", arxiv_id="2505.03801")),
        ("LIKE https://arxiv.org/abs/2505.03801v2", CommandLine("like", arxiv_id="2505.03801")),
        ("save cs/0112017", CommandLine("save", arxiv_id="cs/0112017")),
        ("follow author Ada  Lovelace", CommandLine("follow", "author Ada Lovelace")),
        ('mute "federated learning"', CommandLine("mute", '"federated learning"')),
        ("mute “federated learning”", CommandLine("mute", '"federated learning"')),
        ("mute author A. Nonymous", CommandLine("mute", "author A. Nonymous")),
        ("topics", CommandLine("topics")),
        ("topics undo", CommandLine("topics", "undo")),
        ("topics edit 3", CommandLine("topics", "edit 3")),
        ("pause", CommandLine("pause")),
        ("pause until 2026-12-24", CommandLine("pause", "until 2026-12-24")),
        ("pause until 2026-11", CommandLine("pause", "until 2026-11-01")),
        ("resume", CommandLine("resume")),
        ("stats", CommandLine("stats")),
        ("saved", CommandLine("saved")),
        ("help", CommandLine("help")),
    ],
)
def test_a_line_that_fits_exactly_is_a_command(line, command):
    assert said(line) == command


@pytest.mark.parametrize(
    "line",
    [
        "why do LLMs hallucinate",
        "more efficient attention",
        "like humans, models err",
        "similar documents retrieval",
        "topics in causal inference",
        "help seeking behaviour of agents",
        "save energy when training",
        "stats for language models",
        "mute buttons in conversation design, and why",
        "follow the money: finance agents",
        "kv cache compression",
        "2505.03801",
    ],
)
def test_everything_else_is_a_question(line):
    spoken = said(line)
    assert (spoken.name, spoken.argument) == ("ask", line)


@pytest.mark.parametrize(
    ("line", "suggestion"),
    [
        ("lik 2505.03801", "like 2505.03801"),
        ("simlar 2505.03801", "similar 2505.03801"),
        ("helpp", "help"),
        ("stat", "stats"),
        ("tpoics undo", "topics undo"),
        ("mut author Bob Ross", "mute author Bob Ross"),
        ("mute federated learning", 'mute "federated learning"'),
        ("follow Ada Lovelace", "follow author Ada Lovelace"),
        ("why", "why ID"),
        ("like it", "like ID"),
        ("pause until yesterday", "pause or pause until DATE"),
        ("kv cache compression", ""),
        ("likely outcomes", ""),
    ],
)
def test_a_mistyped_command_is_a_question_with_a_suggestion(line, suggestion):
    assert said(line).suggestion == suggestion


@given(st.text(max_size=100) | st.tuples(st.sampled_from(sorted(COMMANDS)), st.text(max_size=30)).map(" ".join))
def test_no_line_breaks_the_parser(line):
    spoken = said(line)
    assert spoken.name == "ask" or spoken.name in COMMANDS
