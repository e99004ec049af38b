"""Erases CVs and people for good: rows, files, and what other parts keep of them; nothing to do is no error.

All rows go in one transaction, and with it is written what is to be done outside of the database (``ingestion.erasures``).
"""

from __future__ import annotations

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import Signal
from django.utils import timezone

from cvmatch.core.keeping import forget_all
from cvmatch.core.models import User
from cvmatch.core.queue import announce
from ingestion.erasures import forget_log
from ingestion.models import CV, Candidate, Confirmation, Correction

log = structlog.get_logger(__name__)

# Sent with ``cv_ids`` inside the transaction and before the rows go, for what names a CV by the hash of its content and
# so is reached by no foreign key.
erasing_cvs = Signal()
# The same with ``candidate_id``, for what would be left of no use once the person is gone.
erasing_candidate = Signal()


def erase_cv(*, cv: CV, by: User | None) -> None:
    """Erase one version with everything made from it; the version before it is the candidate's CV from then on.

    A candidate without an account goes with their last version. The file goes once the transaction is through.
    """
    with transaction.atomic():
        owner = Candidate.objects.select_for_update().filter(pk=cv.candidate_id).first()
        if owner is None:
            return
        _erase(owner.cvs.filter(pk=cv.pk), by)
        if owner.cvs.exists():
            _take_over(owner)
        elif owner.user_id is None:
            _delete(owner)


def erase_candidate(*, candidate: Candidate, by: User | None) -> None:
    """Erase a person: every version of their CV and everything that hangs on either. Their account, if any, stays."""
    with transaction.atomic():
        owner = Candidate.objects.select_for_update().filter(pk=candidate.pk).first()
        if owner is None:
            return
        _erase(owner.cvs.all(), by)
        _delete(owner)
        log.info("candidate erased", candidate=candidate.pk, by=by.pk if by else None)


def erase_expired(*, limit: int) -> int:
    """Erase CVs that came only to be matched and whose time is over; returns how many."""
    expired = list(
        CV.objects.filter(expires_at__lte=timezone.now()).only("candidate_id").order_by("expires_at")[:limit]
    )
    for cv in expired:
        erase_cv(cv=cv, by=None)
    return len(expired)


def _erase(cvs: QuerySet[CV], by: User | None) -> None:
    """Locked first: a list that is being stored for one of them is stored before, and goes with it, or not at all."""
    ids = list(cvs.order_by("pk").select_for_update().values_list("pk", flat=True))
    if not ids:
        return
    erasing_cvs.send(CV, cv_ids=ids)
    for model in (Correction, Confirmation):
        forget_log(model, list(model._default_manager.filter(cv__in=ids).values_list("pk", flat=True)))
    CV.objects.filter(pk__in=ids).delete()
    transaction.on_commit(forget_all)
    log.info("CVs erased", cvs=ids, by=by.pk if by else None)


def _delete(owner: Candidate) -> None:
    erasing_candidate.send(Candidate, candidate_id=owner.pk)
    owner.delete()


def _take_over(owner: Candidate) -> None:
    """Without a newest version, the newest that can be read is matched again, else the newest at all."""
    if owner.cvs.current().exists():
        return
    versions = owner.cvs.order_by("-version")
    newest = versions.exclude(content_hash="").first() or versions.first()
    if newest is not None:
        newest.is_latest = True
        newest.save(update_fields=["is_latest"])
        announce("cv.parsed" if newest.is_read else "cv.received", [newest.pk])
