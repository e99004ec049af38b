"""A local server that plays a source: each request gets the next play of a script, well or badly as a test wants it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it came; ``at`` by the monotonic clock, which all processes of a machine share."""

    at: float
    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes


Play = Callable[[BaseHTTPRequestHandler, Asked], None]


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def answers(body: bytes | Any = b"{}", status: int = 200, **headers: str) -> Play:
    """Bytes as they are, anything else as JSON; ``Retry_After="3"`` is a header."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda handler, _: send(handler, sent, status, **headers)


def redirects(location: str, status: int = 302) -> Play:
    return answers(b"", status, Location=location)


def echoes(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    """The parameters, as JSON."""
    send(handler, json.dumps(asked.params).encode())


def cut(handler: BaseHTTPRequestHandler, _: Asked) -> None:
    """Promises more than it sends."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"jobs": [')
    handler.close_connection = True


def hangs(seconds: float) -> Play:
    """Says nothing for so long."""

    def play(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return play


def trickles(piece: bytes, every_s: float, times: int) -> Play:
    """Sends pieces of a header line or a body so slowly that no single wait is too long; begins with the status line."""

    def play(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        handler.close_connection = True
        try:
            for part in [b"HTTP/1.1 200 OK\r\n", *[piece] * times]:
                handler.wfile.write(part)
                handler.wfile.flush()
                time.sleep(every_s)
        except OSError:
            return  # the client went away, as it should

    return play


class SourceServer:
    """Plays each of ``plays`` once and the last one for ever; ``asked`` is what came, in order."""

    def __init__(self, *plays: Play) -> None:
        self.asked: list[Asked] = []
        self._plays, self._lock = plays or (echoes,), threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _play(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                params = dict(parse_qsl(parts.query, keep_blank_values=True))
                server._next(Asked(time.monotonic(), self.command, parts.path, params, headers, body))(self)

            do_GET = do_HEAD = do_POST = _play  # noqa: N815

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _next(self, asked: Asked) -> Callable[[BaseHTTPRequestHandler], None]:
        with self._lock:
            self.asked.append(asked)
            play = self._plays[min(len(self.asked), len(self._plays)) - 1]
        return lambda handler: play(handler, asked)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
