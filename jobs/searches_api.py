"""Saved searches over HTTP: one's own and those that are shared, what they find and what of it is new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from cvmatch.core.http_api import Cursor, Limit, Page, keyset_page, user_of
from jobs import saving, searches
from jobs.api import ListedJobOut, with_sources
from jobs.asked import LONGEST
from jobs.models import SavedSearch

router = Router(tags=["Saved searches"])

NAME = Field(description="Each name once, in whatever case", min_length=1, max_length=saving.LONGEST_NAME)
SHARED = Field(False, description="There for all recruiters; only recruiters can share")
CAPPED = f"{searches.CAP + 1} stands for more than {searches.CAP}; null where what it asks for is no longer known"


class SearchIn(Schema):
    """A search to keep."""

    name: str = NAME
    query: str = Field(
        "",
        description="What stands behind `?` in an address of `GET /jobs`, or of the page of jobs; other names are left out",
        max_length=LONGEST,
        examples=["q=data&country=DE&remote=true"],
    )
    is_shared: bool = SHARED


class SearchChangeIn(Schema):
    """What is to be otherwise; the rest stays."""

    name: str | None = Field(None, description="The new name", min_length=1, max_length=saving.LONGEST_NAME)
    is_shared: bool | None = Field(None, description="Whether it is there for all recruiters")


class SearchOut(Schema):
    """A saved search with what it finds now."""

    id: int
    name: str
    query: str = Field(description="What it asks for, as in an address")
    is_shared: bool
    is_own: bool = Field(description="Yours to change; else another recruiter shares it")
    owner: str = Field(description="User name of whose it is")
    found: int | None = Field(description=f"Jobs that it finds. {CAPPED}")
    new: int | None = Field(description=f"Those that came in after `since`. {CAPPED}")
    since: datetime = Field(description="When you looked at it last, or when it was saved")
    jobs: str = Field(description="The address of its jobs")
    created_at: datetime


Few = Annotated[int, Query(ge=1, le=searches.COUNTED, description="Most lines of the answer")]
OnlyNew = Annotated[bool, Query(description="Only those that came in since you looked last")]


@router.get("", response=Page[SearchOut], summary="List saved searches", operation_id="list_searches")
def list_searches(request: HttpRequest, cursor: Cursor = None, limit: Few = searches.COUNTED) -> Page[Any]:
    """Yours, and for recruiters those that others share, newest first, each with how many jobs it finds."""
    user = user_of(request)
    page = keyset_page(request, searches.seen_by(user), cursor, limit)
    return page.model_copy(update={"items": _shown(searches.counted(user, page.items))})


@router.post("", response={201: SearchOut}, summary="Save a search", operation_id="save_search")
def save_search(request: HttpRequest, body: SearchIn) -> Any:
    """Keeps it under its name; a search of yours with that name asks for this from now on. You have looked at it now."""
    user = user_of(request)
    made = saving.save_search(user=user, name=body.name, query=body.query.removeprefix("?"), is_shared=body.is_shared)
    return Status(201, _one(request, made))


@router.get("/{search_id}", response=SearchOut, summary="Get a saved search", operation_id="get_search")
def get_search(request: HttpRequest, search_id: int) -> Any:
    """One of yours, or one that is shared with you."""
    return _shown([searches.get_search(user_of(request), search_id)])[0]


@router.patch("/{search_id}", response=SearchOut, summary="Change a saved search", operation_id="change_search")
def change_search(request: HttpRequest, search_id: int, body: SearchChangeIn) -> Any:
    """Another name, or shared or not. To ask for something else, save that under the same name."""
    user = user_of(request)
    now = searches.get_search(user, search_id).saved
    changed = saving.change_search(
        user=user,
        pk=search_id,
        name=now.name if body.name is None else body.name,
        is_shared=now.is_shared if body.is_shared is None else body.is_shared,
    )
    return _one(request, changed)


@router.delete("/{search_id}", response={204: None}, summary="Delete a saved search", operation_id="delete_search")
def delete_search(request: HttpRequest, search_id: int) -> Any:
    """For all with whom you share it, too. What others share with you, they delete."""
    saving.delete_search(user=user_of(request), pk=search_id)
    return Status(204, None)


@router.get(
    "/{search_id}/jobs", response=Page[ListedJobOut], summary="Run a saved search", operation_id="get_search_jobs"
)
def get_search_jobs(
    request: HttpRequest, search_id: int, only_new: OnlyNew = False, cursor: Cursor = None, limit: Limit = 50
) -> Page[Any]:
    """The jobs that it finds now, the last to come in first. What is new stays so until `look_at_search`."""
    jobs = searches.jobs_of(searches.get_search(user_of(request), search_id), only_new=only_new)
    jobs = jobs.defer("search", "description", "description_html", "requirements_json")
    page = keyset_page(request, jobs, cursor, limit)
    return page.model_copy(update={"items": with_sources(page.items)})


@router.post("/{search_id}/look", response=SearchOut, summary="Look at a saved search", operation_id="look_at_search")
def look_at_search(request: HttpRequest, search_id: int) -> Any:
    """Notes that you have seen its jobs: from now on none of them is new to you."""
    return _one(request, saving.look_at_search(user=user_of(request), pk=search_id))


def _one(request: HttpRequest, saved: SavedSearch) -> dict[str, Any]:
    return _shown([searches.get_search(user_of(request), saved.pk)])[0]


def _shown(found: Sequence[searches.Search]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.saved.pk,
            "name": one.saved.name,
            "query": one.saved.query,
            "is_shared": one.saved.is_shared,
            "is_own": one.is_own,
            "owner": one.saved.user.get_username(),
            "found": one.found,
            "new": one.new,
            "since": one.since,
            "jobs": f"/api/v1/searches/{one.saved.pk}/jobs",
            "created_at": one.saved.created_at,
        }
        for one in found
    ]
