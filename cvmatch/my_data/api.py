"""One's own data over HTTP: who looked, what it may be used for, and how long it is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from cvmatch.core.errors import NotFound
from cvmatch.core.http_api import Cursor, Limit, Page, keyset_page, user_of
from cvmatch.core.models import Purpose, User
from ingestion.clock import keep_longer
from ingestion.consents import list_standings, set_consent
from ingestion.models import Candidate
from ingestion.viewings import list_views

router = Router(tags=["My data"])


class ViewOut(Schema):
    """Somebody other than you opened your CV, once an hour and way at most."""

    user_name: str = Field(description="Who", examples=["rita"])
    cv_id: int = Field(examples=[17])
    version: int = Field(description="Of your CV", examples=[1])
    how: str = Field(description="page, file, match, api, list-export, admin or archive", examples=["page"])
    at: datetime = Field(description="First in that hour")


class ConsentOut(Schema):
    """How you stand to one purpose."""

    purpose: str = Field(description="matching, alerts or statistics", examples=["matching"])
    name: str = Field(examples=["Matching"])
    text: str = Field(description="What you agree to")
    is_given: bool
    since: datetime | None = Field(description="When you said so last; null where you never said anything")
    text_version: str = Field(description="Of the words you had before you then", examples=["1"])


class ConsentIn(Schema):
    """What you say about a purpose."""

    is_given: bool = Field(description="false takes it back, with its effect at once", examples=[False])


class KeptOut(Schema):
    """How long you are kept."""

    kept_until: datetime | None = Field(description="Then your CV and account are erased; a reminder comes before")


@router.get("/access-log", response=Page[ViewOut], summary="Who opened your CV", operation_id="get_access_log")
def get_access_log(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Page[Any]:
    """Every view, download, export and reading by a program or an admin of any version of your CV, newest first."""
    page = keyset_page(request, list_views(_candidate(user_of(request))), cursor, limit)
    return page.model_copy(update={"items": [_view(row) for row in page.items]})


@router.get("/consents", response=list[ConsentOut], summary="What you agree to", operation_id="list_consents")
def list_consents(request: HttpRequest) -> list[Any]:
    """Each purpose that your data can be used for."""
    return _standings(user_of(request))


@router.put(
    "/consents/{purpose}", response=list[ConsentOut], summary="Agree, or take it back", operation_id="set_consent"
)
def put_consent(request: HttpRequest, purpose: str, body: ConsentIn) -> list[Any]:
    """It holds before this answers: without `matching` your lists are erased and no recruiter sees your CV."""
    if purpose not in Purpose.values:
        raise NotFound(f"There is no such purpose. One of: {', '.join(Purpose.values)}.")
    user = user_of(request)
    set_consent(user=user, purpose=Purpose(purpose), is_given=body.is_given, how="api")
    return _standings(user)


@router.post("/keep", response=KeptOut, summary="Keep my data longer", operation_id="keep_my_data")
def keep_my_data(request: HttpRequest) -> dict[str, Any]:
    """The time that you are kept begins anew; null where there is no CV of yours."""
    candidate = _candidate(user_of(request))
    return {"kept_until": keep_longer(candidate=candidate) if candidate else None}


def _candidate(user: User) -> Candidate | None:
    return Candidate.objects.filter(user=user).first()


def _view(row: Any) -> dict[str, Any]:
    names = ("user_name", "cv_id", "how", "at")
    return {**{name: getattr(row, name) for name in names}, "version": row.cv.version}


def _standings(user: User) -> list[Any]:
    names = ("purpose", "name", "text", "is_given", "since", "text_version")
    return [{name: getattr(standing, name) for name in names} for standing in list_standings(user)]
