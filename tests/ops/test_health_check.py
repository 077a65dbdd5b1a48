"""The image's health check, run as the image runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bot.settings import HealthSettings

DOCKERFILE = Path(__file__).resolve().parents[2] / "Dockerfile"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        is_well = self.path == "/healthz" and self.server.is_well
        self.send_response(200 if is_well else 503)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def check(port):
    """The exit status of the command in the Dockerfile, asking another port; a proxy in the way is not asked."""
    text = DOCKERFILE.read_text(encoding="utf-8").replace("\\\n", "")
    command = json.loads(re.search(r"^HEALTHCHECK .*CMD (\[.*\])$", text, re.MULTILINE)[1])
    assert command[0] == "python"
    assert str(HealthSettings().port) in command[2]
    environment = {**os.environ, "http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    here = [sys.executable, *command[1:2], command[2].replace(str(HealthSettings().port), str(port))]
    return subprocess.run(here, env=environment, capture_output=True, check=False, timeout=30).returncode


def test_a_bot_that_is_well_passes_and_one_that_is_not_does_not(server):
    server.is_well = True
    assert check(server.server_port) == 0
    server.is_well = False
    assert check(server.server_port) == 1


def test_a_bot_that_does_not_answer_does_not_pass(server):
    server.server_close()
    assert check(server.server_port) == 1
