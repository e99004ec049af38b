"""The operations page on parsing: how much was read, how well, and what to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cvmatch.core.keeping import kept
from cvmatch.core.pages import number
from ingestion.parsing_figures import LONGEST_DAYS, ParsingState, Share, Step, parsing_state
from ingestion.quality import CHECK_BELOW, Bin

DAYS = (7, 30, 90, 365)
DEFAULT_DAYS = 30
HIGH, WIDE, GAP = 100, 20, 4


@dataclass(frozen=True)
class Column:
    """One week of the trend: where its bars stand, counted from the top left of a picture 100 high."""

    x: int
    failed_y: float
    failed_height: float
    read_y: float
    read_height: float


@dataclass(frozen=True)
class Trend:
    """The bars of all weeks, and the median completeness as the points of lines; a week without a reading breaks a line."""

    width: int
    most: int
    columns: tuple[Column, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Confidence:
    """A tenth of the scale: the values in it, and of those that people confirmed or corrected the share that was right."""

    step: Step
    judged: Bin | None

    @property
    def is_uncertain(self) -> bool:
        return self.step.low < CHECK_BELOW - 1e-9


@require_safe
def parsing_page(request: HttpRequest) -> HttpResponse:
    """How well CVs were read in the last days; ``days`` is 1 to 730."""
    days = min(number(request.GET.get("days", "")) or DEFAULT_DAYS, LONGEST_DAYS)
    state = kept("parsing", days, lambda: parsing_state(days))
    shown = {
        "state": state,
        "choices": DAYS,
        "trend": trend_of(state.weeks),
        "checks": [(name.capitalize(), share) for name, share in state.checks.items() if share is not None],
        "confidence": confidence_of(state),
    }
    return render(request, "operations/parsing.html", shown)


def trend_of(weeks: Sequence[Share]) -> Trend:
    most = max((week.ended for week in weeks), default=0)
    columns = tuple(_column(place, week, most or 1) for place, week in enumerate(weeks))
    return Trend(len(weeks) * WIDE, most, columns, tuple(_lines(weeks)))


def _column(place: int, week: Share, most: int) -> Column:
    failed, read = HIGH * week.failed / most, HIGH * week.read / most
    return Column(
        place * WIDE + GAP, round(HIGH - failed, 1), round(failed, 1), round(HIGH - failed - read, 1), round(read, 1)
    )


def _lines(weeks: Sequence[Share]) -> list[str]:
    lines: list[list[str]] = [[]]
    for place, week in enumerate(weeks):
        if week.completeness is None:
            lines.append([])
        else:
            # From the left to the right of its bar, so that one week alone is a line too.
            height = f"{HIGH * (1 - week.completeness):.1f}"
            lines[-1] += [f"{place * WIDE + GAP},{height}", f"{(place + 1) * WIDE - GAP},{height}"]
    return [" ".join(points) for points in lines if points]


def confidence_of(state: ParsingState) -> list[Confidence]:
    judged = state.reliability.bins if state.reliability else ()
    found = {round(b.low, 1): b for b in judged if b.count}
    return [Confidence(step, found.get(round(step.low, 1))) for step in state.confidence]
