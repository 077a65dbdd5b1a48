"""The chat on a loopback port, whose calls go wrong as they are told to."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.loopback.faulty.chat import JSON, Chat
from tests.loopback.faulty.platform import Fault

_LONG_POLL_S = 0.1


class ChatServer:
    """The chat on a loopback port, in threads of this process: `with ChatServer(chat) as server: server.url`.

    `faults` says how the n-th call (1-based) of a method goes wrong; `pause_s` delays the answer of every post.
    """

    def __init__(self, chat: Chat, *, pause_s: float = 0.0) -> None:
        self.chat = chat
        self.pause_s = pause_s
        self.faults: dict[tuple[str, int], Fault] = {}
        self.counts: dict[str, int] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def reset_counts(self) -> None:
        """Count calls from 1 again."""
        with self._lock:
            self.counts.clear()

    def take(self, method: str) -> Fault | None:
        """Count a call and say what goes wrong with it."""
        with self._lock:
            self.counts[method] = self.counts.get(method, 0) + 1
            return self.faults.pop((method, self.counts[method]), None)

    def serve(self, method: str, body: JSON) -> tuple[int, Any]:
        """Status and answer of a call; status 0 closes the connection without one."""
        fault = self.take(method)
        if fault is Fault.DELAYED:
            return 429, {}
        if fault is Fault.REFUSED:
            return 403, {}
        if fault is Fault.BROKEN:
            return 500, {}
        if fault in {Fault.SILENT, Fault.LATE}:
            if fault is Fault.LATE:
                self.chat.postpone(body)
            self._closing.wait(30)
            return 0, None
        if method == "events_owed":
            self._wait_for_events()
        answer = self.chat.obey(method, body)
        if fault is Fault.KILLS_CALLER:
            os.kill(body["pid"], signal.SIGKILL)
        if method == "post" and self.pause_s:
            self._closing.wait(self.pause_s)
        if fault in {Fault.LOST, Fault.KILLS_CALLER}:
            return 0, None
        return (500 if fault is Fault.BROKEN_STORED else 200), answer

    def _wait_for_events(self) -> None:
        deadline = time.monotonic() + _LONG_POLL_S
        while not self.chat.owed and time.monotonic() < deadline and not self._closing.wait(0.02):
            pass


def _handler(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = server.serve(self.path.strip("/"), body)
            if not status:
                self.close_connection = True
                return
            content = json.dumps(answer).encode()
            with suppress(OSError):  # the caller may be dead by now
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                if status == 429:
                    self.send_header("Retry-After", "1")
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    return Handler
