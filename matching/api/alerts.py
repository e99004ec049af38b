"""Alerts over HTTP: what one follows, and what one was told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from cvmatch.core.errors import InvalidInput
from cvmatch.core.http_api import Cursor, Limit, Page, keyset_page, user_of
from matching.alerts import subscribing
from matching.alerts.subscribing import Cadence, Kind
from matching.models import Alert, AlertSubscription
from matching.selectors import alerts

router = Router(tags=["Alerts"])

SCORE = "Only matches of at least this score; a saved search has no scores"
CADENCE = "now, daily or weekly"
BY_EMAIL = "Also as an e-mail; the page, and webhooks for `alert.matches`, are told in any case"


class SubscriptionIn(Schema):
    """What to follow: exactly one of `cv_id`, `job_id` and `search_id`."""

    cv_id: int | None = Field(None, description="Your own CV: new jobs that fit it; also its later versions")
    job_id: int | None = Field(None, description="An open job: new CVs that fit it; for recruiters and services")
    search_id: int | None = Field(None, description="A saved search: jobs that came in", examples=[3])
    min_score: int = Field(65, ge=0, le=100, description=SCORE)
    cadence: Cadence = Field(Cadence.DAILY, description=CADENCE)
    by_email: bool = Field(True, description=BY_EMAIL)


class SubscriptionChangeIn(Schema):
    """What is to be otherwise; the rest stays."""

    min_score: int | None = Field(None, ge=0, le=100, description=SCORE)
    cadence: Cadence | None = Field(None, description=CADENCE)
    by_email: bool | None = Field(None, description=BY_EMAIL)


class SubscriptionOut(Schema):
    """What you follow."""

    id: int
    kind: Kind = Field(description="cv, job or search")
    job_id: int | None
    search_id: int | None
    min_score: int
    cadence: Cadence
    by_email: bool
    created_at: datetime
    due_at: datetime = Field(description="When it is looked at again")


class AlertOut(Schema):
    """One thing that you were told."""

    id: int
    subscription_id: int
    digest_id: int = Field(description="What was told together")
    kind: str = Field(description="cv, job or search")
    job_id: int
    title: str = Field(description="Of the job")
    candidate_id: int | None = Field(description="Of a new CV for the job")
    score: float | None
    created_at: datetime
    read_at: datetime | None


class ReadOut(Schema):
    """How many were unread until now."""

    read: int


Digest = Annotated[int | None, Query(description="Only those of this digest", ge=1, le=2**63 - 1)]
Unread = Annotated[bool, Query(description="Only those that you have not read")]


@router.get(
    "/subscriptions",
    response=Page[SubscriptionOut],
    summary="List what you follow",
    operation_id="list_alert_subscriptions",
)
def list_alert_subscriptions(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> Page[Any]:
    """Yours, newest first."""
    return keyset_page(request, AlertSubscription.objects.filter(user=user_of(request)), cursor, limit)


@router.post(
    "/subscriptions", response={201: SubscriptionOut}, summary="Follow something", operation_id="subscribe_to_alerts"
)
def subscribe_to_alerts(request: HttpRequest, body: SubscriptionIn) -> Any:
    """From now on you are told of what is new to it, each thing once. The same again changes how you are told."""
    subjects = {Kind.JOBS_FOR_CV: body.cv_id, Kind.CVS_FOR_JOB: body.job_id, Kind.NEW_JOBS: body.search_id}
    given = [(kind, pk) for kind, pk in subjects.items() if pk is not None]
    if len(given) != 1:
        raise InvalidInput("Give exactly one of cv_id, job_id and search_id.")
    [(kind, pk)] = given
    made = subscribing.subscribe(
        user=user_of(request),
        kind=kind,
        subject=pk,
        min_score=body.min_score,
        cadence=body.cadence,
        by_email=body.by_email,
    )
    return Status(201, made)


@router.patch(
    "/subscriptions/{subscription_id}",
    response=SubscriptionOut,
    summary="Change how you are told",
    operation_id="change_alert_subscription",
)
def change_alert_subscription(request: HttpRequest, subscription_id: int, body: SubscriptionChangeIn) -> Any:
    """What a lower score lets in now is not told: you could see it already."""
    return subscribing.change_subscription(user=user_of(request), pk=subscription_id, **body.dict())


@router.delete(
    "/subscriptions/{subscription_id}",
    response={204: None},
    summary="Follow it no more",
    operation_id="unsubscribe_from_alerts",
)
def unsubscribe_from_alerts(request: HttpRequest, subscription_id: int) -> Any:
    """You are told of nothing more, and the alerts that it brought are gone."""
    subscribing.unsubscribe(user=user_of(request), pk=subscription_id)
    return Status(204, None)


@router.get("", response=Page[AlertOut], summary="List alerts", operation_id="list_alerts")
def list_alerts(
    request: HttpRequest, digest_id: Digest = None, unread: Unread = False, cursor: Cursor = None, limit: Limit = 50
) -> Page[Any]:
    """What you were told, newest first."""
    rows = alerts.list_alerts(user_of(request))
    rows = rows.filter(digest=digest_id) if digest_id else rows
    page = keyset_page(request, rows.filter(read_at=None) if unread else rows, cursor, limit)
    return page.model_copy(update={"items": [_shown(alert) for alert in page.items]})


@router.post("/read", response=ReadOut, summary="Mark all alerts as read", operation_id="read_alerts")
def read_alerts(request: HttpRequest) -> Any:
    """All that you were told until now."""
    return {"read": subscribing.mark_read(user=user_of(request))}


def _shown(alert: Alert) -> dict[str, Any]:
    names = ("subscription_id", "digest_id", "job_id", "candidate_id", "created_at", "read_at")
    return {
        **{name: getattr(alert, name) for name in names},
        "id": alert.pk,
        "kind": alert.subscription.kind,
        "title": alert.job.title,
        "score": None if alert.score is None else float(alert.score),
    }
