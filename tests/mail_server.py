"""A mail server that takes every message and keeps it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 ready")
        for line in self.rfile:
            command = line.split(b":")[0].strip().upper()
            if command == b"QUIT":
                self._say("221 bye")
                return
            if command == b"DATA":
                self._take()
            else:
                self._say("250 ok")

    def _take(self) -> None:
        self._say("354 go on")
        server: MailServer = self.server.owner  # type: ignore[attr-defined]
        server.taken.append(message_from_bytes(b"".join(iter(self.rfile.readline, b".\r\n"))))
        server.before_it_answers()
        self._say("250 taken")

    def _say(self, line: str) -> None:
        try:
            self.wfile.write(f"{line}\r\n".encode())
        except OSError:
            return  # whoever it was is dead


class MailServer:
    """``taken`` are the messages in order; ``before_it_answers`` is called when it has one and has not said so yet."""

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.before_it_answers: Callable[[], None] = lambda: None
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk)
        self._server.daemon_threads = True
        self._server.owner = self  # type: ignore[attr-defined]
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
