"""The operations pages on back-fills: what is on its way, what would be otherwise, and the buttons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.web import current_user
from ingestion.models import CVView
from ingestion.naming import refuse_blind
from ingestion.readings import OtherReading, compare_readings
from ingestion.viewings import note_view
from matching.backfills import services
from matching.backfills.beside import lists_beside
from matching.backfills.values import Summary
from matching.embedding import provider_in_use
from matching.models import Backfill, BackfillItem

MOST_BARS, MOST_EXAMPLES, MOST_SHOWN = 15, 20, 50
State = Backfill.State

KINDS = {
    Backfill.What.PARSE: gettext_lazy("Read the files of CVs again"),
    Backfill.What.READ: gettext_lazy("Read again what jobs ask for"),
    Backfill.What.EMBED: gettext_lazy("Embed CVs and jobs by another model"),
    Backfill.What.MATCH: gettext_lazy("Make the lists of CVs again"),
}
STATES = {
    State.RUNNING: gettext_lazy("running"),
    State.PAUSED: gettext_lazy("paused"),
    State.READY: gettext_lazy("ready to switch"),
    State.SWITCHING: gettext_lazy("switching"),
    State.SWITCHED: gettext_lazy("in use"),
    State.ROLLING_BACK: gettext_lazy("rolling back"),
    State.ROLLED_BACK: gettext_lazy("rolled back"),
    State.CLEANED: gettext_lazy("in use, the old one is gone"),
    State.CANCELLED: gettext_lazy("cancelled"),
}


@dataclass(frozen=True)
class Button:
    """What somebody can do about a back-fill in its state; ``look`` is a class of the button."""

    action: str
    label: str | Promise
    look: str = ""


BUTTONS: Mapping[str, tuple[Button, ...]] = {
    State.RUNNING: (Button("pause", gettext_lazy("Pause")), Button("cancel", gettext_lazy("Cancel"), "button-plain")),
    State.PAUSED: (Button("resume", gettext_lazy("Resume")), Button("cancel", gettext_lazy("Cancel"), "button-plain")),
    State.READY: (
        Button("switch", gettext_lazy("Switch to the new one"), "button-main"),
        Button("cancel", gettext_lazy("Cancel"), "button-plain"),
    ),
    State.SWITCHED: (
        Button("roll-back", gettext_lazy("Roll back")),
        Button("clean", gettext_lazy("Throw the old one away"), "button-danger"),
    ),
}
_ACTS: Mapping[str, tuple[Callable[[Backfill], None], str | Promise]] = {
    "pause": (services.pause, gettext_lazy("Paused. It goes on from here.")),
    "resume": (services.resume, gettext_lazy("It goes on.")),
    "switch": (services.switch, gettext_lazy("The new one takes over now.")),
    "roll-back": (services.roll_back, gettext_lazy("What was replaced comes back now.")),
    "cancel": (services.cancel, gettext_lazy("Cancelled. What was made is thrown away; nothing in use has changed.")),
    "clean": (services.clean, gettext_lazy("What was replaced is thrown away.")),
}


@dataclass(frozen=True)
class Bar:
    """One count; ``share`` of the largest beside it."""

    name: str
    count: int
    share: float


@dataclass(frozen=True)
class Shown:
    """A back-fill in words, with what can be done about it."""

    backfill: Backfill
    kind: str
    state: str
    buttons: tuple[Button, ...]

    @property
    def is_going(self) -> bool:
        return self.backfill.state in {State.RUNNING, State.SWITCHING, State.ROLLING_BACK}

    @property
    def can_be_paced(self) -> bool:
        return self.backfill.state in {State.RUNNING, State.PAUSED}


@require_safe
def backfills_page(request: HttpRequest) -> HttpResponse:
    """All that there were, newest first, and the form that starts one."""
    rows = [shown_of(backfill) for backfill in Backfill.objects.defer("summary_json")[:MOST_SHOWN]]
    others = [name for name in settings.EMBEDDING_PROVIDERS if name != provider_in_use()]
    part = "#backfills" if request.headers.get("HX-Target") == "backfills" else ""
    return render(
        request,
        f"operations/backfills.html{part}",
        {
            "rows": rows,
            "kinds": KINDS.items(),
            "providers": others,
            "rate": services.RATE,
            "is_going": any(row.is_going for row in rows),
        },
    )


@require_POST
def backfill_start(request: HttpRequest) -> HttpResponse:
    """Start one; of vectors, ``provider`` says by which model."""
    what = request.POST.get("what", "")
    backfill = services.start_backfill(
        what=what,
        to_version=request.POST.get("provider", "") if what == Backfill.What.EMBED else "",
        rate=_rate(request),
        everything="everything" in request.POST,
        by=current_user(request),
    )
    messages.success(request, _("Started. Nothing in use changes before you switch."))
    return redirect("backfill", pk=backfill.pk)


@require_safe
def backfill_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One: how far it is, what would be otherwise, examples."""
    backfill = _found(pk)
    summary = Summary.from_json(backfill.summary_json)
    items = BackfillItem.objects.filter(backfill=backfill).select_related("cv", "job")
    items = items.only("differs", "error", "cv__name", "cv__filename", "job__title", "backfill_id")
    shown = {
        "shown": shown_of(backfill),
        "backfill": backfill,
        "summary": summary,
        "groups": [
            (title, _bars(counter))
            for title, counter in (
                (_("What is read otherwise"), summary.facts),
                (_("Skills that come"), summary.gained),
                (_("Skills that go"), summary.lost),
            )
            if counter
        ],
        "examples": items.filter(differs__gt=0).order_by("-differs", "pk")[:MOST_EXAMPLES],
        "beside": lists_beside(backfill),
        "failures": items.filter(state=BackfillItem.State.FAILED).order_by("pk")[:MOST_EXAMPLES],
    }
    part = "#backfill" if request.headers.get("HX-Target") == "backfill" else ""
    return render(request, f"operations/backfill.html{part}", shown)


