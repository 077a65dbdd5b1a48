"""Secrets stay out of texts, and texts without secrets stay as they are."""

from __future__ import annotations

import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redaction import RedactingFormatter, redacted, secrets_in, visible, without_login

SLACK, APP = "xoxb-1234567890-abcdefGHIJ", "xapp-1-A012345-987654-abcdef"
OPENAI = "sk-proj-0123456789abcdefABCDEF"
DISCORD = "MTE4NjQ1NzIwOTk2NDk1NDk3OQ.GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789AB"


@pytest.mark.parametrize("token", [SLACK, APP, OPENAI, DISCORD])
def test_what_looks_like_a_token_is_hidden_wherever_it_stands(token):
    assert redacted(f"refused: {token}, sorry") == "refused: …, sorry"
    assert redacted(f"{{'Authorization': 'Bearer {token}'}}") == "{'Authorization': 'Bearer …'}"


def test_known_secrets_are_hidden_whatever_they_look_like():
    assert redacted("the key hunter2-hunter2 is wrong", ["hunter2-hunter2"]) == "the key … is wrong"
    assert redacted("abcdefgh", ["abcdef", "abcdefgh"]) == "…", "the longer one first"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://ada:pa55w0rd@host:8443/v1", "https://…@host:8443/v1"),
        ("proxy http://token@proxy:3128 fails", "proxy http://…@proxy:3128 fails"),
        ("HTTPS://ada:p%40ss@host", "HTTPS://…@host"),
        ("https://arxiv.org/abs/2505.03801", "https://arxiv.org/abs/2505.03801"),
        ("mail ada@example.org or see https://host/a@b", "mail ada@example.org or see https://host/a@b"),
    ],
)
def test_logins_are_taken_out_of_addresses(text, clean):
    assert without_login(text) == clean


def test_the_environments_secrets_are_its_tokens_and_passwords():
    environment = {
        "SLACK_BOT_TOKEN": SLACK,
        "OPENAI_API_KEY": "local",  # too short to be one
        "HTTPS_PROXY": "http://ada:p%40ssw0rd@proxy:3128",
        "HOME": "/home/ada-lovelace",
    }
    assert secrets_in(environment) == {SLACK, "ada:p%40ssw0rd", "p%40ssw0rd", "p@ssw0rd"}


@given(st.text(alphabet="abc xyz:/.@-_0123456789", max_size=300))
def test_redacting_twice_changes_nothing_more(text):
    once = redacted(text)
    assert redacted(once) == once


@pytest.mark.parametrize("text", ["https://" + "a" * 100_000, "://" * 30_000, "sk-" * 30_000, "a@" * 50_000])
@pytest.mark.timeout(10)
def test_long_texts_are_redacted_quickly(text):
    redacted(text, ["secret-value"])


def test_a_traceback_is_redacted_as_well():
    form = RedactingFormatter("%(message)s", {"pa55w0rd!"})
    try:
        int("pa55w0rd!")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "with %s", ("pa55w0rd!",), sys.exc_info())
    line = form.format(record)
    assert "pa55w0rd!" not in line
    assert "Traceback" in line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a line\nand a\ttab, 👍 and ü", "a line\nand a\ttab, 👍 and ü"),
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("over\rwritten\x9b2J", "over\\rwritten\\x9b2J"),
        ("\u202eexe.png\ud800", "\\u202eexe.png\\ud800"),
    ],
)
def test_what_a_server_said_steers_no_terminal(text, shown):
    assert visible(text) == shown
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "it said %s", (text,), None)
    assert RedactingFormatter("%(message)s", set()).format(record) == f"it said {shown}"
