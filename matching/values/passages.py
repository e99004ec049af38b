"""Passages: the lines of a CV and the sentences of a job that are compared one by one, with their vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 384


class Role(StrEnum):
    """What a passage does: a job's asks (must, nice) or describes (duty, open); a CV's shows, or is a title of the person."""

    MUST = "must"
    NICE = "nice"
    DUTY = "duty"
    OPEN = "open"
    SHOWS = "shows"
    TITLE = "title"


_ROLES = {
    role.value: role for role in Role
}  # a look-up is a tenth of the cost of Role(value), and lists read thousands


@dataclass(frozen=True, slots=True)
class Passage:
    """``start`` and ``end`` are places in the CV's text or in the job's description, end exclusive."""

    start: int
    end: int
    role: Role


@dataclass(frozen=True)
class Passages:
    """The passages of one text: row i of ``vectors`` (float32, shape [n, 384], unit length) stands for passage i."""

    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32]

    def to_json(self) -> list[tuple[int, int, str]]:
        return [(passage.start, passage.end, passage.role.value) for passage in self.passages]

    def to_bytes(self) -> bytes:
        """Eight bits a number: per row one float32 scale and 384 int8; cosines move by about 0.001."""
        scales = np.maximum(np.abs(self.vectors).max(axis=1, initial=0.0), 1e-9) / 127
        codes = np.rint(self.vectors / scales[:, None]).astype(np.int8)
        return bytes(scales.astype("<f4").tobytes() + codes.tobytes())

    @classmethod
    def load(cls, rows: Sequence[tuple[int, int, str]], blob: bytes) -> Self:
        """The inverse of ``to_json`` and ``to_bytes``."""
        passages = tuple(Passage(start, end, _ROLES[role]) for start, end, role in rows)
        count = len(passages)
        scales = np.frombuffer(blob, dtype="<f4", count=count)
        codes = np.frombuffer(blob, dtype=np.int8, offset=4 * count).reshape(count, DIMENSIONS)
        return cls(passages, codes.astype(np.float32) * scales[:, None])
