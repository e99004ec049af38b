"""A local server that plays an OpenAI-compatible ``/chat/completions``, as a test wants it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Play = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


class ChatServer:
    """``asked`` are the questions it was given, ``keys`` what came with them."""

    def __init__(self, play: Play) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.play = play
        stage = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                stage.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                stage.keys.append(self.headers["Authorization"])
                stage.play(self, stage.asked[-1])

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def answer(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def saying(content: str, **usage: Any) -> Play:
    message = {"choices": [{"message": {"role": "assistant", "content": content}}]}
    body = json.dumps(message | ({"usage": usage} if usage else {})).encode()
    return lambda handler, _: answer(handler, body)


def drip(handler: BaseHTTPRequestHandler, _: Any) -> None:
    """A byte now and then, so that no time-out of the socket ends it."""
    handler.send_response(200)
    handler.end_headers()
    for _number in range(100):
        try:
            handler.wfile.write(b" ")
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.05)
