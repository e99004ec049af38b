"""Notes who opened which CV, and says so: the audit trail of people's data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from cvmatch.core.models import User
from ingestion.models import CV, Candidate, CVView


def note_view(*, user: User, cv: CV, how: CVView.How) -> None:
    """This user opened this CV just now; one statement, when its candidate is at hand. Looking at one's own is not kept."""
    if user.is_recruiter and cv.candidate.user_id != user.pk:  # others can open nothing but their own
        _keep(user, [(cv.pk, cv.candidate_id)], how)


def note_views(*, user: User, cv_ids: Iterable[int], how: CVView.How) -> None:
    """The same for several at once, as in an exported list; two statements. Also of staff, who read rows in the admin."""
    if user.is_recruiter or user.is_staff:
        others = CV.objects.filter(pk__in=list(cv_ids)).exclude(candidate__user=user)
        _keep(user, others.values_list("pk", "candidate_id"), how)


def _keep(user: User, seen: Iterable[tuple[int, int]], how: CVView.How) -> None:
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    views = [
        CVView(user=user, user_name=user.username, cv_id=cv, candidate_id=candidate, how=how, hour=hour, at=now)
        for cv, candidate in seen
    ]
    if views:
        CVView.objects.bulk_create(views, ignore_conflicts=True)


def list_views(candidate: Candidate | None, *, before: int | None = None) -> QuerySet[CVView]:
    """Who opened any version of this person's CV, the latest first; ``before`` is the id that the page before ended with."""
    views = CVView.objects.filter(candidate=candidate).select_related("cv")
    return views.filter(pk__lt=before) if before is not None else views


def delete_old_views(*, before: datetime, limit: int) -> int:
    """Up to ``limit`` rows from before then, the oldest first; returns how many went."""
    old = CVView.objects.filter(at__lt=before).order_by("at").values("pk")[:limit]
    return CVView.objects.filter(pk__in=old).delete()[0]
