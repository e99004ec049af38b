"""The operations page on experiments: which order lists have, what is compared, what came of it, and the buttons."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cvmatch.core.errors import InvalidInput
from cvmatch.core.pages import number
from cvmatch.core.web import current_user
from cvmatch.experiment_form import SIDES, ExperimentForm
from matching.experiments import keeping, releasing
from matching.experiments.judging import Judgement
from matching.models import Experiment, RankingRelease

MOST_SHOWN = 50
State, Arm = Experiment.State, Experiment.Arm
# Half the width of the drawing of an interval, and how much of it the farther end may take.
HALF, FILLED = 100.0, 0.9


@dataclass(frozen=True)
class Button:
    """What can be done, and what is said before it is; ``look`` is a class of the button."""

    action: str
    label: str | Promise
    means: str | Promise
    look: str = ""


START = Button(
    "start",
    gettext_lazy("Start"),
    gettext_lazy("People see it within seconds. Scores stay as they are."),
    "button-main",
)
STOP = Button("stop", gettext_lazy("Stop"), gettext_lazy("Everybody sees what is released again, and it cannot go on."))
RELEASE = Button(
    "release",
    gettext_lazy("Release the winner"),
    gettext_lazy("Everybody sees lists in the order that won. One click rolls it back."),
    "button-main",
)


@dataclass(frozen=True)
class ArmRow:
    """One arm: what orders its lists, users that were shown something, and the share of lines that were chosen."""

    name: str
    order: str
    users: int
    rate: float | None


@dataclass(frozen=True)
class Interval:
    """The effect as a drawing from 0 to 200, no difference at 100, and in words."""

    low: float
    effect: float
    high: float
    words: str


@dataclass(frozen=True)
class Shown:
    """An experiment with what was judged of it."""

    experiment: Experiment
    side: str
    judged: Judgement | None
    arms: tuple[ArmRow, ...]
    interval: Interval | None
    buttons: tuple[Button, ...]

    @property
    def is_running(self) -> bool:
        return self.experiment.state == State.RUNNING


@dataclass(frozen=True)
class Serving:
    """What orders the lists of a side, and whether something served before it."""

    side: str
    name: str
    order: str
    release: RankingRelease | None

    @property
    def can_be_taken_back(self) -> bool:
        return self.release is not None and (self.release.config is not None or self.release.before is not None)


@require_safe
def experiments_page(request: HttpRequest) -> HttpResponse:
    """What serves on each side, and all experiments, newest first."""
    rows = Experiment.objects.select_related("control", "treatment", "created_by")[:MOST_SHOWN]
    shown = {
        "rows": [shown_of(row) for row in rows],
        "serving": [_serving(side, str(name)) for side, name in SIDES.items()],
    }
    return render(request, "operations/experiments.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def experiment_add(request: HttpRequest) -> HttpResponse:
    """Make a draft, with a new configuration or one that is there."""
    form = ExperimentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and form.make(by=current_user(request)):
        messages.success(request, _("Kept as a draft. Nobody sees anything of it before you start it."))
        return redirect("experiments")
    return render(request, "operations/experiment_add.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def experiment_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Start, stop, or release the winner."""
    action, user = request.POST.get("action", ""), current_user(request)
    if action == START.action:
        keeping.start(pk)
        said = _("It runs. Everybody who is in it sees their order within seconds.")
    elif action == STOP.action:
        keeping.stop(pk, because=f"Stopped by {user}.")
        said = _("Stopped. Everybody sees what is released.")
    elif action == RELEASE.action:
        keeping.release_winner(pk, by=user)
        said = _("Released: everybody sees lists in this order within seconds.")
    else:
        raise InvalidInput(_("There is no such action."))
    messages.success(request, said)
    return redirect("experiments")


@require_POST
def ranking_roll_back(request: HttpRequest) -> HttpResponse:
    """Order the lists of a side as before the release that the page showed."""
    side = request.POST.get("side", "")
    row = releasing.roll_back(side, by=current_user(request), instead_of=number(request.POST.get("release", "")))
    messages.success(request, _("Rolled back. Lists are ordered like this again: %s") % _order(row.config))
    return redirect("experiments")


def shown_of(row: Experiment) -> Shown:
    judged = keeping.judgement_of(row)
    orders = {Arm.CONTROL: _order(row.control), Arm.TREATMENT: _order(row.treatment)}
    arms = tuple(
        ArmRow(
            str(arm.label),
            orders[arm],
            judged.users.get(arm.value, 0) if judged else 0,
            judged.rates.get(arm.value) if judged else None,
        )
        for arm in Arm
    )
    return Shown(row, str(SIDES[row.side]), judged, arms, _interval(judged), _buttons(row))


def _buttons(row: Experiment) -> tuple[Button, ...]:
    by_state: Mapping[str, tuple[Button, ...]] = {State.DRAFT: (START,), State.RUNNING: (STOP,)}
    has_won = keeping.winner_of(row) is not None and row.state in (State.RUNNING, State.STOPPED)
    return (*((RELEASE,) if has_won else ()), *by_state.get(row.state, ()))


def _interval(judged: Judgement | None) -> Interval | None:
    values = (judged.low, judged.effect, judged.high) if judged else ()
    known = [value for value in values if value is not None and math.isfinite(value)]
    if len(known) < 3:
        return None
    low, effect, high = known
    scale = FILLED * HALF / (max(abs(low), abs(high)) or 1.0)
    said = _("%(effect)s percentage points, surely between %(low)s and %(high)s") % {
        "effect": _signed(effect),
        "low": _signed(low),
        "high": _signed(high),
    }
    at = [round(HALF + scale * value, 1) for value in known]
    return Interval(at[0], at[1], at[2], said)


def _signed(share: float) -> str:
    sign = "+" if share > 0 else "−" if share < 0 else ""
    return f"{sign}{number_format(abs(100 * share), 2)}"


def _serving(side: str, name: str) -> Serving:
    release = releasing.newest_release(side)
    return Serving(side, name, _order(release.config if release else None), release)


def _order(config: object | None) -> str:
    return str(config) if config is not None else _("as shipped")
