"""Embedding providers behind one protocol: texts in, unit vectors out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Protocol

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from cvmatch.core.backends import build
from cvmatch.core.metrics import EMBEDDING_FAILURES, EMBEDDING_SECONDS, shared_time

Vector = NDArray[np.float32]


class EmbeddingProvider(Protocol):
    """``name`` names the model and all that changes its vectors; it is stored with each of them."""

    name: str

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One vector of 384 float32 and length 1 for each text, whatever its length; an empty text gives zeros."""
        ...

    def warm_up(self) -> None:
        """Load what the first call would otherwise wait for."""
        ...

    def check(self) -> None:
        """Raises CvmatchError where something that it needs is not there; loads nothing and asks nobody."""
        ...


# Another than that of the settings: since a back-fill has switched to it (matching.backfills.in_use), or here and now.
_switched_to: str | None = None
_here: ContextVar[str | None] = ContextVar("provider", default=None)


def provider_in_use() -> str:
    """Its name among EMBEDDING_PROVIDERS of the settings."""
    return _here.get() or _switched_to or settings.EMBEDDING_PROVIDER


def get_provider() -> EmbeddingProvider:
    """The provider in use in this process; building it loads no model yet."""
    return built(provider_in_use())


@cache
def built(name: str) -> EmbeddingProvider:
    """The provider of that name, one for the process. Raises KeyError for one that the settings do not have."""
    provider: EmbeddingProvider = build(settings.EMBEDDING_PROVIDERS[name])
    return provider


def use_provider(name: str | None) -> None:
    """From now on this process works with that one; None: with that of the settings."""
    global _switched_to
    _switched_to = name


@contextmanager
def with_provider(name: str) -> Iterator[EmbeddingProvider]:
    """What runs inside works with that one."""
    before = _here.set(name)
    try:
        yield get_provider()
    finally:
        _here.reset(before)


def embed(texts: Sequence[str]) -> list[Vector]:
    """What the provider in use makes of the texts, measured."""
    name = provider_in_use()
    failures = EMBEDDING_FAILURES.labels(provider=name)
    with failures.count_exceptions(), shared_time(EMBEDDING_SECONDS, len(texts), provider=name):
        return get_provider().embed(texts)
