"""What all processes share: bytes by key, in Redis or in a table, compressed where it pays; without Redis, nothing."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.cache import caches

from cvmatch.core.cache.breaker import REDIS

# Below, the bytes that are saved are not worth the time; level 1 takes a tenth of the time of making and sending it.
COMPRESSED_FROM = 2048
_RAW, _ZLIB = b"\x00", b"\x01"


def get(key: str) -> bytes | None:
    """The value, if it is there and can be asked for."""
    return get_many([key]).get(key)


def get_many(keys: Iterable[str]) -> dict[str, bytes]:
    """Those that are there."""
    found = _ask(lambda cache: cache.get_many(list(keys)), {})
    return {key: _open(packed) for key, packed in found.items()}


def put(values: Mapping[str, bytes], life_s: float) -> None:
    """Keep them for so long, if they can be kept."""
    packed = {key: pack(value) for key, value in values.items()}
    _ask(lambda cache: cache.set_many(packed, life_s), [])


def delete(keys: Iterable[str]) -> None:
    _ask(lambda cache: cache.delete_many(list(keys)), None)


def take(key: str, owner: str, life_s: float) -> bool:
    """Whether the key is ours now: nobody else had it. Also true where nobody can be asked."""
    return bool(_ask(lambda cache: cache.add(key, pack(owner.encode()), life_s), True))


def release(key: str, owner: str) -> None:
    """Give the key back if it still is ours."""
    if get(key) == owner.encode():
        delete([key])


def pack(value: bytes) -> bytes:
    """With a byte before it that says how it is kept."""
    if len(value) >= COMPRESSED_FROM:
        smaller = zlib.compress(value, 1)
        if len(smaller) < 0.8 * len(value):
            return _ZLIB + smaller
    return _RAW + value


def _open(packed: bytes) -> bytes:
    return zlib.decompress(packed[1:]) if packed[:1] == _ZLIB else packed[1:]


def _ask(ask: Any, otherwise: Any) -> Any:
    cache = caches["layers"]
    if not settings.REDIS_URL:
        return ask(cache)
    return REDIS.call(lambda: ask(cache), lambda: otherwise)
