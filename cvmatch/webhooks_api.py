"""Webhooks over HTTP: one's own, what was sent to them and how that went."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from cvmatch.core import webhooks
from cvmatch.core.http_api import Cursor, Limit, Page, keyset_page, user_of
from cvmatch.core.models import Webhook, WebhookDelivery, WebhookEvent
from cvmatch.core.webhooks.hooks import URL_CHARS

router = Router(tags=["Webhooks"])
RETRY_AFTER_S = "2"

EVENTS = Field(description="What it is told of", min_length=1, max_length=10, examples=[["match.ready", "cv.read"]])
ADDRESS = Field(
    description="Where events are sent by POST; it begins with https://",
    min_length=1,
    max_length=URL_CHARS,
    examples=["https://example.com/cvmatch-hook"],
)


class WebhookIn(Schema):
    """A new webhook."""

    url: str = ADDRESS
    events: list[WebhookEvent] = EVENTS


class WebhookOut(Schema):
    """One of your webhooks."""

    id: int = Field(examples=[3])
    url: str = ADDRESS
    events: list[WebhookEvent] = EVENTS
    is_active: bool = Field(description="Whether it is told of anything", examples=[True])
    failing_since: datetime | None = Field(description="The first failure since its last success", examples=[None])
    off_reason: str = Field(description="Why it was switched off, where nobody asked for that", examples=[""])
    created_at: datetime = Field(examples=["2026-03-02T09:30:00Z"])


class NewWebhookOut(WebhookOut):
    """A webhook that has just been made, with its secret."""

    secret: str = Field(
        description="What deliveries are signed with; shown this once",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="],
    )


class DeliveryOut(Schema):
    """One event on its way to a webhook, and how the last attempt went."""

    id: int = Field(examples=[17])
    message_id: UUID = Field(
        description="The same at every attempt; `webhook-id` is `msg_` with it, without hyphens",
        examples=["6f1ad6e1-5f47-4be3-9f0a-6a4d1c2d7b10"],
    )
    event: str = Field(examples=["match.ready"])
    payload: dict[str, Any] = Field(
        description="What is sent",
        examples=[
            {
                "type": "match.ready",
                "timestamp": "2026-03-02T09:30:00+00:00",
                "data": {"prediction_id": 8, "cv_id": 42, "address": "/api/v1/predictions/8"},
            }
        ],
        validation_alias="payload_json",
    )
    status: str = Field(description="pending, processing, completed or failed", examples=["completed"])
    attempts: int = Field(examples=[1])
    retry_at: datetime | None = Field(description="When it is tried again; null when it is not", examples=[None])
    response_status: int | None = Field(description="Status of the last answer; null without one", examples=[204])
    latency_ms: int | None = Field(description="How long the last attempt took", examples=[38])
    error: str = Field(description="Why the last attempt failed", examples=[""])
    created_at: datetime = Field(examples=["2026-03-02T09:30:00Z"])
    finished_at: datetime | None = Field(description="When the last attempt ended", examples=["2026-03-02T09:30:01Z"])


@router.post("/webhooks", response={201: NewWebhookOut}, summary="Make a webhook", operation_id="create_webhook")
def create_webhook(request: HttpRequest, body: WebhookIn) -> Any:
    """From now on its address is told of these events about what you may see. The answer alone has the secret."""
    hook, secret = webhooks.create_webhook(user=user_of(request), url=body.url, events=body.events)
    return Status(201, NewWebhookOut(**WebhookOut.from_orm(hook).dict(), secret=secret))


@router.get("/webhooks", response=list[WebhookOut], summary="List webhooks", operation_id="list_webhooks")
def list_webhooks(request: HttpRequest) -> Any:
    """All of yours, newest first."""
    return Webhook.objects.filter(user=user_of(request)).order_by("-pk")


@router.get("/webhooks/{webhook_id}", response=WebhookOut, summary="Get a webhook", operation_id="get_webhook")
def get_webhook(request: HttpRequest, webhook_id: int) -> Any:
    """One of yours, with why it is off where it is."""
    return webhooks.get_webhook(user_of(request), webhook_id)


@router.delete(
    "/webhooks/{webhook_id}", response={204: None}, summary="Delete a webhook", operation_id="delete_webhook"
)
def delete_webhook(request: HttpRequest, webhook_id: int) -> Any:
    """It is told of nothing more; its deliveries go with it."""
    webhooks.delete_webhook(webhooks.get_webhook(user_of(request), webhook_id))
    return Status(204, None)


@router.post(
    "/webhooks/{webhook_id}/enable",
    response=WebhookOut,
    summary="Switch a webhook on again",
    operation_id="enable_webhook",
)
def enable_webhook(request: HttpRequest, webhook_id: int) -> Any:
    """As if it had never failed. What it missed meanwhile is not sent."""
    return webhooks.enable_webhook(webhooks.get_webhook(user_of(request), webhook_id))


@router.post(
    "/webhooks/{webhook_id}/test", response={202: DeliveryOut}, summary="Try a webhook", operation_id="test_webhook"
)
def test_webhook(request: HttpRequest, response: HttpResponse, webhook_id: int) -> Any:
    """Sends it `webhook.test`, an event that says nothing; its deliveries tell how that went."""
    delivery = webhooks.send_test(webhooks.get_webhook(user_of(request), webhook_id))
    return _on_its_way(response, delivery)


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    response=Page[DeliveryOut],
    summary="List deliveries",
    operation_id="list_deliveries",
)
def list_deliveries(request: HttpRequest, webhook_id: int, cursor: Cursor = None, limit: Limit = 50) -> Any:
    """What it was told of in the last 30 days, newest first."""
    hook = webhooks.get_webhook(user_of(request), webhook_id)
    return keyset_page(request, WebhookDelivery.objects.filter(webhook=hook), cursor, limit)


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
    response={202: DeliveryOut},
    summary="Send an event again",
    operation_id="redeliver",
)
def redeliver(request: HttpRequest, response: HttpResponse, webhook_id: int, delivery_id: int) -> Any:
    """The same message under its old id, whether it had arrived or not; one that is on its way is left alone."""
    hook = webhooks.get_webhook(user_of(request), webhook_id)
    return _on_its_way(response, webhooks.redeliver(hook=hook, pk=delivery_id))


def _on_its_way(response: HttpResponse, delivery: WebhookDelivery) -> Status[WebhookDelivery]:
    response["Location"] = f"/api/v1/webhooks/{delivery.webhook_id}/deliveries"
    response["Retry-After"] = RETRY_AFTER_S
    return Status(202, delivery)
