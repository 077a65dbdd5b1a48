"""Settings with mistakes: every mistake is told, and what is right stays usable."""

from __future__ import annotations

import os
from datetime import time

import pytest

from bot.settings.salvage import salvaged_settings
from tests.test_settings import clean_environment

__all__ = ["clean_environment"]  # a fixture


@pytest.fixture
def salvage(tmp_path):
    def salvage(text: str | bytes, **environment: str):
        file = tmp_path / "paperlark.toml"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        os.environ.update(environment)
        return salvaged_settings(file)

    return salvage


def test_without_mistakes_they_are_the_settings(salvage):
    settings, mistakes = salvage('papers = 3\n[channels.a]\ntime = "08:00"')
    assert mistakes == ()
    assert (settings.channels["a"].papers, settings.channels["a"].time) == (3, time(8))


def test_what_is_wrong_has_its_default_and_what_is_right_stays(salvage):
    settings, mistakes = salvage(
        'papers = 99\nmore = 2\nsorce = "x"\nslack_bot_token = "xoxb-1-secret"\n'
        '[channels.a]\ntime = "25:00"\nid = "C1"\nplatform = "slack"\n[llm]\nmodel = ""\nparallel = 3\nparalel = 4\n'
    )
    channel = settings.channels["a"]
    assert (channel.papers, channel.more, channel.time, channel.id) == (5, 2, time(9), "C1")
    assert (settings.llm.model, settings.llm.parallel) == ("gpt-4o-mini", 3)
    assert settings.channel_defaults.more == 2
    for part in ("papers = 99", "25:00", "sorce", "slack_bot_token must not stand", "llm.model", "paralel"):
        assert any(part in mistake for mistake in mistakes), part
    assert "secret" not in str(mistakes)


def test_wrong_variables_are_told_and_left_out_and_hide_no_mistake_in_the_file(salvage):
    settings, mistakes = salvage(
        "papers = 99",
        PAPERLARK_ARXIV="not json",
        PAPERLARK_LOG_LEVEL="loud",
        PAPERLARK_LLM__PARALLEL="many",
        PAPERLARK_TIMING__SETTLE_S="5",
        OPENAI_BASE_URL="nowhere",
    )
    assert (settings.log_level, settings.llm.parallel, settings.timing.settle_s) == ("info", 8, 5)
    assert settings.openai_base_url == "https://api.openai.com/v1"
    for part in (
        "PAPERLARK_ARXIV: is not valid JSON",
        "log_level = 'loud'",
        "llm.parallel",
        "OPENAI_BASE_URL",
        "papers = 99",
    ):
        assert any(part in mistake for mistake in mistakes), part


@pytest.mark.parametrize("text", ["papers = ", b"\xff\xfe\x00", "a = 1\na = 2", "channels = 3", "[channels]\na = 3"])
def test_a_file_that_cannot_be_read_leaves_the_environment(salvage, text):
    settings, mistakes = salvage(text, PAPERLARK_SOURCE="sample")
    assert mistakes
    assert settings.source == "sample"


def test_a_file_that_is_not_there_is_a_mistake(tmp_path):
    settings, mistakes = salvaged_settings(tmp_path / "none.toml")
    assert "cannot be read" in mistakes[0]
    assert settings.data_dir == tmp_path / "data"
