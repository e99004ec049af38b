"""Pages of CVs made for a job: what to change and why, what is missing, the score now and after, the new files; and of many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from cvmatch.core.errors import Conflict
from cvmatch.core.models import Status, User
from cvmatch.core.pages import number
from cvmatch.core.web import current_user
from ingestion.models import CV, CVView
from ingestion.naming import content_for, name_for, refuse_blind
from ingestion.viewings import note_view
from jobs.selectors import get_job
from matching.model_budget import estimate, is_on
from matching.models import Tailoring
from matching.optimising import cancel_batch, request_tailoring
from matching.selectors.tailored import get_batch, get_tailoring, state_of
from matching.selectors.visible import get_match
from matching.tailored_files import file_of, format_of
from matching.tailoring import DiffLine, Edit, EditKind, Tailored

# Lines that did not change and are shown before and after one that did.
AROUND = 2
LINES = 50
LABELS = {
    EditKind.MOVE_UP: gettext_lazy("Move up"),
    EditKind.REPHRASE: gettext_lazy("Say it in the job's words"),
    EditKind.MAKE_EXPLICIT: gettext_lazy("Say what is only implied"),
    EditKind.CUT: gettext_lazy("Leave out"),
}
MUST = "must"


@dataclass(frozen=True)
class Row:
    """A line of the difference, or ``left_out`` lines in its place."""

    line: DiffLine | None = None
    left_out: int = 0


@require_POST
def match_improve(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the CV of a match made for its job; the one of before where nothing has changed."""
    user = current_user(request)
    match = get_match(user, pk)
    row = request_tailoring(cv_id=match.cv_id, job_id=match.job_id, by=Tailoring.By.RULES, requested_by=user)
    return redirect("improvement", pk=row.pk)


@require_POST
def improvement_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the same pair as it is now, by the rules or with the language model."""
    user = current_user(request)
    row = get_tailoring(user, pk)
    by = Tailoring.By.MODEL if request.POST.get("by") == Tailoring.By.MODEL else Tailoring.By.RULES
    row = request_tailoring(cv_id=row.cv_id, job_id=row.job_id, by=by, requested_by=user)
    return redirect("improvement", pk=row.pk)


@require_safe
def improvement(request: HttpRequest, pk: int) -> HttpResponse:
    """A CV made for one job; while it is being made the page asks again by itself."""
    user = current_user(request)
    row = get_tailoring(user, pk)
    if row.status == Status.COMPLETED:
        note_view(user=user, cv=row.cv, how=CVView.How.MATCH)
    part = "#body" if request.headers.get("HX-Target") == "improvement" else ""
    return render(request, f"matching/improvement.html{part}", page_of(user, row))


@require_safe
def improvement_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The new CV as Word or PDF, for those who may see the CV as a whole."""
    user = current_user(request)
    row = get_tailoring(user, pk)
    refuse_blind(user)
    if row.status != Status.COMPLETED:
        raise Conflict("This CV is not made yet, or could not be made. Its page tells which.")
    note_view(user=user, cv=row.cv, how=CVView.How.FILE)
    return file_of(row, format_of(kind))


@require_safe
def improvements(request: HttpRequest, pk: str) -> HttpResponse:
    """How far what was asked for at once is, and what came of each."""
    user = current_user(request)
    after = number(request.GET.get("from", "")) or 0
    state = state_of(user, get_batch(user, pk), after=after, limit=LINES)
    context = {
        "state": state,
        "rows": [(row, name_for(user, row.cv)) for row in state.rows],
        "width": round(100 * state.share),
        "after": after,
        "following": after + LINES,
    }
    part = "#body" if request.headers.get("HX-Target") == "improvements" else ""
    return render(request, f"matching/improvements.html{part}", context)


@require_POST
def improvements_cancel(request: HttpRequest, pk: str) -> HttpResponse:
    """Take back what nobody has begun with."""
    cancel_batch(get_batch(current_user(request), pk))
    return redirect("improvements", pk=pk)


def page_of(user: User, row: Tailoring) -> dict[str, Any]:
    """What the page shows; who reads blind is shown single edits without the person and no CV as a whole."""
    context: dict[str, Any] = {
        "row": row,
        "person": name_for(user, row.cv),
        "is_open": row.status in (Status.PENDING, Status.PROCESSING),
        "is_stale": (row.cv_hash, row.job_hash) != (row.cv.content_hash, row.job.content_hash),
    }
    if row.status != Status.COMPLETED:
        return context
    tailored = Tailored.from_json(content_for(user, row.body_json, row.cv))
    must = [gap for gap in tailored.gaps if gap.importance == MUST]
    return context | {
        "tailored": tailored,
        "edits": [(LABELS[edit.kind], edit, lines_of(edit)) for edit in tailored.edits],
        "gaps": [*must, *(gap for gap in tailored.gaps if gap.importance != MUST)],
        "diff": () if user.is_blind else tuple(folded(tailored.diff)),
        "bars": (round(tailored.score_before), round(tailored.score_after)),
        "estimate": _estimate(row),
    }


def lines_of(edit: Edit) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines that an edit takes away and those that it puts there; a move shows its lines once."""
    before, after = tuple(edit.before.splitlines()), tuple(edit.after.splitlines())
    return ((), after) if edit.before == edit.after else (before, after)


def folded(diff: Sequence[DiffLine]) -> Iterator[Row]:
    """The lines that changed with what stands around them; of the rest only how many there are."""
    changed = [place for place, line in enumerate(diff) if line.kind != "same"]
    near = {place for at in changed for place in range(at - AROUND, at + AROUND + 1)}
    left_out = 0
    for place, line in enumerate(diff):
        if place not in near:
            left_out += 1
            continue
        if left_out:
            yield Row(left_out=left_out)
            left_out = 0
        yield Row(line)
    if left_out:
        yield Row(left_out=left_out)


def _estimate(row: Tailoring) -> Any:
    """What asking the language model for this pair would take; None where nobody may, or it was asked."""
    if not is_on() or (row.by == Tailoring.By.MODEL and not row.fell_back):
        return None
    return estimate(CV.objects.only("matched_text").get(pk=row.cv_id), get_job(row.job_id))
