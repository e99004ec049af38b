"""Webhooks over HTTP and on their pages: the secret is shown once, and everybody sees only their own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from cvmatch.core.models import Status, User, Webhook, WebhookDelivery

pytestmark = pytest.mark.django_db

As = Callable[[User | str], Client]
API = "/api/v1/webhooks"
HOOK = {"url": "https://example.com/hook", "events": ["match.ready", "cv.read"]}


def made(client: Client) -> dict[str, object]:
    response = client.post(API, HOOK, "application/json")
    assert response.status_code == 201, response.content
    answer: dict[str, object] = response.json()
    return answer


def test_a_webhook_is_made_with_a_secret_that_no_later_answer_has(as_user: As, candidate: User) -> None:
    client = as_user(candidate)
    hook = made(client)
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", str(hook["secret"]))
    [listed] = client.get(API).json()
    assert listed == {name: value for name, value in hook.items() if name != "secret"}
    assert client.get(f"{API}/{hook['id']}").json() == listed
    assert client.delete(f"{API}/{hook['id']}").status_code == 204
    assert client.get(API).json() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "https://127.0.0.1/", "events": ["cv.read"]}, "url"),
        ({"url": "https://example.com/", "events": []}, "body.events"),
        ({"url": "https://example.com/", "events": ["cv.burnt"]}, "body.events.0"),
    ],
)
def test_a_wrong_webhook_is_refused_with_its_field(
    body: dict[str, object], field: str, as_user: As, candidate: User
) -> None:
    response = as_user(candidate).post(API, body, "application/json")
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field


def test_a_test_and_a_redelivery_are_seen_among_the_deliveries(as_user: As, candidate: User) -> None:
    client = as_user(candidate)
    address = f"{API}/{made(client)['id']}"
    sent = client.post(f"{address}/test")
    assert sent.status_code == 202
    WebhookDelivery.objects.update(status=Status.COMPLETED, attempts=3)
    again = client.post(f"{address}/deliveries/{sent.json()['id']}/redeliver").json()
    assert (again["status"], again["attempts"], again["message_id"]) == ("pending", 0, sent.json()["message_id"])
    client.post(f"{address}/test")
    page = client.get(f"{address}/deliveries?limit=1").json()
    assert len(page["items"]) == 1
    assert client.get(page["next"]).json()["items"][0]["id"] == sent.json()["id"]


def test_a_webhook_that_was_switched_off_is_switched_on_again(as_user: As, candidate: User) -> None:
    client = as_user(candidate)
    address = f"{API}/{made(client)['id']}"
    Webhook.objects.update(is_active=False, off_reason="It failed.")
    assert client.get(address).json()["off_reason"] == "It failed."
    answer = client.post(f"{address}/enable").json()
    assert (answer["is_active"], answer["off_reason"]) == (True, "")


def test_the_webhooks_of_others_are_not_found(as_user: As, candidate: User, other_candidate: User) -> None:
    address = f"{API}/{made(as_user(candidate))['id']}"
    other = as_user(other_candidate)
    assert other.get(API).json() == []
    for call in (other.get, other.delete):
        assert call(address).status_code == 404
    for action in ("test", "enable", "deliveries/1/redeliver"):
        assert other.post(f"{address}/{action}").status_code == 404


def test_the_page_makes_a_webhook_and_shows_its_secret_once(as_user: As, candidate: User) -> None:
    client = as_user(candidate)
    assert "No webhook yet" in client.get("/account/webhooks/").content.decode()
    refused = client.post("/account/webhooks/", {"url": "https://10.0.0.1/", "events": ["cv.read"]})
    assert refused.status_code == 422
    assert "inside a network" in refused.content.decode()
    page = client.post("/account/webhooks/", HOOK)
    assert "whsec_" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "whsec_" not in client.get("/account/webhooks/").content.decode()


def test_the_page_of_a_webhook_says_why_it_is_off_and_acts(as_user: As, candidate: User, other_candidate: User) -> None:
    client = as_user(candidate)
    address = f"/account/webhooks/{made(client)['id']}/"
    assert client.post(f"{address}act/", {"action": "test"}, follow=True).status_code == 200
    delivery = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(status=Status.FAILED, error="The server answered 500.", response_status=500)
    Webhook.objects.update(is_active=False, off_reason="It failed for five days.")
    page = client.get(address).content.decode()
    assert "It failed for five days." in page
    assert "The server answered 500." in page
    client.post(f"{address}act/", {"action": "redeliver", "delivery": delivery.pk})
    assert WebhookDelivery.objects.get().status == Status.PENDING
    client.post(f"{address}act/", {"action": "enable"})
    assert Webhook.objects.get().is_active
    assert client.post(f"{address}act/", {"action": "burn"}).status_code == 422
    assert as_user(other_candidate).get(address).status_code == 404
    client.post(f"{address}act/", {"action": "delete"})
    assert not Webhook.objects.exists()