@require_POST
def backfill_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause, resume, set the rate, switch, roll back, cancel or clean up."""
    backfill, action = _found(pk), request.POST.get("action", "")
    if action == "rate":
        services.set_rate(backfill, _rate(request))
        messages.success(request, _("The rate is set."))
    elif action in _ACTS:
        act, said = _ACTS[action]
        act(backfill)
        messages.success(request, str(said))
    else:
        raise InvalidInput(_("There is no such action."))
    return redirect("backfill", pk=pk)


@require_safe
def backfill_example(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """What differs in one CV: what holds now, and what would hold with the new reading."""
    user = current_user(request)
    refuse_blind(user)
    rows = BackfillItem.objects.filter(backfill=pk, backfill__what=Backfill.What.PARSE).exclude(new_json={})
    found = rows.select_related("cv__candidate", "backfill").prefetch_related("cv__corrections").filter(pk=item).first()
    if found is None or found.cv is None:
        raise NotFound(_("There is nothing kept of this CV in this back-fill."))
    before = OtherReading.from_json(found.old_json) if found.old_json else OtherReading.in_use(found.cv)
    compared = compare_readings(found.cv, before, OtherReading.from_json(found.new_json))
    note_view(user=user, cv=found.cv, how=CVView.How.PAGE)
    shown = {"item": found, "cv": found.cv, "backfill": found.backfill, "compared": compared}
    return render(request, "operations/backfill_example.html", shown)


def shown_of(backfill: Backfill) -> Shown:
    kind = str(KINDS[Backfill.What(backfill.what)])
    return Shown(backfill, kind, str(STATES[State(backfill.state)]), BUTTONS.get(backfill.state, ()))


def _found(pk: int) -> Backfill:
    backfill = Backfill.objects.filter(pk=pk).first()
    if backfill is None:
        raise NotFound(_("There is no such back-fill."))
    return backfill


def _rate(request: HttpRequest) -> int:
    text = request.POST.get("rate", "")
    if not text.isdecimal():
        raise InvalidInput(_("Say how many rows a minute, as a whole number."))
    return int(text)


def _bars(counter: Counter[str]) -> list[Bar]:
    most = counter.most_common(MOST_BARS)
    return [Bar(name, count, count / most[0][1]) for name, count in most]
