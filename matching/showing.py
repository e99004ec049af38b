"""Tells feedback which lines of a list a page has shown, once the page has been sent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cvmatch.core.afterwards import afterwards
from cvmatch.core.web import current_user
from matching import feedback
from matching.selectors.lines import Line
from matching.values import ShownLine


def count_shown(
    request: HttpRequest,
    response: HttpResponse,
    lines: Sequence[Line],
    *,
    surface: str,
    first: int = 0,
    opened_job: int | None = None,
) -> HttpResponse:
    """The response as it is; ``first`` lines of the list stand before these, on earlier parts of the page.

    ``opened_job`` is the job whose page this is.
    """
    shown = [
        ShownLine(line.match.pk, line.match.job_id, line.match.cv_id, position, line.variant)
        for position, line in enumerate(lines, start=first + 1)
    ]
    user, now = current_user(request), timezone.now()
    if shown or opened_job:
        note = partial(feedback.note_shown, user=user, lines=shown, surface=surface, at=now, opened_job=opened_job)
        afterwards(response, note, what="impressions")
    return response
