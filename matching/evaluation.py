"""Measures rankers on labelled collections: each collection is read and embedded once, however many rankers are asked."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from cvmatch.core.errors import InvalidInput
from matching.embedding import get_provider
from matching.measuring import MEASURES, ByQuery, Labels, by_query, chance, means, read_labels
from matching.models import EvaluationRun
from matching.rankers import RANKERS
from matching.ranking import ranking_version
from matching.scratch import scratch_database
from matching.trec import KINDS, Entry, load, read_entries

TOP = 1000
# The ranker that the others are compared with.
OURS = "default"


@dataclass(frozen=True)
class Collection:
    """Queries, documents, and which documents suit which query; ``kind`` says what they are."""

    name: str
    kind: str
    queries: list[Entry]
    corpus: list[Entry]
    labels: Labels


@dataclass(frozen=True)
class Measured:
    """One ranker on one collection."""

    ranker: str
    by_query: ByQuery
    duration_s: float


def find_collections(folder: Path, only: str = "") -> list[Path]:
    """The folders in it that hold a collection. Raises InvalidInput when there is none."""
    found = sorted(path.parent for path in folder.glob("*/qrels.tsv"))
    chosen = [path for path in found if only in ("", path.name)]
    if not chosen:
        there = f"; there are {', '.join(path.name for path in found)}" if found else " with qrels.tsv in it"
        raise InvalidInput(f"{folder}: no collection{f' {only}' if only else ''}{there}.")
    return chosen


def read_collection(folder: Path) -> Collection:
    """``queries.jsonl`` and ``corpus.jsonl`` (also .gz) with ``qrels.tsv``. Raises InvalidInput naming the file."""
    labels_file = folder / "qrels.tsv"
    try:
        labels = read_labels(labels_file.read_text(encoding="utf-8").splitlines())
    except ValueError as error:
        raise InvalidInput(f"{labels_file}: {error}") from error
    queries = [entry for entry in read_entries(_jsonl(folder, "queries")) if entry.id in labels]
    return Collection(folder.name, _kind(folder), queries, read_entries(_jsonl(folder, "corpus")), labels)


def measure(collection: Collection, rankers: Sequence[str], say: Callable[[str], None]) -> list[Measured]:
    """Each ranker on the collection, in a scratch database that all of them share."""
    with scratch_database():
        loaded = load(collection.kind, queries=collection.queries, corpus=collection.corpus, say=say)
        measured = []
        for ranker in rankers:
            started = time.monotonic()
            run = {
                entry.id: [name for name, _ in loaded.ranked(entry.id, RANKERS[ranker], TOP)]
                for entry in collection.queries
            }
            duration_s = round(time.monotonic() - started, 2)
            measured.append(Measured(ranker, by_query(collection.labels, run), duration_s))
            say(f"{ranker}: {len(run)} queries ranked in {duration_s:.1f} s")
    return measured


def as_rows(collection: Collection, measured: Sequence[Measured], *, run_at: datetime) -> list[EvaluationRun]:
    """The rows to be stored, with how likely the differences between our ranker and the others are by chance."""
    chances = _chances(measured)
    return [
        EvaluationRun(
            run_at=run_at,
            collection=collection.name,
            kind=collection.kind,
            ranker=one.ranker,
            queries=len(collection.queries),
            documents=len(collection.corpus),
            measures_json=means(one.by_query),
            by_query_json=one.by_query,
            against_json=chances.get(one.ranker, {}),
            model=get_provider().name,
            config_version=ranking_version(),
            commit=_commit(),
            machine=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            duration_s=one.duration_s,
        )
        for one in measured
    ]


def _chances(measured: Sequence[Measured]) -> Mapping[str, dict[str, float]]:
    """By ranker, then by measure; empty where ours was not asked."""
    ours = next((one for one in measured if one.ranker == OURS), None)
    others = [one for one in measured if one.ranker != OURS]
    if ours is None:
        return {}
    columns = {
        name: chance(ours.by_query[name], [other.by_query[name] for other in others]) if others else []
        for name in MEASURES
    }
    return {other.ranker: {name: columns[name][place] for name in MEASURES} for place, other in enumerate(others)}


def _kind(folder: Path) -> str:
    """What a file ``kind`` says, else what the name of the folder does: titles-…, …-to-cv…, cv-to-…."""
    written = folder / "kind"
    name = folder.name
    if written.exists():
        kind = written.read_text(encoding="utf-8").strip()
    elif name.startswith("titles"):
        kind = "title-to-title"
    else:
        kind = "job-to-cv" if "-to-cv" in name else "cv-to-job" if name.startswith("cv-to-") else ""
    if kind not in KINDS:
        raise InvalidInput(
            f"{folder}: what queries and documents are is not known; write one of {KINDS} into {written}."
        )
    return kind


def _jsonl(folder: Path, name: str) -> Path:
    packed = folder / f"{name}.jsonl.gz"
    return packed if packed.exists() else folder / f"{name}.jsonl"


def _commit() -> str:
    """The commit that is checked out, with a plus where files differ from it; empty where this is no checkout."""
    told = _git("rev-parse", "--short=12", "HEAD")
    return f"{told}+" if told and _git("status", "--porcelain", "--untracked-files=no") else told


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - arguments are ours
            ["git", *arguments],  # noqa: S607 - whatever git there is
            cwd=settings.PROJECT_DIR,
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
