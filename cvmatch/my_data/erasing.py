"""Erases a candidate's account with everything that is kept about the person, in whichever table it stands."""

from __future__ import annotations

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Model

from cvmatch.core.models import User
from ingestion.erasing import erase_candidate, erase_cv
from ingestion.models import CV, Candidate, Confirmation, Correction
from matching.models import MatchTask


def erase_account(*, user: User) -> None:
    """Erase the person, the CVs they only had matched once, their sessions and the account; nothing to do is no error.

    Rows that hang on the account (marks, interactions, keys, e-mail addresses) go with it. Files go once the transaction is
    through.
    """
    with transaction.atomic():
        candidate = Candidate.objects.filter(user=user).first()
        _forget_log(user, candidate)
        for task in MatchTask.objects.filter(user=user, cv__expires_at__isnull=False).select_related("cv"):
            if task.cv is not None:
                erase_cv(cv=task.cv, by=user)
        if candidate is not None:
            erase_candidate(candidate=candidate, by=user)
        _end_sessions(user)
        user.delete()


def _forget_log(user: User, candidate: Candidate | None) -> None:
    """The admin's log keeps the names of what was changed there, also after it is gone."""
    ids: dict[type[Model], list[str]] = {User: [str(user.pk)]}
    if candidate is not None:
        ids[Candidate] = [str(candidate.pk)]
        for model in (CV, Correction, Confirmation):
            path = "candidate" if model is CV else "cv__candidate"
            rows = model._default_manager.filter(**{path: candidate})
            ids[model] = [str(pk) for pk in rows.values_list("pk", flat=True)]
    for named, pks in ids.items():
        content_type = ContentType.objects.get_for_model(named)
        LogEntry.objects.filter(content_type=content_type, object_id__in=pks).delete()


def _end_sessions(user: User) -> None:
    """Sessions name their user inside what they hold, so that all have to be opened."""
    own = [row.pk for row in Session.objects.iterator() if row.get_decoded().get("_auth_user_id") == str(user.pk)]
    Session.objects.filter(pk__in=own).delete()
