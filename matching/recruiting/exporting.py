"""Lists of candidates as CSV for spreadsheets: with a mark of UTF-8, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cvmatch.core.pages import number
from cvmatch.core.web import current_user
from ingestion.models import CVView
from ingestion.viewings import note_views
from jobs.selectors import get_job
from matching.models import Decision, Tag
from matching.recruiting.asked import narrowing_from
from matching.selectors.candidates import list_candidates
from matching.selectors.lines import Line
from matching.selectors.shortlisted import list_shortlist

# Excel, LibreOffice and Google Sheets take cells that begin so for formulas.
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
_BOM = "\ufeff"


@require_safe
def candidates_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as it is asked for, or those of it that are selected."""
    user, job, chosen = current_user(request), get_job(pk), {number(found) for found in request.GET.getlist("match")}
    shown = list_candidates(user, job, narrowing_from(request.GET))
    rows = [row for row in shown.order if not chosen or row.match.pk in chosen]
    note_views(user=user, cv_ids=[row.match.cv_id for row in rows], how=CVView.How.EXPORT)
    musts = shown.candidates.must_names
    head = [*_head(), *musts]
    table = (
        [row.match.rank, row.name, row.label, *_score(row.line), *_decided(row.decision, row.comment, row.tags),
         _page(request, row.line), *_musts(row.line, musts)]
        for row in rows
    )  # fmt: skip
    return csv_response(f"candidates-{job.pk}.csv", head, table)


@require_safe
def shortlist_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody about whom something was decided, with notes, and with contacts unless one reads blind."""
    job, user = get_job(pk), current_user(request)
    head = [*_head(), _("Notes"), *([] if user.is_blind else [_("E-mail"), _("Phone")])]
    table = []
    entries = [entry for group in list_shortlist(user, job) for entry in group.entries]
    note_views(user=user, cv_ids=[entry.cv.pk for entry in entries], how=CVView.How.EXPORT)
    for entry in entries:
        notes = " | ".join(said.text for said in entry.notes)
        contacts = [] if user.is_blind else [entry.email, entry.phone]
        table.append(
            [entry.line.match.rank if entry.line else "", entry.name, entry.label, *_score(entry.line),
             *_decided(entry.decision, entry.comment, entry.tags), _page(request, entry.line), notes, *contacts]
        )  # fmt: skip
    return csv_response(f"shortlist-{job.pk}.csv", head, table)


def _head() -> list[str]:
    return [
        _("Rank"), _("Candidate"), _("Title"), _("Score"), _("From"), _("To"), _("Band"), _("Stage"), _("Reason"), _("Comment"),
        _("Decided by"), _("Decided at"), _("Tags"), _("Page"),
    ]  # fmt: skip


def _score(line: Line | None) -> list[object]:
    return [line.match.score, line.match.low, line.match.high, line.match.band] if line else ["", "", "", ""]


def _decided(decision: Decision | None, comment: str, tags: Sequence[Tag]) -> list[object]:
    names = ", ".join(tag.name for tag in tags)
    if decision is None or decision.decided_at is None:
        return ["", "", "", "", "", names]
    reason = str(decision.get_reason_display()) if decision.reason else ""
    by = str(decision.decided_by or "")
    at = decision.decided_at.strftime("%Y-%m-%d %H:%M")
    return [str(decision.get_stage_display()), reason, comment, by, at, names]


def _page(request: HttpRequest, line: Line | None) -> str:
    return request.build_absolute_uri(reverse("match", kwargs={"pk": line.match.pk})) if line else ""


def _musts(line: Line, names: Iterable[str]) -> Iterator[str]:
    """What was found of each must-have; empty while the reasons are being written."""
    states = {finding.name: str(finding.state) for finding in line.musts}
    return ("not found" if states.get(name) == "missing" else states.get(name, "") for name in names)


def csv_response(filename: str, head: Sequence[str], rows: Iterable[Iterable[object]]) -> HttpResponse:
    """The table as a file to be kept under this name."""
    response = HttpResponse(
        _BOM,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
    writer = csv.writer(response)
    writer.writerows([safe(cell) for cell in row] for row in (head, *rows))
    return response


def safe(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(_RUNS) or text.startswith(_RUNS) else text
