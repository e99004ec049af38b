"""Whether a confidence means what it says: of the values given 0.9, nine in ten should be right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingestion.quality.assessment import BINS, bin_of
from ingestion.quality.correctness import Judged


@dataclass(frozen=True, slots=True)
class Bin:
    """Values whose confidence lies between two tenths: how many, how sure on average, and which share is right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float

    @property
    def gap(self) -> float:
        return abs(self.confidence - self.accuracy)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Reliability of a set of judged values.

    ``ece`` is the expected calibration error, the gap between confidence and accuracy per bin, weighted by the values in it.
    ``auc`` is the chance that a right value is given more than a wrong one; None where all are right or all are wrong.
    """

    bins: tuple[Bin, ...]
    ece: float
    accuracy: float
    confidence: float
    auc: float | None

    @property
    def count(self) -> int:
        return sum(b.count for b in self.bins)


def calibration_of(judged: Sequence[Judged]) -> Calibration:
    groups: list[list[Judged]] = [[] for _ in range(BINS)]
    for value in judged:
        groups[bin_of(value.confidence)].append(value)
    bins = tuple(_bin(number, group) for number, group in enumerate(groups))
    total = max(1, len(judged))
    return Calibration(
        bins=bins,
        ece=sum(b.gap * b.count for b in bins) / total,
        accuracy=sum(value.right for value in judged) / total,
        confidence=sum(value.confidence for value in judged) / total,
        auc=_auc(judged),
    )


def by_kind(judged: Iterable[Judged]) -> dict[str, Calibration]:
    """The same for each kind of value, the most frequent first."""
    groups: dict[str, list[Judged]] = {}
    for value in judged:
        groups.setdefault(value.kind, []).append(value)
    return {kind: calibration_of(group) for kind, group in sorted(groups.items(), key=lambda item: -len(item[1]))}


def _bin(number: int, group: list[Judged]) -> Bin:
    count = len(group)
    sure = sum(value.confidence for value in group) / count if count else 0.0
    right = sum(value.right for value in group) / count if count else 0.0
    return Bin(number / BINS, (number + 1) / BINS, count, sure, right)


def _auc(judged: Sequence[Judged]) -> float | None:
    """By ranks; values of the same confidence share the mean of their ranks."""
    ordered = sorted(judged, key=lambda value: value.confidence)
    right = sum(value.right for value in ordered)
    wrong = len(ordered) - right
    if not right or not wrong:
        return None
    ranks, start = 0.0, 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and ordered[end].confidence == ordered[start].confidence:
            end += 1
        ranks += sum(value.right for value in ordered[start:end]) * (start + 1 + end) / 2
        start = end
    return (ranks - right * (right + 1) / 2) / (right * wrong)
