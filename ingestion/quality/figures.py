"""All figures of an evaluation in one place: how the documents look by themselves and, where there is truth, against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Any

from ingestion.quality.assessment import CHECKS, Quality
from ingestion.quality.calibration import Calibration, by_kind, calibration_of
from ingestion.quality.correctness import Judged, judge
from ingestion.quality.truth import Counts, DocumentResult, Truth, compare, macro_f1, summarise
from ingestion.values import ParsedCV


@dataclass(frozen=True, slots=True)
class Reading:
    """One document: what its parse is like, or why it could not be read."""

    name: str
    format: str
    quality: Quality | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """One document whose truth is known, with what was read from it; an unread one compares as an empty parse."""

    name: str
    read: ParsedCV
    truth: Truth


@dataclass(frozen=True)
class Evaluation:
    """Documents, and those of them that have a truth."""

    readings: Sequence[Reading]
    known: Sequence[Known] = ()
    results: list[DocumentResult] = field(init=False)
    judged: list[Judged] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "results", [compare(k.name, k.read, k.truth) for k in self.known])
        object.__setattr__(self, "judged", [value for k in self.known for value in judge(k.read, k.truth)])

    @property
    def failed(self) -> list[Reading]:
        return [reading for reading in self.readings if reading.quality is None]

    @property
    def worst(self) -> list[Reading]:
        """Those that were read, the lowest score first."""
        read = [reading for reading in self.readings if reading.quality is not None]
        return sorted(read, key=lambda r: (r.quality.score if r.quality else 0.0, r.name))

    @property
    def worst_results(self) -> list[DocumentResult]:
        return sorted(self.results, key=lambda result: (result.f1, result.name))

    @property
    def by_format(self) -> dict[str, list[Reading]]:
        groups: dict[str, list[Reading]] = {}
        for reading in sorted(self.readings, key=lambda r: r.format):
            groups.setdefault(reading.format or "unknown", []).append(reading)
        return groups

    @property
    def finding_counts(self) -> list[tuple[str, int]]:
        """Kinds of findings with the number of documents that have them, most frequent first."""
        kinds = (kind for r in self.readings if r.quality for kind in {f.kind for f in r.quality.findings})
        return Counter(kinds).most_common()

    @property
    def causes(self) -> list[tuple[str, int]]:
        return Counter(reading.error for reading in self.failed).most_common()

    def fields(self) -> dict[str, Counts]:
        return summarise(self.results, lambda _: "all").get("all", {})

    def truth_by(self, what: str) -> dict[str, dict[str, Counts]]:
        """Counts by format or layout, the lowest macro F1 first."""
        groups = summarise(self.results, lambda result: str(getattr(result, what)))
        return dict(sorted(groups.items(), key=lambda item: macro_f1(item[1])))

    def to_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "overall": summary(self.readings),
            "by_format": {name: summary(group) for name, group in self.by_format.items()},
            "findings": dict(self.finding_counts),
            "failures": dict(self.causes),
            "documents": {reading.name: _document(reading) for reading in self.readings},
        }
        if self.known:
            shown["truth"] = self._truth()
        return shown

    def _truth(self) -> dict[str, Any]:
        fields = self.fields()
        return {
            "documents": {r.name: {"f1": r.f1, "layout": r.layout, "fields": _rows(r.fields)} for r in self.results},
            "macro_f1": macro_f1(fields),
            "fields": _rows(fields),
            **{
                f"by_{what}": {
                    name: {"macro_f1": macro_f1(group), "fields": _rows(group)}
                    for name, group in self.truth_by(what).items()
                }
                for what in ("format", "layout")
            },
            "calibration": {
                **_calibration(calibration_of(self.judged)),
                "by_field": {kind: _calibration(figures) for kind, figures in by_kind(self.judged).items()},
            },
        }


def summary(readings: Sequence[Reading]) -> dict[str, Any]:
    """Of a group of documents: how many, how many failed or need a look, and the mean of each check where it applies."""
    read = [reading.quality for reading in readings if reading.quality is not None]
    return {
        "documents": len(readings),
        "failed": len(readings) - len(read),
        "needs_look": sum(quality.needs_look for quality in read),
        "median_completeness": median(q.completeness for q in read) if read else None,
        "score": fmean(q.score for q in read) if read else None,
        **{check: _mean(getattr(quality, check) for quality in read) for check in CHECKS},
    }


def _mean(shares: Iterable[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return fmean(known) if known else None


def _document(reading: Reading) -> dict[str, Any]:
    if reading.quality is None:
        return {"format": reading.format, "error": reading.error}
    return {"format": reading.format, **reading.quality.to_json()}


def _rows(fields: Mapping[str, Counts]) -> dict[str, dict[str, float]]:
    return {
        name: {"precision": c.precision, "recall": c.recall, "f1": c.f1, "given": c.given, "expected": c.expected}
        for name, c in fields.items()
    }


def _calibration(figures: Calibration) -> dict[str, Any]:
    return {
        "values": figures.count,
        "right": figures.accuracy,
        "confidence": figures.confidence,
        "ece": figures.ece,
        "auc": figures.auc,
        "bins": [[b.low, b.high, b.count, b.confidence, b.accuracy] for b in figures.bins],
    }
