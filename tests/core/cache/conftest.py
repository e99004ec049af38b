"""A real Redis as the cache of a test, and tests that see what others commit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import caches

from cvmatch.core.cache import near
from cvmatch.core.cache.breaker import REDIS
from tests.core.http_api import redis_server


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    program = redis_server.find_program()
    if program is None:
        pytest.skip("neither redis-server nor valkey-server is installed")
    with redis_server.running(program) as url:
        yield url


def redis_caches(url: str, settings: LazySettings) -> dict[str, Any]:
    """The caches that the settings make of REDIS_URL."""
    redis = {"LOCATION": url, "KEY_PREFIX": "cvmatch"}
    short = {"SOCKET_CONNECT_TIMEOUT": 0.5, "SOCKET_TIMEOUT": 0.5}
    as_json = {**short, "SERIALIZER": "django_redis.serializers.json.JSONSerializer"}
    as_bytes = {**short, "SERIALIZER": "cvmatch.core.cache.redis.BytesSerializer"}
    return {
        **settings.CACHES,
        "default": {**redis, "BACKEND": "cvmatch.core.cache.redis.SteadyCache", "OPTIONS": as_json},
        "layers": {**redis, "BACKEND": "django_redis.cache.RedisCache", "OPTIONS": as_bytes},
    }


@pytest.fixture
def redis(redis_url: str, settings: Any) -> Iterator[str]:
    """Its address; it is empty and the cache of this test."""
    settings.REDIS_URL, settings.CACHES = redis_url, redis_caches(redis_url, settings)
    REDIS.close()
    caches["default"].clear()
    near.clear()
    yield redis_url
    near.clear()
    REDIS.close()


@pytest.fixture(params=["redis", "database"])
def shared(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[str]:
    """Each of the two places that processes share."""
    near.clear()
    if request.param == "redis":
        request.getfixturevalue("redis")
    else:
        caches["layers"].clear()
    yield request.param
    near.clear()
