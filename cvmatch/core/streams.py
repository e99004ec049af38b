"""NDJSON over HTTP: one JSON value a line, read and written piece by piece so that no length fills the memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, StreamingHttpResponse

from cvmatch.core.errors import InvalidInput

NDJSON = "application/x-ndjson"
# Written together: a call of the server for each line would cost more than the line.
LINES_AT_ONCE = 100


def ndjson(rows: Iterable[Any]) -> StreamingHttpResponse:
    """An answer that is made while it is sent."""
    return StreamingHttpResponse(_pieces(rows), content_type=NDJSON)


def line(row: Any) -> bytes:
    """One value as its line."""
    return json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False).encode() + b"\n"


def request_lines(request: HttpRequest, *, max_lines: int, max_bytes: int) -> Iterator[tuple[int, bytes]]:
    """The lines of a request's body with their numbers from 1, empty ones left out, read as they arrive.

    A line longer than ``max_bytes`` comes as its first ``max_bytes`` + 1. Raises InvalidInput past ``max_lines``.
    """
    number = 0
    while text := request.readline(max_bytes + 1):
        number += 1
        if number > max_lines:
            raise InvalidInput(f"A stream has {max_lines:,} lines at most; send the rest in another one.")
        while not text.endswith(b"\n") and len(text) > max_bytes and (rest := request.readline(max_bytes)):
            text = text[: max_bytes + 1] + (b"\n" if rest.endswith(b"\n") else b"")
        if text.strip():
            yield number, text.rstrip(b"\n")


def _pieces(rows: Iterable[Any]) -> Iterator[bytes]:
    held: list[bytes] = []
    for row in rows:
        held.append(line(row))
        if len(held) == LINES_AT_ONCE:
            yield b"".join(held)
            held.clear()
    if held:
        yield b"".join(held)
