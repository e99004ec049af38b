"""Brings one labelled collection into the database and ranks it by the production code, for TREC runs."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cvmatch.core.batches import in_batches
from cvmatch.core.errors import InvalidInput
from ingestion.extract import read_document
from ingestion.parse import parse_document
from ingestion.services import keep_text
from ingestion.values import Basics, Document, ParsedCV, Resume
from jobs.models import Job
from jobs.services import upsert_jobs
from jobs.stages import read_jobs
from jobs.values import JobPosting
from matching import stages
from matching.rankers import Ranker
from matching.search import Side
from matching.services import refresh_words

KINDS = ("title-to-title", "job-to-cv", "cv-to-job")
MAX_BYTES = 10_000_000
LOAD_BATCH = 500
STEP = 2e-6


@dataclass(frozen=True)
class Entry:
    """One row of a collection file."""

    id: str
    text: str


def read_entries(path: Path) -> list[Entry]:
    """The rows ``{"id", "text"}`` of a JSON Lines file, also compressed. Raises InvalidInput naming the line."""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            return [_entry(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InvalidInput(f"{path}: not JSON Lines in UTF-8, or a damaged archive.") from error


@dataclass(frozen=True)
class Loaded:
    """A collection in the database, embedded: any number of rankers can be asked about it."""

    side: Side
    queries: Mapping[str, int]
    documents: Mapping[int, str]

    def ranked(self, query: str, ranker: Ranker, top: int) -> list[tuple[str, float]]:
        """Document ids with their scores for one query, best first.

        The scores are those of the ranker less a millionth or two a line: tools order a run by score alone, and would
        put lines of the same rounded score into the order of their names.
        """
        found = [(pk, score) for pk, score in ranker(self.side, self.queries[query], top) if pk in self.documents]
        return [(self.documents[pk], score - STEP * place) for place, (pk, score) in enumerate(found)]


def load(kind: str, *, queries: list[Entry], corpus: list[Entry], say: Callable[[str], None]) -> Loaded:
    """Fills the database, which must be empty, with a collection and embeds it."""
    load_queries, load_corpus = _loaders(kind)
    query_ids, corpus_ids = load_queries("query", queries), load_corpus("corpus", corpus)
    say(f"{len(queries)} queries and {len(corpus)} documents read")
    _embed_all()
    refresh_words()
    say("embedded")
    side = Side.CVS_FOR_JOB if kind == "job-to-cv" else Side.JOBS_FOR_CV
    return Loaded(side, query_ids, {pk: name for name, pk in corpus_ids.items()})


def _loaders(kind: str) -> tuple[Callable[[str, list[Entry]], dict[str, int]], ...]:
    """How queries and documents become rows, for each kind."""
    return {
        "title-to-title": (_load_people, _load_jobs),
        "job-to-cv": (_load_jobs, _load_cvs),
        "cv-to-job": (_load_cvs, _load_jobs),
    }[kind]


def _load_jobs(source: str, entries: list[Entry]) -> dict[str, int]:
    for batch in in_batches(entries, LOAD_BATCH):
        upsert_jobs(source=source, postings=[_posting(entry) for entry in batch])
    return dict(Job.objects.filter(source=source).values_list("external_id", "pk"))


def _posting(entry: Entry) -> JobPosting:
    """The first line of an advertisement is its title."""
    title, _, description = entry.text.strip().partition("\n")
    return JobPosting(external_id=entry.id, title=title.strip()[:300] or "-", description=description.strip())


def _load_cvs(_: str, entries: list[Entry]) -> dict[str, int]:
    return {entry.id: _keep(entry.id, *_read(entry)) for entry in entries}


def _read(entry: Entry) -> tuple[str, ParsedCV]:
    if not entry.text.strip():
        return "", ParsedCV(Resume(), format="txt")
    document: Document = read_document(entry.text.encode(), filename=f"{entry.id}.txt", max_bytes=MAX_BYTES)
    return document.text, parse_document(document)


def _load_people(_: str, entries: list[Entry]) -> dict[str, int]:
    """People of whom only the title is known."""
    return {e.id: _keep(e.id, e.text, ParsedCV(Resume(basics=Basics(label=e.text)), format="txt")) for e in entries}


def _keep(name: str, text: str, parsed: ParsedCV) -> int:
    return keep_text(filename=name, text=text, parsed=parsed).pk


def _embed_all() -> None:
    for stage in (read_jobs, stages.embed_cvs, stages.embed_jobs):
        while stage(limit=10_000).claimed:
            pass


def _entry(path: Path, number: int, line: str) -> Entry:
    try:
        row = json.loads(line)
        return Entry(str(row["id"]), str(row["text"]))
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f'{path}:{number}: not a row {{"id", "text"}}.') from error
