"""Erases a candidate's account with everything that is kept about the person, in whichever table it stands."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction

from cvmatch.core.models import User
from ingestion.erasing import erase_candidate, erase_cv
from ingestion.erasures import Entry, mark_of, take_over
from ingestion.models import CV, Candidate, Erasure
from matching.models import MatchTask


def erase_account(*, user: User, by: User | None = None) -> None:
    """Erase the person, the CVs they only had matched once, their sessions and the account, by themselves or another one.

    Rows that hang on the account (marks, interactions, consents, keys, e-mail addresses) go with it. Files go once the
    transaction is through.
    """
    with transaction.atomic():
        for task in MatchTask.objects.filter(user=user, cv__expires_at__isnull=False).select_related("cv"):
            if task.cv is not None:
                erase_cv(cv=task.cv, by=by or user)
        candidate = Candidate.objects.filter(user=user).first()
        if candidate is not None:
            erase_candidate(candidate=candidate, by=by or user)
        _end_sessions(user)
        user.delete()


def erase_again(entries: Collection[Entry]) -> int:
    """Erase what a restore has brought back of the rows in a ledger; returns how many of them were there."""
    found = 0
    for kind, (model, erase) in _ERASING.items():
        marks = {entry.row: entry.mark for entry in entries if entry.kind == kind}
        for row in model._default_manager.filter(pk__in=marks).order_by("pk"):
            if mark_of(row) == marks[row.pk]:
                erase(row)
                found += 1
    take_over(entries)
    return found


def _end_sessions(user: User) -> None:
    """Sessions name their user inside what they hold, so that all have to be opened."""
    own = [row.pk for row in Session.objects.iterator() if row.get_decoded().get("_auth_user_id") == str(user.pk)]
    Session.objects.filter(pk__in=own).delete()


# What holds others comes first: what is erased with it is not there any more when its own turn comes.
_ERASING: dict[str, tuple[Any, Callable[[Any], None]]] = {
    Erasure.Kind.USER: (User, lambda row: erase_account(user=row)),
    Erasure.Kind.CANDIDATE: (Candidate, lambda row: erase_candidate(candidate=row, by=None)),
    Erasure.Kind.CV: (CV, lambda row: erase_cv(cv=row, by=None)),
}
