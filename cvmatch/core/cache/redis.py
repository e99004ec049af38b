"""Redis as Django's cache: bytes as they are, and the database in its place while it does not answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django_redis.cache import RedisCache
from django_redis.serializers.base import BaseSerializer

from cvmatch.core.cache.breaker import REDIS

_CALLS = ("add", "get", "set", "touch", "delete", "has_key", "incr", "get_many", "set_many", "delete_many", "clear")


class BytesSerializer(BaseSerializer):  # type: ignore[misc]
    """For values that are bytes already; nothing in them is ever run.

    One byte goes before them, since django-redis makes numbers of all that reads like one.
    """

    def dumps(self, value: bytes) -> bytes:
        return b"=" + value

    def loads(self, value: bytes) -> bytes:
        return value[1:]


class SteadyCache(RedisCache):  # type: ignore[misc]
    """Where wrong passwords are counted: with Redis gone they still are, in the table, from nought."""


def _steady(name: str) -> Callable[..., Any]:
    of_redis = getattr(RedisCache, name)

    def call(self: SteadyCache, *args: Any, **kwargs: Any) -> Any:
        return REDIS.call(
            lambda: of_redis(self, *args, **kwargs), lambda: getattr(caches["database"], name)(*args, **kwargs)
        )

    return call


for _name in _CALLS:
    setattr(SteadyCache, _name, _steady(_name))
