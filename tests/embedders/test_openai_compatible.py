"""The embeddings endpoint, asked by the real SDK over loopback."""

from __future__ import annotations

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from pydantic import SecretStr

from bot.embedders import EMBEDDERS, EmbedderOptions
from bot.embedders.openai_compatible import OpenAICompatibleEmbedder
from bot.errors import EmbedderError
from bot.store import Store
from tests.fakes import FakeClock


class Endpoint(ThreadingHTTPServer):
    """Answers /embeddings with `length` numbers for each input, or as `answer` says; remembers the requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.length = 4
        self.bare = False
        self.refuse = lambda texts: None
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
        if refusal := self.server.refuse(body["input"]):
            self.answer(*refusal)
            return
        rows = [[float(len(text)), 1.0, 2.0, 3.0, 4.0][: self.server.length] for text in body["input"]]
        entries = [{"object": "embedding", "index": i, "embedding": row} for i, row in enumerate(rows)]
        answer = {
            "object": "list",
            "model": body["model"],
            "data": entries[::-1],
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }
        if self.server.bare:
            answer["data"] = [{"embedding": row} for row in rows]
        self.answer(self.server.status, answer if self.server.answer is None else self.server.answer)

    def answer(self, status, body, headers=()):
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
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


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "paperlark.db")
    yield opened
    opened.close()


def an_embedder(endpoint, **changes):
    options = {"model": "small", "base_url": endpoint.url, "attempts": 1, **changes}
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


# --- limits


def too_many(most, message):
    return lambda texts: (400, {"error": {"message": message}}) if len(texts) > most else None


@pytest.mark.parametrize(
    ("most", "message"),
    [
        (10, "Value error, batch size is invalid, it should not be larger than 10.: input.contents"),
        (32, "batch size 128 > maximum allowed batch size 32"),
        (100, "at most 100 requests can be in one batch"),
        (7, "Bad Request"),
    ],
)
def test_a_server_that_takes_fewer_texts_at_once_is_asked_for_fewer(endpoint, store, most, message):
    endpoint.refuse = too_many(most, message)
    texts = [f"text {i}" for i in range(150)]
    assert an_embedder(endpoint, costs=store.costs).embed(texts).shape == (150, 4)
    asked = len(endpoint.requests)
    assert asked <= 150 / most * 2 + 6
    del endpoint.requests[:]
    an_embedder(endpoint, costs=store.costs).embed(texts)
    assert all(len(body["input"]) <= most for _, _, body in endpoint.requests), "remembered"


def test_a_model_of_few_tokens_gets_shorter_texts(endpoint):
    def refuse(texts):
        too_long = any(len(text) > 2_000 for text in texts)
        return (413, {"error": "Input validation error: `inputs` must have less than 512 tokens"}) if too_long else None

    endpoint.refuse = refuse
    assert an_embedder(endpoint).embed(["a" * 7_000, "b", "c" * 1_000]).shape == (3, 4)


def test_entries_without_an_index_are_taken_in_their_order(endpoint):
    endpoint.bare = True
    vectors = an_embedder(endpoint).embed(["a", "bbbb"])
    assert vectors[1, 0] / vectors[1, 1] == pytest.approx(4)


def test_a_wait_is_kept_and_what_was_made_before_is_not_asked_again(endpoint):
    clock = FakeClock()
    refused = iter([None, (429, {"error": {"message": "slow down"}}, [("Retry-After", "9")]), None])
    endpoint.refuse = lambda texts: next(refused)
    assert an_embedder(endpoint, attempts=3, clock=clock).embed([f"{i}" for i in range(200)]).shape == (200, 4)
    assert 9 <= clock.sleeps[0] < 10
    assert [len(body["input"]) for _, _, body in endpoint.requests] == [128, 72, 72]


GARBAGE = [
    b"", b"null", b"[]", b"{}", b"<html>hello</html>", b"[" * 100_000, b'{"data": [', b"\xff\xfe", b"9" * 6_000,
    b'{"data": [{"embedding": "AAAA"}]}', b'{"data": [{"embedding": [null]}]}', b'{"error": {"message": "no"}}',
    b'{"data": [[[[1]]]]}', b'data: {"a": 1}', b'{"data": 7}', b'{"data": {"a": 1}}',
]  # fmt: skip


@pytest.mark.parametrize("body", GARBAGE, ids=lambda body: repr(body[:12]))
def test_whatever_comes_back_is_an_embedder_error(endpoint, body):
    endpoint.refuse = lambda texts: (200, body)
    with pytest.raises(EmbedderError):
        an_embedder(endpoint).embed(["a"])


def test_a_packed_answer_of_any_size_costs_no_memory(endpoint, monkeypatch):
    monkeypatch.setattr("bot.embedders.openai_compatible.MOST_BYTES", 2**20)
    bomb = gzip.compress(b"[" + b"0," * 2**22)
    endpoint.refuse = lambda texts: (200, bomb, [("Content-Encoding", "gzip")])
    with pytest.raises(EmbedderError, match="more than 1 MB"):
        an_embedder(endpoint).embed(["a"])


def test_a_proxy_that_cannot_be_is_an_embedder_error(endpoint, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "htp://x y")
    with pytest.raises(EmbedderError, match="could not be reached"):
        an_embedder(endpoint).embed(["a"])


async def test_it_works_beside_a_running_loop(endpoint):
    assert an_embedder(endpoint).embed(["a"]).shape == (1, 4)
