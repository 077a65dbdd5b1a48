"""The embeddings endpoint, asked by the real SDK over loopback."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from pydantic import SecretStr

from bot.embedders import EMBEDDERS, EmbedderOptions
from bot.embedders.openai_compatible import OpenAICompatibleEmbedder
from bot.errors import EmbedderError


class Endpoint(ThreadingHTTPServer):
    """Answers /embeddings with `length` numbers for each input, or as `answer` says; remembers the requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.length = 4
        self.status = 200
        self.answer = None
        self.silent = threading.Event()
        self.silent.set()
        self.requests = []
        self.url = f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, self.headers["Authorization"], body))
        self.server.silent.wait(10)
        rows = [[float(len(text)), 1.0, 2.0, 3.0, 4.0][: self.server.length] for text in body["input"]]
        entries = [{"object": "embedding", "index": i, "embedding": row} for i, row in enumerate(rows)]
        answer = {
            "object": "list",
            "model": body["model"],
            "data": entries[::-1],
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }
        payload = json.dumps(answer if self.server.answer is None else self.server.answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *args):
        pass


@pytest.fixture
def endpoint():
    server = Endpoint()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.silent.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


def an_embedder(endpoint, **changes):
    options = {"model": "small", "base_url": endpoint.url, "max_retries": 0, **changes}
    return OpenAICompatibleEmbedder(**options)


def test_vectors_come_back_in_the_order_asked_and_of_unit_length(endpoint):
    """The answer lists them backwards: their index counts."""
    vectors = an_embedder(endpoint).embed(["a", "bbbb"])
    assert vectors.shape == (2, 4)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-6)
    assert vectors[1, 0] / vectors[1, 1] == pytest.approx(4)


def test_an_empty_text_is_zero_and_is_not_sent(endpoint):
    vectors = an_embedder(endpoint).embed(["", "a"])
    assert not vectors[0].any()
    assert endpoint.requests[0][2]["input"] == ["a"]


def test_nothing_but_empty_texts_asks_nobody(endpoint):
    assert not an_embedder(endpoint).embed(["", " "]).any()
    assert endpoint.requests == []


def test_many_texts_are_asked_for_in_batches(endpoint):
    assert an_embedder(endpoint).embed([f"text {i}" for i in range(300)]).shape == (300, 4)
    assert [len(body["input"]) for _, _, body in endpoint.requests] == [128, 128, 44]


def test_the_length_is_learned_from_the_first_answer(endpoint):
    embedder = an_embedder(endpoint)
    embedder.embed(["a"])
    assert embedder.dimensions == 4


def test_the_key_is_sent_and_a_server_without_keys_gets_a_stand_in(endpoint):
    an_embedder(endpoint, api_key=SecretStr("sk-secret")).embed(["a"])
    an_embedder(endpoint).embed(["a"])
    assert [key for _, key, _ in endpoint.requests] == ["Bearer sk-secret", "Bearer none"]


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_a_refusal_is_an_embedder_error_with_its_status(endpoint, status):
    endpoint.status, endpoint.answer = status, {"error": {"message": "no such model"}}
    with pytest.raises(EmbedderError, match=f"{status}"):
        an_embedder(endpoint).embed(["a"])


def test_an_error_never_shows_the_key(endpoint):
    endpoint.status, endpoint.answer = 401, {"error": {"message": "bad"}}
    with pytest.raises(EmbedderError) as caught:
        an_embedder(endpoint, api_key=SecretStr("sk-secret")).embed(["a"])
    assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize("answer", [{"object": "list", "data": [], "model": "m"}, {"hello": "world"}])
def test_an_answer_without_vectors_is_an_error(endpoint, answer):
    endpoint.answer = answer
    with pytest.raises(EmbedderError):
        an_embedder(endpoint).embed(["a"])


def test_a_silent_server_times_out(endpoint):
    endpoint.silent.clear()
    with pytest.raises(EmbedderError, match="no answer in time"):
        an_embedder(endpoint, timeout_s=0.2).embed(["a"])


def test_the_registry_hands_the_options_on(endpoint):
    made = EMBEDDERS["openai-compatible"](EmbedderOptions(model="m", base_url=endpoint.url))
    assert made.name == "m"
