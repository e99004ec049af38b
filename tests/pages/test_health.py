"""The health addresses say what works, to whom it concerns, and a server without its cache goes on serving."""

from __future__ import annotations

import pytest
from django.test import Client

from cvmatch.core.auth import create_key
from cvmatch.core.models import User
from matching.embedding import get_provider
from matching.embedding.minilm import MiniLMProvider
from matching.embedding.openai import OpenAIProvider
from tests.support import make_user

pytestmark = pytest.mark.django_db

PARTS = {"database", "cache", "queue", "model"}


@pytest.fixture
def provider(settings, monkeypatch: pytest.MonkeyPatch):
    """Lets a test name the provider that the checks are to look at."""

    def use(made: object) -> None:
        monkeypatch.setattr("cvmatch.dashboard.get_provider", lambda: made)

    return use


def test_live_touches_nothing_else(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert client.get("/health/live").content == b"ok"


def test_ready_names_database_cache_queue_and_model(client: Client) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "checks": dict.fromkeys(PARTS, "ok")})
    assert "no-store" in answer["Cache-Control"]


def test_without_its_cache_a_server_says_so_and_stays_ready(client: Client, settings) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"},
    }
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["checks"].pop("cache") != "ok"
    assert {check for part, check in answer.json()["checks"].items() if part != "cache"} == {"ok"}


def test_without_its_model_a_server_is_not_ready(client: Client, provider) -> None:
    provider(MiniLMProvider(adapter="never-trained"))
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert answer.json()["checks"]["model"] == "CvmatchError"


def test_an_endpoint_that_is_not_named_is_no_model(client: Client, provider) -> None:
    provider(OpenAIProvider(url="", model="m"))
    assert client.get("/health/ready").status_code == 503
    provider(OpenAIProvider(url="http://127.0.0.1:1", model="m"))
    assert client.get("/health/ready").status_code == 200, "whether it answers is not asked"


def test_the_model_that_is_delivered_is_there() -> None:
    MiniLMProvider(adapter="cvmatch-1").check()
    get_provider().check()


def test_the_detail_is_for_admins_and_their_keys(client: Client) -> None:
    assert client.get("/health/detail").status_code == 401
    key = create_key(user=make_user("admin", User.Role.ADMIN), name="probe")
    answer = client.get("/health/detail", headers={"Authorization": f"Bearer {key}"})
    health = answer.json()
    assert health["checks"].keys() >= PARTS
    assert {"name", "waiting", "failed", "next_run"} <= health["stages"][0].keys()
    # No worker runs here: the server itself works, the whole does not.
    assert (answer.status_code, health["status"]) == (200, "degraded")
