"""Keeps in layers what takes long to make: found under what it was made from, made once however many ask at once.

Nothing is ever removed from here because something changed. A key names the versions of all that the value was made from
(``versions``), so that after a change the old value is simply never asked for again, and ends by itself.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.db import connection

from cvmatch.core import cache_counts
from cvmatch.core.cache import near, store
from cvmatch.core.cache.flight import once
from cvmatch.core.cache.release import release
from cvmatch.core.cache.sealing import seal, unseal

# A life is shortened by up to this share: what was made together does not end together.
JITTER = 0.1
# What a process found with the others it keeps so long itself; that may be over when its own life is, by so much at most.
NEAR_S = 30


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
    entry = _Entry(layer, repr((release(), made_from)))
    found = entry.find()
    if found is not None:
        cache_counts.count(layer.name, hits=1)
        return found
    is_ours = False

    def made() -> bytes:
        nonlocal is_ours
        is_ours = True
        fresh = make()
        entry.keep(fresh)
        return fresh.value

    value = once(entry.key, entry.find, made)
    cache_counts.count(layer.name, hits=not is_ours, misses=is_ours)
    return value


def lasting(life_s: float) -> float:
    """The life that an entry gets, in seconds."""
    return life_s * random.uniform(1 - JITTER, 1)  # noqa: S311 - nothing to guess


@dataclass(frozen=True)
class _Entry:
    """One value of a layer, in the memory of this process and in what all processes share."""

    layer: Layer
    made_from: str

    @cached_property
    def key(self) -> str:
        """Never the text or name of anybody."""
        return f"{self.layer.name}:{hashlib.sha256(self.made_from.encode()).hexdigest()}"

    def find(self) -> bytes | None:
        found = near.get(self.key)
        if found is None and (sealed := store.get(self.key)) is not None:
            found = unseal(sealed, self.made_from)
            if found is not None:
                near.set(self.key, found, NEAR_S)
        return found

    def keep(self, made: Made) -> None:
        life_s = self.layer.life_s if made.life_s is None else made.life_s
        if life_s > 0:
            near.set(self.key, made.value, min(life_s, NEAR_S))
            store.put({self.key: seal(made.value, self.made_from)}, lasting(life_s))
