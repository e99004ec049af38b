"""What search and comparison measured of one pair, before any judgement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class Candidate:
    """One target that search found for a subject, compared in full.

    Cosines are in [-1, 1]; ``words`` is the share (0 to 1) of the subject's important words found in the target, weighted
    by how rare they are. ``coverage`` is the weighted mean, over the passages of the job that ask for something, of the
    cosine of the nearest passage of the CV. ``best_title`` is the cosine of the job's title and the nearest of the person's
    own, ``title_lines`` the mean cosine of the lines of the CV that come nearest to it. None where one side has no such
    vector, words or passages.
    """

    target_id: int
    text_cosine: float | None
    title_cosine: float | None
    words: float | None
    skills_cosine: float | None = None
    coverage: float | None = None
    best_title: float | None = None
    title_lines: float | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in row.items() if name in known})
