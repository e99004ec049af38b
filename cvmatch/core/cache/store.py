"""What all processes share: bytes by key, in Redis or in a table; while Redis is gone, nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.cache import caches

from cvmatch.core.cache.breaker import REDIS


def get(key: str) -> bytes | None:
    """The value, if it is there and can be asked for."""
    return get_many([key]).get(key)


def get_many(keys: Iterable[str]) -> dict[str, bytes]:
    """Those that are there."""
    found: dict[str, bytes] = _ask(lambda cache: cache.get_many(list(keys)), {})
    return found


def put(values: Mapping[str, bytes], life_s: float) -> None:
    """Keep them for so long, if they can be kept."""
    _ask(lambda cache: cache.set_many(dict(values), life_s), [])


def delete(keys: Iterable[str]) -> None:
    _ask(lambda cache: cache.delete_many(list(keys)), None)


def take(key: str, owner: str, life_s: float) -> bool:
    """Whether the key is ours now: nobody else had it. Also true where nobody can be asked."""
    return bool(_ask(lambda cache: cache.add(key, owner.encode(), life_s), True))


def release(key: str, owner: str) -> None:
    """Give the key back if it still is ours."""
    if get(key) == owner.encode():
        delete([key])


def _ask(ask: Any, otherwise: Any) -> Any:
    cache = caches["layers"]
    if not settings.REDIS_URL:
        return ask(cache)
    return REDIS.call(lambda: ask(cache), lambda: otherwise)
