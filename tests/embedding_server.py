"""A local server that plays an OpenAI-compatible ``/embeddings``: honest with hashed words, or as a test wants it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from matching.embedding.hashing import HashingProvider

Play = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


def rows_for(texts: Iterable[str]) -> list[dict[str, Any]]:
    vectors = HashingProvider().embed(list(texts))
    return [{"index": number, "embedding": (7 * vector).tolist()} for number, vector in enumerate(vectors)]


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def send_rows(handler: BaseHTTPRequestHandler, rows: Any) -> None:
    send(handler, json.dumps({"data": rows}).encode())


def honest(handler: BaseHTTPRequestHandler, question: dict[str, Any]) -> None:
    """The vectors, last text first: the order is in ``index``."""
    send_rows(handler, rows_for(question["input"])[::-1])


class EmbeddingServer:
    """Plays each of ``plays`` once and the last one for ever; ``asked``, ``paths`` and ``keys`` are what came."""

    def __init__(self, *plays: Play) -> None:
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.keys: list[str | None] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                server.paths.append(self.path)
                server.keys.append(self.headers["Authorization"])
                plays[min(len(server.asked), len(plays)) - 1](self, server.asked[-1])

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
