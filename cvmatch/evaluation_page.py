"""The operations page on ranking: how good each ranker is on labelled collections, now and over the last runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cvmatch.core.web import operators_only
from matching.selectors.evaluations import FIRST, OURS, Evaluation, History, Result, list_evaluations

# Below this a difference is called one: five in a hundred would show by chance.
SURE = 0.05
HIGH, WIDE = 100, 20


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
class Shown:
    """One collection: the last run as a table, and our ranker over all runs as the points of a line."""

    history: History
    measures: tuple[str, ...]
    rows: tuple[Row, ...]
    width: int
    points: str


@require_safe
@operators_only
def evaluation_page(request: HttpRequest) -> HttpResponse:
    """The last evaluation of each collection, and what it was before."""
    shown = [shown_of(history) for history in list_evaluations()]
    return render(request, "operations/evaluation.html", {"collections": shown, "first": FIRST, "ours": OURS})


def shown_of(history: History) -> Shown:
    latest = history.latest
    measures = tuple(latest.results[0].measures)
    rows = tuple(_row(result, latest, measures) for result in latest.results)
    return Shown(history, measures, rows, max(1, len(history.runs) - 1) * WIDE, points_of(history.runs))


def points_of(runs: Sequence[Evaluation]) -> str:
    """Our ranker's first measure, oldest run left, 0 at the ground and 1 at the top; one run alone is a level line."""
    known = [run.ours.measures[FIRST] for run in reversed(runs) if run.ours]
    values = known * 2 if len(known) == 1 else known
    return " ".join(f"{place * WIDE},{HIGH * (1 - value):.1f}" for place, value in enumerate(values))


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
