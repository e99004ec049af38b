"""Pages that show sources: all in one table, and one with its runs; and the buttons on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cvmatch.core.errors import InvalidInput
from cvmatch.sources_page.form import as_list, split_minutes
from ingestion import source_figures, syncing
from ingestion.models import Source, SyncRun
from ingestion.source_figures import SourceState
from ingestion.sources import Parameter

HIGH, WIDE, GAP = 100, 20, 4
# With fewer runs the bars stay as narrow.
LEAST_COLUMNS = 12


@dataclass(frozen=True)
class Column:
    """One run: where its bars stand, counted from the top left of a picture 100 high."""

    x: int
    same_y: float
    same_height: float
    new_y: float
    new_height: float
    failed_y: float
    failed_height: float


@dataclass(frozen=True)
class Chart:
    """The jobs of each run, oldest left: unchanged ones below, new and changed ones above, what failed on top."""

    width: int
    most: int
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Line:
    """A run with its speed in items a second."""

    run: SyncRun
    speed: float | None


@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    """Every source in one table, failing ones first; asks for itself while a run is going."""
    states = source_figures.list_sources()
    part = "#sources" if request.headers.get("HX-Target") == "sources" else ""
    shown = {"states": states, "is_going": any(each.is_running for each in states)}
    return render(request, f"operations/sources.html{part}", shown)


@require_safe
def source_page(request: HttpRequest, name: str) -> HttpResponse:
    """One source: figures, runs, what had to be mended, and how it is asked."""
    state = source_figures.get_source(name)
    runs = source_figures.list_runs(state.source)
    every, unit = split_minutes(state.source.every_minutes)
    shown = {
        "state": state,
        "is_going": state.is_running,
        "lines": [Line(run, source_figures.speed_of(run)) for run in runs],
        "chart": chart_of(runs),
        "repairs": source_figures.repairs_of(runs),
        "parameters": list(_parameters(state)),
        "every": f"{every} {_(unit)}" if every > 1 else _(unit.removesuffix("s")),
    }
    part = "#source" if request.headers.get("HX-Target") == "source" else ""
    return render(request, f"operations/source.html{part}", shown)


@require_POST
def source_act(request: HttpRequest, name: str) -> HttpResponse:
    """Run now, pause, resume, or believe a run that missed many jobs."""
    source = source_figures.find_source(name)
    act = _ACTS.get(request.POST.get("action", ""))
    if act is None:
        raise InvalidInput("There is no such action.")
    messages.success(request, act(source))
    return redirect("sources") if request.POST.get("from") == "list" else redirect("source", name=source.name)


def chart_of(runs: Sequence[SyncRun]) -> Chart:
    """``runs`` newest first."""
    most = max((run.created + run.updated + run.unchanged + run.failed for run in runs), default=0)
    columns = tuple(_column(place, run, most or 1) for place, run in enumerate(reversed(runs)))
    return Chart(max(len(runs), LEAST_COLUMNS) * WIDE, most, columns)


def _column(place: int, run: SyncRun, most: int) -> Column:
    same, new, failed = (HIGH * count / most for count in (run.unchanged, run.created + run.updated, run.failed))
    tops = HIGH - same, HIGH - same - new, HIGH - same - new - failed
    rounded = [round(value, 1) for value in (tops[0], same, tops[1], new, tops[2], failed)]
    return Column(place * WIDE + GAP, *rounded)


def _parameters(state: SourceState) -> list[tuple[str, str]]:
    """Label and value of each parameter that is given; of a secret never the value."""
    shown = [(one.label, _shown(one, state.source)) for one in (state.about.parameters if state.about else ())]
    return [(label, value) for label, value in shown if value]


def _shown(parameter: Parameter, source: Source) -> str:
    if parameter.secret:
        return _("kept, not shown") if source.sealed else ""
    value = ", ".join(as_list(source.options.get(parameter.name, "")))
    return dict(parameter.choices).get(value, value)


def _run(source: Source) -> str:
    run = syncing.request_sync(source)
    waits = run.wait_until is not None and run.wait_until > timezone.now()
    text = _("%s has a run that goes on when it may ask again.") if waits else _("%s is read now.")
    return text % source


def _pause(source: Source) -> str:
    syncing.pause(source)
    return _("%s is paused. Its jobs stay as they are; a run that is going ends first.") % source


def _resume(source: Source) -> str:
    syncing.resume(source)
    return _("%s is read as planned again.") % source


def _confirm(source: Source) -> str:
    newest = source.runs.order_by("-pk").first()
    count = syncing.confirm(newest) if newest else 0
    text = _("%(count)d jobs that were not there any more close after %(days)d days of grace.")
    return text % {"count": count, "days": source.grace_days}


_ACTS: dict[str, Callable[[Source], str]] = {"run": _run, "pause": _pause, "resume": _resume, "confirm": _confirm}
