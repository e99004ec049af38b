"""Jobs as streams over HTTP: many in, all that are open out; one JSON object a line."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from typing import IO, Any

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from ninja import Query, Router
from pydantic import ValidationError

from cvmatch.core.errors import InvalidInput
from cvmatch.core.http_api import BULK
from cvmatch.core.streams import NDJSON, line, ndjson, request_lines
from ingestion.api.jobs import JobIn, SourceName, posting
from jobs.api import JobDetailOut, Words, with_sources
from jobs.filter_input import FilterIn
from jobs.models import Job, JobQuerySet
from jobs.services import upsert_jobs
from jobs.values import JobPosting, UpsertCounts

router = Router(tags=["Streams"])

MAX_LINES = 50_000
MAX_LINE_BYTES = 500_000
PAGE = 500
# Answers are kept in memory up to here, and in a file from then on.
SPOOLED_BYTES = 1_000_000

_STREAM = {"content": {NDJSON: {"schema": {"type": "string"}}}}


@router.post(
    "/jobs",
    summary="Push jobs as a stream",
    operation_id="push_job_stream",
    openapi_extra={
        **BULK,
        "requestBody": {
            "required": True,
            "description": "One posting a line, with the fields of a posting of `POST /jobs`",
            "content": {
                NDJSON: {
                    "schema": {"type": "string"},
                    "example": '{"external_id": "acme-1", "title": "Data Engineer"}\n',
                }
            },
        },
        "responses": {200: {"description": "One line per line, then one with the counts", **_STREAM}},
    },
)
def push_job_stream(request: HttpRequest, source: SourceName = "api") -> FileResponse:
    """Creates or updates up to 50,000 postings of one source, stored in pages of 500; safe to repeat.

    Each line is answered with `line`, `external_id` and `status` (`stored`, or `rejected` with the `error`), in pages as
    they are stored; the last line has the counts. The answer begins once all lines have been read.
    """
    if request.headers.get("Transfer-Encoding"):
        raise InvalidInput("Send the stream with its length (Content-Length), not in chunks.")
    with ExitStack() as unless_answered:
        answers = unless_answered.enter_context(tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES))
        counts = _store_lines(request, source, answers)
        answers.write(line({"counts": asdict(counts)}))
        answers.seek(0)
        unless_answered.pop_all()  # the answer closes it once it is sent
    return FileResponse(answers, content_type=NDJSON)


@router.get(
    "/jobs",
    summary="All open jobs as a stream",
    operation_id="export_jobs",
    openapi_extra={
        **BULK,
        "responses": {200: {"description": "One job a line, as `GET /jobs/{id}` gives it", **_STREAM}},
    },
)
def export_jobs(request: HttpRequest, only: Query[FilterIn], q: Words = "") -> StreamingHttpResponse:
    """Every open job that the filters let through, with its text and what it asks for, in the order of the ids."""
    jobs = Job.objects.listed().filtered(only.value())
    jobs = (jobs.matching_words(q) if q.strip() else jobs).defer("search", "description_html")
    return ndjson(_out(job) for job in _in_pages(jobs))


def _store_lines(request: HttpRequest, source: str, answers: IO[bytes]) -> UpsertCounts:
    counts, page, told = UpsertCounts(), [], []
    for number, text in request_lines(request, max_lines=MAX_LINES, max_bytes=MAX_LINE_BYTES):
        read, answer = _read(number, text)
        told.append(answer)
        if read is not None:
            page.append(read)
        if len(told) == PAGE:
            counts += _store_page(source, page, told, answers)
            page, told = [], []
    return counts + _store_page(source, page, told, answers)


def _store_page(
    source: str, page: Sequence[JobPosting], told: Sequence[dict[str, Any]], answers: IO[bytes]
) -> UpsertCounts:
    counts = upsert_jobs(source=source, postings=page) if page else UpsertCounts()
    answers.writelines(line(answer) for answer in told)
    return counts + UpsertCounts(failed=len(told) - len(page))


def _read(number: int, text: bytes) -> tuple[JobPosting | None, dict[str, Any]]:
    """A line as a posting, and what is answered to it."""
    if len(text) > MAX_LINE_BYTES:
        return None, {"line": number, "status": "rejected", "error": f"Longer than {MAX_LINE_BYTES:,} bytes."}
    try:
        job = JobIn.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return None, {
            "line": number,
            "status": "rejected",
            "error": f"{where}: {first['msg']}" if where else first["msg"],
        }
    return posting(job), {"line": number, "external_id": job.external_id, "status": "stored"}


def _in_pages(jobs: JobQuerySet) -> Iterator[Job]:
    """By key, page by page: neither a connection nor memory is held for as long as the reader takes."""
    last = 0
    while page := list(jobs.filter(pk__gt=last).order_by("pk")[:PAGE]):
        yield from with_sources(page)
        last = page[-1].pk


def _out(job: Job) -> dict[str, Any]:
    return JobDetailOut.from_orm(job).model_dump(by_alias=False)
