"""What a typed line is understood as."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.console._commands import HELP, Mistake, PaperCommand, PlainCommand, SpokenLine, VoteCommand, parse


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("", None),
        ("  \t ", None),
        ("+1 3", VoteCommand("👍", ("3",))),
        ("3 +1", VoteCommand("👍", ("3",))),
        ("-1 3", VoteCommand("👎", ("3",))),
        ("+1 1 3 5", VoteCommand("👍", ("1", "3", "5"))),
        ("+1 1, 3, 1", VoteCommand("👍", ("1", "3"))),
        ("+1 #3.", VoteCommand("👍", ("3",))),
        ("+1 003", VoteCommand("👍", ("3",))),
        ("❤️ 2", VoteCommand("❤️", ("2",))),
        ("❤ 2", VoteCommand("❤️", ("2",))),
        ("👍🏽 3", VoteCommand("👍", ("3",))),
        ("👍3", VoteCommand("👍", ("3",))),
        ("👍👍3", VoteCommand("👍👍", ("3",))),
        ("heart 2", VoteCommand("❤️", ("2",))),
        (":custom: 2", VoteCommand(":custom:", ("2",))),
        ("+1 100", VoteCommand("👍", ("100",))),
        ("+1 2505.03801v2", VoteCommand("👍", ("2505.03801",))),
        ("+1 cs/0112017", VoteCommand("👍", ("cs/0112017",))),
        ("abstract 3", PaperCommand("abstract", ("3",))),
        ("WHY 3", PaperCommand("why", ("3",))),
        ("3 why", PaperCommand("why", ("3",))),
        ("similar arXiv:2505.03801", PaperCommand("similar", ("2505.03801",))),
        ("save 3", PaperCommand("save", ("3",))),
        ("like 2505.03801", PaperCommand("like", ("2505.03801",))),
        ("undo", PlainCommand("undo")),
        ("Next", PlainCommand("next")),
        ("?", PlainCommand("help")),
        ("q", PlainCommand("quit")),
    ],
)
def test_a_line_is_understood(line, command):
    assert parse(line) == command


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("abstrct 3", 'did you mean "abstract 3"?'),
        ("hepl", 'did you mean "help"?'),
        ("haert 2", 'did you mean "heart 2"?'),
        ("simlar", 'did you mean "similar 3"?'),
        ("3", "+1 3 and -1 3 vote"),
        ("+1", "for which paper?"),
        ("why", "why of which paper?"),
        ("why 3 hallucinate", '"hallucinate" is not the number of a paper'),
        ("+1 three", '"three" is not the number of a paper'),
        ("+1 -3", '"-3" is not the number of a paper'),
        ("+1 -1 3", "one emoji at a time"),
        ("+13", "+1 13 votes on paper 13"),
        ("-3", "-1 3 votes on paper 3"),
        ("undo 3", "undo stands alone"),
        ("quit now", "quit stands alone"),
    ],
)
def test_a_mistake_is_answered_with_a_hint(line, hint):
    mistake = parse(line)
    assert isinstance(mistake, Mistake)
    assert hint in mistake.message


@pytest.mark.parametrize(
    "line",
    [
        "xyzzy",
        "kv cache compression",
        "why do models hallucinate",
        "similar documents",
        "next token prediction",
        "help seeking agents",
        "fire detection",
        "heart disease in images",
        "heat transfer",
        'cat:cs.CL "state space" -vision',
        "2505.03801",
        "saved",
        "topics undo",
        'mute "federated learning"',
        "pause until 2026-12-24",
    ],
)
def test_everything_else_is_said_to_the_bot_as_it_stands(line):
    assert parse(f" {line} ") == SpokenLine(line)


def test_ask_makes_a_question_of_anything():
    assert parse("ask undo") == SpokenLine("undo")
    assert parse("ask hepl") == SpokenLine("hepl")


@given(st.text(max_size=200) | st.lists(st.sampled_from(["+1", "3", "❤", "why", "undo", ":x:", "-"])).map(" ".join))
def test_no_line_breaks_the_parser(line):
    command = parse(line)
    assert (command is None) == (not re.sub(r"[\s,;]", "", line))
    if isinstance(command, Mistake):
        assert 0 < len(command.message) < 300
    if isinstance(command, SpokenLine):
        assert command.text == line.strip() or line.strip().lower().startswith("ask")
    if isinstance(command, VoteCommand | PaperCommand):
        assert command.papers


def test_every_command_in_the_help_is_understood():
    for command in HELP:
        for line in command.split(", "):
            assert not isinstance(parse(line), Mistake | None), line
