"""A deterministic provider without a model: hashed words, so that texts sharing words are near each other."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.embedding import Vector

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class HashingProvider:
    """For tests and load data: fast, stable between processes, no notion of meaning."""

    name: str = "hashing-1"
    dimensions: int = 384

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        return [self._embed(text) for text in texts]

    def warm_up(self) -> None:
        """Nothing to load."""

    def check(self) -> None:
        """It needs nothing."""

    def _embed(self, text: str) -> Vector:
        vector = np.zeros(self.dimensions, dtype=np.float32)
        for word in _WORD.findall(text.lower()):
            code = zlib.crc32(word.encode("utf-8", "surrogatepass"))
            vector[code % self.dimensions] += 1 if code & 0x80000000 else -1
        length = float(np.linalg.norm(vector))
        return vector / np.float32(length) if length else vector
