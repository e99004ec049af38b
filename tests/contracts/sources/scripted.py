"""Reads payloads by the sources and answers their requests from a script, for the tests of sources."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cvmatch.core.fetching import Answer, FetchFailed, Request
from ingestion.sources import FetchedSource, JobSource, Page, Rejected, read
from jobs.values import JobPosting

PAYLOADS = Path(__file__).parent / "payloads"
SHARED = Path(__file__).parents[4] / "shared/data/job-payloads"


def own_payload(name: str) -> bytes:
    return (PAYLOADS / name).read_bytes()


def shared_payload(name: str) -> bytes:
    """A payload recorded from a service; the test is skipped where there are none."""
    if not (SHARED / name).exists():
        pytest.skip(f"../shared has no {name}")
    return (SHARED / name).read_bytes()


def rows_of(source: JobSource, payload: bytes | str) -> list[JobPosting | Rejected]:
    return list(read(source, io.BytesIO(payload if isinstance(payload, bytes) else payload.encode())))


def postings_in(source: JobSource, payload: bytes | str) -> list[JobPosting]:
    return [row for row in rows_of(source, payload) if isinstance(row, JobPosting)]


def rejections_in(source: JobSource, payload: bytes | str) -> list[tuple[int, str]]:
    return [(row.position, row.reason) for row in rows_of(source, payload) if isinstance(row, Rejected)]


@dataclass
class ScriptedFetch:
    """Answers every request by ``script``: with JSON, with bytes, or with the failure that it returns."""

    script: Callable[[Request], Any]
    asked: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        self.asked.append(request)
        said = self.script(request)
        if isinstance(said, FetchFailed):
            raise said
        if isinstance(said, Answer):
            return said
        return Answer(request.url, said if isinstance(said, bytes) else json.dumps(said).encode())

    def each(self, requests: Sequence[Request]) -> Iterator[Answer]:
        yield from map(self, requests)


def unchanged(request: Request) -> Answer:
    return Answer(request.url, b"", unchanged=True)


def titles_by_page(source: FetchedSource, fetch: ScriptedFetch, after: str = "") -> list[tuple[str, list[str]]]:
    """The cursor of each page with the titles of its postings."""
    return [(page.cursor, titles_on(source, page)) for page in source.pages(fetch, after)]


def titles_on(source: JobSource, page: Page) -> list[str]:
    mapped = (row for item in page.rows if not isinstance(item, Rejected) for row in source.postings(item))
    return [row.title for row in mapped if isinstance(row, JobPosting)]


def words(text: str) -> list[str]:
    """The words of a plain text, without the marks of its lists."""
    return [word for word in text.split() if word != "-"]


def words_of_html(text: str) -> list[str]:
    """The words of an HTML text, read in another way than the sources read it; the last tag may be cut off."""
    without_inline = re.sub(r"</?(?:a|b|em|i|span|strong)(?:\s[^>]*)?>", "", text)
    return words(html.unescape(re.sub(r"<[^>]*(?:>|$)", " ", without_inline)))
