"""Reads of CVs for pages and API; everything takes the asking user and shows only what they may see."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from cvmatch.core.errors import NotFound
from cvmatch.core.models import Status, User
from cvmatch.core.pages import PAGE, Page, typed
from ingestion.models import CV, Candidate, Confirmation, Correction

# The texts are large and lists do not show them.
_HEAVY = ("text", "matched_text", "parsed_json", "read_json", "search")


def has_concerns(path: str = "") -> ExpressionWrapper[Any]:
    """Whether something in a CV was left out of matching, for lists; ``path`` leads from their rows to the CV."""
    return ExpressionWrapper(Q(**{f"{path}parsed_json__meta__has_key": "concerns"}), output_field=BooleanField())


def get_cv(user: User, pk: int, *beside: str) -> CV:
    """The CV, if it exists and this user may see it; raises NotFound for both, so that ids tell nothing.

    ``beside`` names rows that belong to it and are read in the same statement.
    """
    cv = CV.objects.visible_to(user).select_related("candidate", *beside).defer("search").filter(pk=pk).first()
    if cv is None:
        raise NotFound("There is no such CV, or it is not yours to see.")
    return cv


def list_cvs(user: User) -> QuerySet[CV]:
    """The latest CV of each candidate that the user may see, newest upload first."""
    return (
        CV.objects.visible_to(user).current().select_related("candidate").defer(*_HEAVY).order_by("-uploaded_at", "-pk")
    )


def list_versions(cv: CV) -> QuerySet[CV]:
    """Every version of the same candidate's CV, as ``list_candidate_versions`` says it."""
    return list_candidate_versions(cv.candidate)


def list_candidate_versions(candidate: Candidate) -> QuerySet[CV]:
    """Every version of a candidate's CV, newest first, and whether people have corrected it (``is_corrected``)."""
    corrections = Correction.objects.active().filter(cv=OuterRef("pk"))
    versions = CV.objects.kept().filter(candidate=candidate).annotate(is_corrected=Exists(corrections))
    return versions.defer(*_HEAVY).order_by("-version")


def list_cv_page(user: User, *, words: str = "", before: int | None = None, limit: int = PAGE) -> Page[CV]:
    """One page of the CVs a user may see, newest first; ``before`` is the id that the page before ended with."""
    cvs = CV.objects.visible_to(user).current().select_related("candidate").defer(*_HEAVY)
    cvs = cvs.annotate(has_concerns=has_concerns())
    if words := typed(words):
        cvs = cvs.filter(
            Q(search=SearchQuery(words, search_type="websearch", config="english"))
            | (Q() if user.is_blind else Q(name__icontains=words))
        )
    if before is not None:
        cvs = cvs.filter(pk__lt=before)
    rows = list(cvs.order_by("-pk")[: limit + 1])
    return Page(tuple(rows[:limit]), str(rows[limit - 1].pk) if len(rows) > limit else "")


def find_own_cv(user: User) -> CV | None:
    """The newest version of the user's own CV."""
    return CV.objects.filter(candidate__user=user).current().select_related("candidate").defer(*_HEAVY).first()


def list_unfinished(user: User, *, limit: int = 5) -> tuple[list[CV], list[CV]]:
    """The newest CVs that are being read, and the newest that could not be read."""
    cvs = CV.objects.visible_to(user).current().defer(*_HEAVY).order_by("-pk")
    unread = cvs.filter(content_hash="")
    waiting = unread.filter(status__in=[Status.PENDING, Status.PROCESSING])
    return list(waiting[:limit]), list(unread.filter(status=Status.FAILED)[:limit])


def list_corrections(cv: CV) -> QuerySet[Correction]:
    """All corrections of a CV in the order they were made, the undone ones too."""
    return cv.corrections.select_related("made_by", "undone_by")


def find_confirmation(cv: CV) -> Confirmation | None:
    """Who has confirmed what holds of this CV now; None also when a later reading says other things."""
    confirmation = Confirmation.objects.filter(cv=cv).select_related("made_by").first()
    return confirmation if confirmation and confirmation.resume == cv.parsed.resume else None
