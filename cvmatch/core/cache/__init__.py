"""Keeps in layers what takes long to make: found under what it was made from, made once however many ask at once.

Nothing is ever removed from here because something changed. A key names the versions of all that the value was made from
(``versions``), so that after a change the old value is simply never asked for again, and ends by itself.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from cvmatch.core import cache_counts
from cvmatch.core.cache import near, store
from cvmatch.core.cache.flight import once
from cvmatch.core.cache.release import release

# A life is shortened by up to this share: what was made together does not end together.
JITTER = 0.1


@dataclass(frozen=True)
class Layer:
    """One kind of what is kept, under the name that metrics have it by. Lives are in seconds.

    ``missing_s`` is how long it is remembered that there is nothing.
    """

    name: str
    life_s: int
    missing_s: int = 30


ANSWERS = Layer("l1", 300)
MATCHES = Layer("l2", 3600)
SEARCHES = Layer("l2", 86_400)
VECTORS = Layer("l3", 86_400)


@dataclass(frozen=True)
class Made:
    """What was made, and for how long it may be kept: by default as long as its layer says, 0 not at all."""

    value: bytes
    life_s: int | None = None


def remember(layer: Layer, made_from: object, make: Callable[[], Made]) -> bytes:
    """What ``make`` gives, or gave for an equal ``made_from`` (by its repr), which must name the version of all it reads.

    Inside a transaction it is made each time: its changes have no version yet, and may be undone.
    """
    if connection.in_atomic_block:
        return make().value
    key = key_of(layer, made_from)
    found = _find(key)
    if found is not None:
        cache_counts.count(layer.name, hits=1)
        return found
    is_ours = False

    def made() -> bytes:
        nonlocal is_ours
        is_ours = True
        fresh = make()
        _keep(key, fresh, layer)
        return fresh.value

    value = once(key, lambda: _find(key), made)
    cache_counts.count(layer.name, hits=not is_ours, misses=is_ours)
    return value


def key_of(layer: Layer, made_from: object) -> str:
    """The key that something is kept under: never the text or name of anybody."""
    return f"{layer.name}:{hashlib.sha256(repr((release(), made_from)).encode()).hexdigest()}"


def lasting(life_s: float) -> float:
    """The life that an entry gets, in seconds."""
    return life_s * random.uniform(1 - JITTER, 1)  # noqa: S311 - nothing to guess


def _find(key: str) -> bytes | None:
    found = near.get(key)
    if found is None and (found := store.get(key)) is not None:
        near.set(key, found, ANSWERS.life_s)
    return found


def _keep(key: str, made: Made, layer: Layer) -> None:
    life_s = layer.life_s if made.life_s is None else made.life_s
    if life_s > 0:
        near.set(key, made.value, min(life_s, ANSWERS.life_s))
        store.put({key: made.value}, lasting(life_s))
