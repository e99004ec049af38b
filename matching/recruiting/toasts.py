"""What was just done, said in one line with the way back; it outlives one redirect in the address."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cvmatch.core.web import current_user
from jobs.models import Job
from matching.deciding import Decided
from matching.models import Stage
from matching.selectors.decided import find_batch


@dataclass(frozen=True)
class Toast:
    """``batch`` is what Undo takes back."""

    words: str
    batch: UUID | None = None
    is_problem: bool = False


def said(stage: str, count: int, *, undone: bool = False) -> str:
    """Rejected · 3 people."""
    what = _("Undone") if undone else str(Stage(stage).label) if stage else _("Changed")
    return f"{what} · " + ngettext("%(count)d person", "%(count)d people", count) % {"count": count}


def toast_for(decided: Decided, *, undone: bool = False) -> Toast:
    if not decided.changed:
        return Toast(_("Nothing has changed: this was so already."))
    return Toast(said(decided.stage, len(decided.changed), undone=undone), decided.batch)


def toast_from(request: HttpRequest, job: Job) -> Toast | None:
    """Of the click that the address names, while it can be undone by who made it."""
    try:
        batch = UUID(request.GET["done"])
    except (KeyError, ValueError):
        return None
    found = find_batch(current_user(request), job, batch)
    return Toast(said(*found), batch) if found else None
