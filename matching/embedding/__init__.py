"""Embedding providers behind one protocol: texts in, unit vectors out."""

from __future__ import annotations

from collections.abc import Sequence
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


@cache
def get_provider() -> EmbeddingProvider:
    """The provider of this process, as the settings name it; building it loads no model yet."""
    provider: EmbeddingProvider = build(settings.EMBEDDING_PROVIDERS[settings.EMBEDDING_PROVIDER])
    return provider


def embed(texts: Sequence[str]) -> list[Vector]:
    """What the provider of this process makes of the texts, measured."""
    provider = settings.EMBEDDING_PROVIDER
    failures = EMBEDDING_FAILURES.labels(provider=provider)
    with failures.count_exceptions(), shared_time(EMBEDDING_SECONDS, len(texts), provider=provider):
        return get_provider().embed(texts)
