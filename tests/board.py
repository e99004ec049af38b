"""A board of jobs for tests: a source that reads it page by page over HTTP, and the play of a server that has it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any, BinaryIO, ClassVar

from cvmatch.core.fetching import Credential, Fetch, Request
from ingestion.sources import About, Item, Page, Parameter, Rejected
from ingestion.sources.jsonld import read_posting
from jobs.values import JobPosting
from tests.source_server import Asked, send

SPEC = {"BACKEND": "tests.board.BoardSource"}


@dataclass(frozen=True)
class BoardSource:
    about: ClassVar[About] = About(
        label="Board",
        complete=True,
        parameters=(
            Parameter("url", "Address", required=True, pattern=r"http://\S+"),
            Parameter("key", "Key", secret=True),
            Parameter("tags", "Tags", many=True),
        ),
    )
    suffixes: ClassVar[tuple[str, ...]] = ()

    url: str = ""
    key: str = ""
    tags: tuple[str, ...] = ()

    def items(self, payload: BinaryIO) -> Iterator[Item | Rejected]:
        for position, row in enumerate(json.load(payload)["rows"], start=1):
            yield Item(position, row)

    def postings(self, item: Item) -> Iterator[JobPosting | Rejected]:
        yield from read_posting(item.position, item.raw)

    def pages(self, fetch: Fetch, after: str = "") -> Iterator[Page]:
        number, last = int(after or 0) + 1, False
        keys = (Credential("k", headers={"X-Key": self.key}),) if self.key else ()
        while not last:
            answer = fetch(Request(self.url, {"page": str(number)}, credentials=keys))
            if answer.unchanged:
                return
            last = answer.json()["last"]
            yield Page(tuple(self.items(io.BytesIO(answer.body))), str(number))
            number += 1


class Partial(BoardSource):
    """One search among much more."""

    about: ClassVar[About] = About(label="Search", parameters=BoardSource.about.parameters)


def row(number: int | str, title: str = "", **values: Any) -> dict[str, Any]:
    return {"identifier": str(number), "title": title or f"Nurse {number}", "description": f"Text {number}", **values}


class Board:
    """``pages`` are its rows; with an ``etag`` it says when nothing is new. ``plays`` come first, one a request."""

    def __init__(self, *pages: list[dict[str, Any]], etag: str = "") -> None:
        self.pages, self.etag, self.plays, self.keys = list(pages), etag, list[Any](), list[str]()

    def __call__(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        self.keys.append(asked.headers.get("x-key", ""))
        if self.plays:
            self.plays.pop(0)(handler, asked)
        elif self.etag and asked.headers.get("if-none-match") == self.etag:
            send(handler, b"", 304, ETag=self.etag)
        else:
            number = int(asked.params["page"])
            rows = self.pages[number - 1] if number <= len(self.pages) else []
            body = json.dumps({"rows": rows, "last": number >= len(self.pages)}).encode()
            send(handler, body, **({"ETag": self.etag} if self.etag else {}))
