"""Scores with their parts, bands and intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

# Absolute scores, the same for every list; product language for the numbers.
BANDS = ((80.0, "strong"), (65.0, "good"), (45.0, "partial"), (0.0, "weak"))
NOT_ENOUGH_DATA = "no data"


@dataclass(frozen=True)
class Part:
    """One part of a score: ``value`` in [0, 1] or None when the data says nothing; ``weight`` is its share of the whole."""

    name: str
    value: float | None
    weight: float

    @property
    def points(self) -> float | None:
        return None if self.value is None else round(100 * self.weight * self.value, 1)

    @property
    def full_points(self) -> float:
        return round(100 * self.weight, 1)


@dataclass(frozen=True)
class Fit:
    """One direction of a two-way fit: 0 to 100, absolute, with its band and the interval that missing data leaves open."""

    value: float
    low: float
    high: float
    band: str


@dataclass(frozen=True)
class Score:
    """0 to 100 with the interval that missing data leaves open.

    ``for_job`` says how well the CV suits the job, ``for_person`` how well the job suits the CV's person; None where no
    part of that direction says anything. ``mean`` in [0, 1] is the weighted mean of the parts before calibration, which
    orders lists more finely than the rounded points do.
    """

    score: float
    low: float
    high: float
    band: str
    parts: tuple[Part, ...]
    for_job: Fit | None = None
    for_person: Fit | None = None
    mean: float = 0.0


def parts_to_json(parts: Sequence[Part]) -> list[dict[str, Any]]:
    return [asdict(part) for part in parts]


def parts_from_json(rows: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    return tuple(Part(row["name"], row["value"], row["weight"]) for row in rows)


def fits_to_json(score: Score) -> dict[str, Any]:
    """Both directions of the fit, for a JSON column."""
    both = {"for_job": score.for_job, "for_person": score.for_person}
    return {name: asdict(fit) for name, fit in both.items() if fit is not None}


def fit_from_json(row: Mapping[str, Any] | None) -> Fit | None:
    """One entry of ``fits_to_json``."""
    return Fit(**row) if row else None
