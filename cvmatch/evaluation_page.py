"""The operations page on ranking: how good each ranker is on labelled collections, over the runs, and how points are spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matching.selectors.evaluations import FIRST, OURS, Evaluation, History, Result, list_evaluations
from matching.selectors.spread import NEWEST_LISTS, spread_of_scores

# Below this a difference is called one: five in a hundred would show by chance.
SURE = 0.05


@dataclass(frozen=True)
class Figure:
    """One figure of the table; the best of its column stands out."""

    value: float
    is_best: bool


@dataclass(frozen=True)
class Row:
    """One ranker; ``verdict`` says in words how ours compares with it."""

    result: Result
    first: float
    figures: tuple[Figure, ...]
    verdict: str


@dataclass(frozen=True)
class Run:
    """Our ranker in one run; a measure that it did not take is None."""

    run: Evaluation
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Shown:
    """One collection: the last run as a table of rankers, and our ranker over all runs, newest first."""

    history: History
    measures: tuple[str, ...]
    rows: tuple[Row, ...]
    runs: tuple[Run, ...]


@require_safe
def evaluation_page(request: HttpRequest) -> HttpResponse:
    """The last evaluation of each collection, what it was before, and the points that people see."""
    shown = {
        "collections": [shown_of(history) for history in list_evaluations()],
        "first": FIRST,
        "ours": OURS,
        "spread": spread_of_scores(),
        "newest": NEWEST_LISTS,
    }
    return render(request, "operations/evaluation.html", shown)


def shown_of(history: History) -> Shown:
    latest = history.latest
    measures = tuple(latest.results[0].measures)
    rows = tuple(_row(result, latest, measures) for result in latest.results)
    return Shown(history, measures, rows, tuple(_run(run, measures) for run in history.runs))


def _run(run: Evaluation, measures: Sequence[str]) -> Run:
    ours = run.ours
    return Run(run, tuple(ours.measures.get(name) if ours else None for name in measures))


def _row(result: Result, run: Evaluation, measures: Sequence[str]) -> Row:
    figures = tuple(
        Figure(result.measures.get(name, 0.0), result.measures.get(name, 0.0) == run.best[name]) for name in measures
    )
    return Row(result, result.measures.get(FIRST, 0.0), figures, _verdict(result, run.ours))


def _verdict(result: Result, ours: Result | None) -> str:
    if ours is None or result.by_chance is None:
        return ""
    if result.by_chance >= SURE:
        return "no sure difference"
    return "ours is better" if ours.measures[FIRST] > result.measures[FIRST] else "ours is worse"
