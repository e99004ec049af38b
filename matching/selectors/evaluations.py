"""Evaluations of rankers as the page shows them: by collection, the last one in full and those before it in short."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from matching.models import EvaluationRun

# The ranker that people get, and the measure that runs are compared by.
OURS, FIRST = "default", "AP"
SHOWN_ROWS = 1000
EARLIER_RUNS = 24


@dataclass(frozen=True)
class Result:
    """One ranker: ``measures`` by name, and how likely our ranker's difference to it is by chance."""

    ranker: str
    measures: Mapping[str, float]
    by_chance: float | None
    duration_s: float

    @property
    def is_ours(self) -> bool:
        return self.ranker == OURS


@dataclass(frozen=True)
class Evaluation:
    """All rankers of one run on one collection, the best first."""

    run_at: datetime
    kind: str
    queries: int
    documents: int
    model: str
    config_version: str
    commit: str
    machine: str
    results: tuple[Result, ...]

    @property
    def ours(self) -> Result | None:
        return next((result for result in self.results if result.is_ours), None)

    @property
    def best(self) -> Mapping[str, float]:
        """The highest figure by measure."""
        names = self.results[0].measures
        return {name: max(result.measures.get(name, 0.0) for result in self.results) for name in names}


@dataclass(frozen=True)
class History:
    """A collection with its runs, the newest first."""

    collection: str
    runs: tuple[Evaluation, ...]

    @property
    def latest(self) -> Evaluation:
        return self.runs[0]


def list_evaluations() -> tuple[History, ...]:
    """Every collection that was measured lately, by name; one query."""
    rows = EvaluationRun.objects.defer("by_query_json").order_by("-run_at", "collection", "ranker")[:SHOWN_ROWS]
    by_collection = sorted(rows, key=lambda row: row.collection)  # stable: the newest stay first
    return tuple(
        History(name, tuple(_runs(list(group)))[:EARLIER_RUNS])
        for name, group in groupby(by_collection, key=lambda row: row.collection)
    )


def _runs(rows: Sequence[EvaluationRun]) -> Iterator[Evaluation]:
    for run_at, group in groupby(rows, key=lambda row: row.run_at):
        made = list(group)
        first = made[0]
        results = sorted(map(_result, made), key=lambda result: (-result.measures.get(FIRST, 0.0), result.ranker))
        yield Evaluation(
            run_at, first.kind, first.queries, first.documents, first.model, first.config_version, first.commit,
            first.machine, tuple(results),
        )  # fmt: skip


def _result(row: EvaluationRun) -> Result:
    return Result(row.ranker, row.measures_json, row.against_json.get(FIRST), row.duration_s)
