"""Corrections over HTTP: what was corrected, one more, one undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from cvmatch.core.errors import InvalidInput
from cvmatch.core.http_api import user_of
from cvmatch.core.models import User
from ingestion import correcting
from ingestion.changes import ADD, CHANGE, REMOVE
from ingestion.models import CV, Correction, CVView
from ingestion.naming import refuse_blind
from ingestion.selectors import get_cv, list_corrections
from ingestion.viewings import note_view

router = Router(tags=["Corrections"])

_PATH = "As in the resume, work[0].position; an entry's key from an earlier correction may stand for its number"


class CorrectionIn(Schema):
    """One correction."""

    path: str = Field(description=_PATH, max_length=120, examples=["work[0].position"])
    kind: str = Field(
        default=CHANGE,
        description="change a value; remove a value or an entry; add an entry to a section or a text to a list",
        examples=[CHANGE],
    )
    value: str | dict[str, str] = Field(
        default="", description="A text; for an entry that is added, a text for each of its fields"
    )


class CorrectionOut(Schema):
    """A correction as it was made."""

    id: int
    kind: str = Field(description="change, remove or add", examples=[CHANGE])
    path: str = Field(description="By keys, so that it stays true while other entries come and go")
    was: str | dict[str, Any] = Field(description="What stood there before: a text, or the fields of an entry")
    value: str | dict[str, Any] = Field(description="What holds instead")
    made_by: str = Field(description="Empty when the account is gone")
    made_at: datetime
    undone_by: str
    undone_at: datetime | None = Field(description="Null while it holds")


@router.get(
    "/cvs/{cv_id}/corrections", response=list[CorrectionOut], summary="Corrections", operation_id="list_corrections"
)
def get_corrections(request: HttpRequest, cv_id: int) -> list[CorrectionOut]:
    """All corrections of a CV in the order they were made, those that were undone too; 1,000 at most."""
    return [out(correction) for correction in list_corrections(_open(user_of(request), cv_id))]


@router.post(
    "/cvs/{cv_id}/corrections",
    response={201: CorrectionOut},
    summary="Correct what was read",
    operation_id="add_correction",
)
def add_correction(request: HttpRequest, cv_id: int, body: CorrectionIn) -> CorrectionOut:
    """Holds at once and over every later reading of the file; the CV is matched again. Its status tells how far that is."""
    user = user_of(request)
    return out(_made(_open(user, cv_id), body, user))


@router.delete(
    "/cvs/{cv_id}/corrections/{correction_id}",
    response=CorrectionOut,
    summary="Undo a correction",
    operation_id="undo_correction",
)
def undo_correction(request: HttpRequest, cv_id: int, correction_id: int) -> CorrectionOut:
    """What held before holds again; the correction stays in the list with who undid it."""
    user = user_of(request)
    return out(correcting.undo(_open(user, cv_id), correction_id=correction_id, by=user))


def _open(user: User, cv_id: int) -> CV:
    """Corrections may say who the person is: those who read blind cannot see them."""
    cv = get_cv(user, cv_id)
    refuse_blind(user)
    note_view(user=user, cv=cv, how=CVView.How.API)  # a correction says what stood there before
    return cv


def _made(cv: CV, body: CorrectionIn, user: Any) -> Correction:
    if body.kind == ADD:
        return correcting.add(cv, path=body.path, values=body.value, by=user)
    if not isinstance(body.value, str):
        raise InvalidInput("Fields can only be given for an entry that is added.", details={"field": "value"})
    if body.kind == REMOVE:
        return correcting.remove(cv, path=body.path, by=user)
    if body.kind != CHANGE:
        raise InvalidInput(f"A correction is {CHANGE}, {REMOVE} or {ADD}.", details={"field": "kind"})
    made = correcting.correct(cv, path=body.path, value=body.value, by=user)
    if made is None:
        raise InvalidInput("That is what stands there already.", details={"field": "value"})
    return made


def out(correction: Correction) -> CorrectionOut:
    """A correction as the API shows it."""
    return CorrectionOut(
        id=correction.pk,
        kind=correction.kind,
        path=correction.path,
        was=correction.was_json,
        value=correction.value_json,
        made_by=_name(correction.made_by),
        made_at=correction.made_at,
        undone_by=_name(correction.undone_by),
        undone_at=correction.undone_at,
    )


def _name(user: Any) -> str:
    return user.get_username() if user else ""
