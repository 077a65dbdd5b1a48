"""Where a secret may go: the rule, and every client that carries one."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.addresses import is_local, may_carry_secret
from bot.embedders.openai_compatible import OpenAICompatibleEmbedder
from tests.trap import trap

SLACK, FILES = "https://slack.com/api", frozenset({"files.slack.com"})
LOOK_ALIKES = (
    "https://files.slack.com.evil.example/a",
    "https://evil.example/files.slack.com",
    "https://evil.example#@files.slack.com/",
    "https://files.slack.com@evil.example/a",
    "https://user:pass@files.slack.com/a",
    "https://evil.example\\@files.slack.com/a",
    "https://files.slack.com\\.evil.example/a",
    "https://files\u2024slack.com/a",
    "https://xn--fles-slack-com.example/a",
    "https://files.slack.com:8443/a",
    "http://files.slack.com/a",
    "http://slack.com/api/x",
    "//files.slack.com/a",
    "ftp://files.slack.com/a",
    "file:///etc/passwd",
    "https:files.slack.com/a",
    "https://files.slack.com%2eevil.example/a",
    "https://[::1]/a",
    "https://127.0.0.1/a",
    "https://169.254.169.254/latest/meta-data",
    "https://files.slack.com/\nHost: evil.example",
    "https:// files.slack.com/a",
    "",
)


@pytest.mark.parametrize(
    "address", ["https://files.slack.com/files-pri/T1-F1/topics.md", "https://slack.com/api/x", "https://SLACK.com/x"]
)
def test_a_secret_goes_to_its_own_service(address):
    assert may_carry_secret(address, SLACK, FILES)


@pytest.mark.parametrize("address", LOOK_ALIKES)
def test_a_secret_goes_nowhere_else(address):
    assert not may_carry_secret(address, SLACK, FILES)


def test_another_port_of_the_same_machine_is_another_service():
    assert may_carry_secret("http://127.0.0.1:8001/f", "http://127.0.0.1:8001/api/")
    assert not may_carry_secret("http://127.0.0.1:8002/f", "http://127.0.0.1:8001/api/")
    assert not may_carry_secret("https://127.0.0.1:8001/f", "http://127.0.0.1:8001/api/")


@given(st.text(alphabet="htps:/@.\\#?[]%slackfie com", max_size=60))
def test_any_text_is_judged_without_an_error(text):
    assert may_carry_secret(text, SLACK, FILES) in {True, False}


async def test_a_server_of_embeddings_that_sends_on_gets_no_key_carried_elsewhere():
    async with trap() as stranger, trap("127.0.0.1", redirect=f"{stranger.base}/v1/embeddings") as own:
        embedder = OpenAICompatibleEmbedder(base_url=f"{own.base}/v1", api_key=SecretStr("sk-secret"), attempts=1)
        with suppress(Exception):  # whatever it makes of the answer
            await asyncio.to_thread(embedder.embed, ["a text"])
        assert own.knows("sk-secret")
        assert not stranger.knows("sk-secret")


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://10.1.2.3/v1", True),
        ("http://ollama:11434/v1", True),
        ("http://box.local/v1", True),
        ("https://api.openai.com/v1", False),
        ("https://localhost.evil.example/v1", False),
        ("https://8.8.8.8/v1", False),
    ],
)
def test_a_server_of_ones_own_network_is_told_from_one_that_charges(address, local):
    assert is_local(address) is local
